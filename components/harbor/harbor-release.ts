import * as pulumi from "@pulumi/pulumi";
import {
    CHART_VERSION,
    type ChartSecrets,
    externalUrl,
    type HarborChartValues,
    type HarborChartWish,
    harborChartValues,
    isKnownVersion,
    valueProblems,
} from "../../core/harbor-chart";
import { isPlain, plainOrLater } from "../images/plain-or-later";
import { HarborReady } from "./harbor-ready";
import type { Fields, HarborReleaseArgs } from "./harbor-release-args";
import { makeBackups } from "./harbor-release-backup";
import { releaseSecrets, type SecretPlace, tlsWish } from "./harbor-release-secrets";
import { kubernetes } from "./kubernetes-peer";

const REPOSITORY = "https://helm.goharbor.io";
const READY_SECONDS = 600;

/**
 * Harbor by its Helm chart, with database, Redis and storage outside of it, so that every part may have replicas. All that
 * is secret is in Secrets, and nothing is made up anew by an upgrade. What needs Harbor (`HarborProject`, …) has
 * `dependsOn` this.
 */
export class HarborRelease extends pulumi.ComponentResource {
    /** `https://harbor.example.com`: known from the first preview on. */
    declare readonly url: pulumi.Output<string>;
    declare readonly namespace: pulumi.Output<string>;
    /** `deployed`, as Helm says, when Harbor is ready. */
    declare readonly status: pulumi.Output<string>;
    /** The Secret with the administrator's first password. */
    declare readonly adminSecretName: pulumi.Output<string>;
    /** The Secret that a restored Harbor needs beside its database. */
    declare readonly keysSecretName: pulumi.Output<string>;
    /** What the database's passwords are encrypted with, as a secret; undefined where `keys` names a Secret. */
    declare readonly secretKey: pulumi.Output<string> | undefined;
    /** What the chart was told. */
    declare readonly values: pulumi.Output<HarborChartValues>;

    constructor(name: string, args: HarborReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:harbor:HarborRelease", name, {}, opts);
        this.url = plainOrLater({ url: args.url }, (known) => externalUrl(known.url));
        checkAtOnce(this, args);
        const place: SecretPlace = { name, namespace: this.namespaceOf(name, args), parent: this };
        this.namespace = pulumi.output(place.namespace);
        const { names, secretKey } = releaseSecrets(place, args);
        const wish = { ...wishOf(args), tls: tlsWish(place, args) };
        this.values = pulumi
            .all([wish, names, args.values])
            .apply(([known, secrets, over]) =>
                harborChartValues(known as HarborChartWish, secrets as ChartSecrets, over, args.version),
            );
        const release = this.release(name, args, place);
        makeBackups(place, args, { database: wish.database, storage: wish.storage } as never, names);
        this.adminSecretName = pulumi.output(names.admin);
        this.keysSecretName = names.keys;
        this.secretKey = secretKey;
        const ready = this.readiness(name, args, place, release);
        this.status = pulumi.all([release.status, ready?.urn]).apply(([status]) => status?.status ?? "unknown");
        this.registerOutputs({
            url: this.url,
            namespace: this.namespace,
            status: this.status,
            adminSecretName: this.adminSecretName,
            keysSecretName: this.keysSecretName,
        });
    }

    private readiness(
        name: string,
        { ready = READY_SECONDS }: HarborReleaseArgs,
        { namespace }: SecretPlace,
        release: { readonly status: pulumi.Output<{ readonly revision?: number }> } & pulumi.Resource,
    ): HarborReady | undefined {
        if (ready === false) {
            return undefined;
        }
        const revision = release.status.apply((status) => status?.revision ?? 0);
        const args = { url: this.url, namespace, revision, timeoutSeconds: ready };
        return new HarborReady(`${name}-ready`, args, { parent: this, dependsOn: release });
    }

    private namespaceOf(
        name: string,
        { createNamespace = true, namespace = "harbor" }: HarborReleaseArgs,
    ): pulumi.Input<string> {
        if (!createNamespace) {
            return namespace;
        }
        const Namespace = kubernetes("Namespace");
        return new Namespace(`${name}-namespace`, { metadata: { name: namespace } }, { parent: this }).metadata.name;
    }

    private release(name: string, args: HarborReleaseArgs, { namespace }: SecretPlace) {
        const { chart = "harbor", releaseName = "harbor", timeoutSeconds = 900, version = CHART_VERSION } = args;
        const repo = args.repository ?? (args.chart === undefined ? REPOSITORY : undefined);
        const Release = kubernetes("Release");
        const inputs = {
            name: releaseName,
            namespace,
            chart,
            version,
            ...(repo === undefined ? {} : { repositoryOpts: { repo } }),
            values: this.values as pulumi.Output<Record<string, unknown>>,
            timeout: timeoutSeconds,
            maxHistory: 10,
        };
        return new Release(name, inputs, { parent: this });
    }
}

/** What the chart is told, without the secrets. */
function wishOf(args: HarborReleaseArgs) {
    const { gateway, imagePullSecrets, ingress, logLevel, metrics, pods, replicas, tls, trivy, url } = args;
    const { existingSecret: _database, password: _password, ...database } = args.database;
    const { existingSecret: _redis, password: _secret, username: _username, ...redis } = args.redis;
    const storage = Object.fromEntries(
        Object.entries(args.storage).map(([kind, given]) => {
            const { accessKey, accountKey, existingSecret, key, secretKey, ...plain } = given;
            return [kind, plain];
        }),
    );
    const wish = {
        url,
        tls,
        ingress,
        gateway,
        database,
        redis,
        storage,
        replicas,
        trivy,
        metrics,
        pods,
        logLevel,
        imagePullSecrets,
    };
    const given = Object.entries(wish).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as unknown as Fields<HarborChartWish>;
}

const SOME_SECRETS: ChartSecrets = { admin: "a", adminKey: "a", keys: "a", database: "a", storage: "a" };

/** A mistake in what is plain ends the program where it was made. */
function checkAtOnce(component: pulumi.Resource, args: HarborReleaseArgs): void {
    const { version = CHART_VERSION } = args;
    if (!isKnownVersion(version)) {
        pulumi.output(args.values ?? {}).apply((values) => tellUnknown(component, version, values));
    }
    const wish = wishOf(args);
    const tls = "certificate" in args.tls ? { certificateSecret: "a" } : args.tls;
    const values = args.values ?? {};
    if (isPlain({ ...wish, tls }) && isPlain(values)) {
        harborChartValues(
            { ...wish, tls } as HarborChartWish,
            secretsIn(args),
            values as HarborChartValues,
            args.version,
        );
    }
}

/** Of a chart that nobody knows here, what is unknown may be right. */
function tellUnknown(resource: pulumi.Resource, version: string, values: unknown): void {
    const [first, ...more] = valueProblems(values);
    if (first !== undefined) {
        const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
        pulumi.log.warn(
            `Chart value ${first}${others}; whether version ${version} reads it, nobody knows here.`,
            resource,
        );
    }
}

function secretsIn({ storage }: HarborReleaseArgs): ChartSecrets {
    const keyless = "gcs" in storage && storage.gcs.key === undefined && storage.gcs.existingSecret === undefined;
    return keyless ? { ...SOME_SECRETS, storage: undefined } : SOME_SECRETS;
}
