import { posix } from "node:path";
import type { Registry } from "../catalog";
import { WorkflowError } from "./error";
import type { Common } from "./parts";
import { block, renderYaml } from "./yaml";

export interface KubernetesParameters extends Pick<Common, "access" | "catalog" | "environment" | "installation"> {
    /** Pods: one for each shard. */
    readonly shards: number;
    /** At a time. @default all */
    readonly parallelism?: number;
    /** The container image that runs it: Node.js with npx. */
    readonly image: string;
    /** Of the Job. */
    readonly name: string;
    /** Where the catalogue comes from: by default the ConfigMap. */
    readonly configMap: string;
    /** The lock file beside the catalogue, where there is one. */
    readonly lock?: string;
    /** Instead of the ConfigMap: holds the repository's files. */
    readonly volumeClaim?: string;
    /** Whose cloud identity the pods have. */
    readonly serviceAccount?: string;
    /** Those that have a copy of an image. */
    readonly registries: readonly Registry[];
}

export interface KubernetesJob {
    /** Paragraphs. */
    readonly about: readonly string[];
    readonly content: string;
}

const SECRET = "transship-registries";
const DOCKER_SECRET = "transship-docker";
const CATALOG_FOLDER = "/catalog";
const DOCKER_FOLDER = "/docker";
/** A label, as DNS has it; pods get their own suffix behind it. */
const NAME = /^[a-z0-9](?:[-a-z0-9]{0,50}[a-z0-9])?$/;
/** The image's own user `node`. */
const USER = 1000;
const HOUR = 3_600;

/**
 * An Indexed Job with a pod for each shard of the catalogue's images, as the `restricted` Pod Security Standard asks:
 * Kubernetes 1.29 or newer, for retries that are counted for each index.
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index)
 *
 * @throws WorkflowError for a name that Kubernetes refuses
 */
export function kubernetesJob(parameters: KubernetesParameters): KubernetesJob {
    for (const name of [parameters.name, parameters.configMap, parameters.volumeClaim, parameters.serviceAccount]) {
        if (name !== undefined && !NAME.test(name)) {
            throw new WorkflowError(
                `${JSON.stringify(name)} is no name for Kubernetes: write lower-case letters, digits and dashes, at most 52.`,
            );
        }
    }
    return { about: aboutOf(parameters), content: renderYaml(manifest(parameters)) };
}

function manifest(parameters: KubernetesParameters): object {
    const { name, parallelism, shards } = parameters;
    const labels = { "app.kubernetes.io/name": "transship", "app.kubernetes.io/component": "check" };
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name, labels },
        spec: {
            completionMode: "Indexed",
            completions: shards,
            parallelism: parallelism ?? shards,
            // What could not be asked (3) is asked again; a pod that a node took with it too.
            backoffLimitPerIndex: 2,
            podFailurePolicy: {
                rules: [
                    // Proven drift and a wrong catalogue stay what they are.
                    { action: "FailIndex", onExitCodes: { operator: "In", values: [1, 2] } },
                    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
                ],
            },
            activeDeadlineSeconds: HOUR,
            ttlSecondsAfterFinished: 24 * HOUR,
            template: { metadata: { labels }, spec: podSpec(parameters) },
        },
    };
}

function podSpec(parameters: KubernetesParameters): object {
    const { configMap, serviceAccount, volumeClaim } = parameters;
    const catalog =
        volumeClaim === undefined
            ? { configMap: { name: configMap } }
            : { persistentVolumeClaim: { claimName: volumeClaim, readOnly: true } };
    const docker = {
        name: "docker",
        secret: { secretName: DOCKER_SECRET, items: [{ key: ".dockerconfigjson", path: "config.json" }] },
    };
    return {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
        securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [container(parameters)],
        volumes: [
            { name: "catalog", ...catalog },
            { name: "tmp", emptyDir: { sizeLimit: "512Mi" } },
            ...(usesDocker(parameters) ? [docker] : []),
        ],
    };
}

function container(parameters: KubernetesParameters): object {
    const { access, environment, image, installation, shards } = parameters;
    const named = environment === undefined ? "" : ' --environment "$ENVIRONMENT"';
    const docker = usesDocker(parameters);
    const value = (name: string, text: string): object => ({ name, value: text });
    return {
        name: "check",
        image,
        command: ["/bin/sh", "-c"],
        args: [
            block([
                "set -eu",
                "# Kubernetes counts from 0, shards from 1.",
                `exec ${installation.command} check --catalog "$CATALOG"${named} --shard "$((JOB_COMPLETION_INDEX + 1))/$SHARDS" --json`,
            ]),
        ],
        env: [
            value("CATALOG", catalogFile(parameters)),
            value("SHARDS", String(shards)),
            ...(environment === undefined ? [] : [value("ENVIRONMENT", environment)]),
            value("HOME", "/tmp"),
            value("npm_config_cache", "/tmp/npm"),
            ...(docker ? [value("DOCKER_CONFIG", DOCKER_FOLDER)] : []),
            ...Object.keys(access.env).map((name) => ({
                name,
                valueFrom: { secretKeyRef: { name: SECRET, key: name } },
            })),
        ],
        workingDir: "/tmp",
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
            { name: "catalog", mountPath: CATALOG_FOLDER, readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
            ...(docker ? [{ name: "docker", mountPath: DOCKER_FOLDER, readOnly: true }] : []),
        ],
    };
}

/** A ConfigMap is flat; a volume is the repository's folder. */
function catalogFile({ catalog, volumeClaim }: KubernetesParameters): string {
    return posix.join(CATALOG_FOLDER, volumeClaim === undefined ? posix.basename(catalog) : catalog);
}

function usesDocker({ registries }: KubernetesParameters): boolean {
    return registries.some(({ credentials }) => credentials?.pull.from === "docker");
}

function aboutOf(parameters: KubernetesParameters): string[] {
    const { access, catalog, configMap, installation, lock, name, shards, volumeClaim } = parameters;
    const files = [catalog, ...(lock === undefined ? [] : [lock])].map((file) => `--from-file=${file}`).join(" ");
    const secrets = Object.keys(access.env);
    const identity = registriesOfClouds(parameters);
    const commands = [
        ...(volumeClaim === undefined ? [`kubectl create configmap ${configMap} ${files}`] : []),
        ...(secrets.length === 0 ? [] : [`kubectl create secret generic ${SECRET} --from-env-file=secrets.env`]),
        ...(usesDocker(parameters)
            ? [
                  `kubectl create secret generic ${DOCKER_SECRET} --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=config.json`,
              ]
            : []),
        "kubectl create -f FILE",
        `kubectl logs --selector batch.kubernetes.io/job-name=${name} --tail=-1 --max-log-requests=${shards} | ${installation.documentCommand} report -`,
    ];
    return [
        `Proves by digest that every copy of the catalogue's images is the same: ${shards} pods with an equal part of the images each. It needs Kubernetes 1.29 or newer.`,
        ...(volumeClaim === undefined
            ? [
                  "A catalogue that includes others from folders does not fit into a ConfigMap: --volume-claim takes the whole folder.",
              ]
            : [`The volume ${volumeClaim} holds the repository's files.`]),
        ...(identity.length === 0
            ? []
            : [
                  `${identity.join(", ")}: the pods' service account has to be one that may pull there (--service-account).`,
              ]),
        ...(secrets.length === 0
            ? []
            : [`secrets.env is a file with a line NAME=value for each of ${secrets.join(", ")}.`]),
        "What to run, with this file's name, and how to put together what the pods found:",
        commands.map((command) => `  ${command}`).join("\n"),
    ];
}

function registriesOfClouds({ registries }: KubernetesParameters): string[] {
    return registries.flatMap(({ credentials, name }) =>
        credentials?.pull.from === "aws" || credentials?.pull.from === "gcp" ? [name] : [],
    );
}
