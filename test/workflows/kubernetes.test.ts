import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { Job } from "kubernetes-models/batch/v1";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { installation, type KubernetesParameters, kubernetesJob, registryAccess } from "../../core/workflows";
import { mirrored, world } from "../cli/world";
import { writeShims } from "../support/actions/shims";
import { temporaryFolder } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { EVERY_REGISTRY } from "./parameters";

function parameters(over: Partial<KubernetesParameters> = {}): KubernetesParameters {
    const access = registryAccess(EVERY_REGISTRY);
    return {
        catalog: "images/catalog.yaml",
        access,
        installation: installation("npx", "1.2.3", access.peers),
        shards: 4,
        image: "docker.io/library/node:22-slim",
        name: "transship-check",
        configMap: "transship-catalog",
        registries: EVERY_REGISTRY,
        ...over,
    };
}

const job = (over: Partial<KubernetesParameters> = {}) => parse(kubernetesJob(parameters(over)).content);

describe("The Indexed Job", () => {
    it.each<[string, Partial<KubernetesParameters>]>([
        ["by default", {}],
        ["with nothing to log in for", { access: registryAccess([]), registries: [] }],
        [
            "from a volume, with an identity",
            { volumeClaim: "repository", serviceAccount: "puller", parallelism: 2, environment: "prod" },
        ],
    ])("is what Kubernetes takes, %s", (_how, over) => {
        const manifest = job(over);
        expect(() => new Job(manifest).validate()).not.toThrow();
        expect(manifest.spec).toMatchObject({ completionMode: "Indexed", completions: 4, backoffLimitPerIndex: 2 });
    });

    it("is refused by the same eyes where it is wrong", () => {
        const manifest = job();
        manifest.spec.completions = "four";
        expect(() => new Job(manifest).validate()).toThrow();
    });

    it("is what the restricted Pod Security Standard asks for, and reads its catalogue only", () => {
        const { spec } = job().spec.template;
        expect(spec).toMatchObject({
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        });
        expect(spec.containers[0].securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
        expect(spec.volumes[0]).toEqual({ name: "catalog", configMap: { name: "transship-catalog" } });
    });

    it("has secrets by reference, never by value", () => {
        const { content, about } = kubernetesJob(parameters());
        const { env } = parse(content).spec.template.spec.containers[0];
        const secrets = env.filter((variable: { valueFrom?: object }) => variable.valueFrom !== undefined);
        expect(secrets.map(({ name }: { name: string }) => name).sort()).toEqual([
            "HUB_TOKEN",
            "HUB_USER",
            "TRANSSHIP_CREDENTIALS",
        ]);
        expect(secrets.map(({ valueFrom }: { valueFrom: object }) => valueFrom)).toContainEqual({
            secretKeyRef: { name: "transship-registries", key: "HUB_USER" },
        });
        expect(about.join("\n")).toContain(
            "kubectl create secret generic transship-registries --from-env-file=secrets.env",
        );
    });

    it("refuses a name that Kubernetes would refuse", () => {
        expect(() => job({ name: "Transship Check" })).toThrow('"Transship Check" is no name for Kubernetes');
    });
});

describeWith(["sh"], "Its pods", ({ sh }) => {
    it("look at every image once, and their logs are one report", async () => {
        const images = ["a", "b", "c"];
        const here = await world({
            images: (source) => Object.fromEntries(images.map((name) => [name, mirrored(`${source}/acme/${name}`)])),
        });
        for (const name of images) {
            await pushTree(here.source.host, `acme/${name}`, singleImage({ seed: name }), { tag: "1.18" });
        }
        expect((await here.run(["sync"])).code).toBe(0);
        const printed = await here.run([
            "workflow",
            "kubernetes",
            "--shards",
            "3",
            "--image",
            `node:22@sha256:${"a".repeat(64)}`,
        ]);
        const manifest = parse(printed.stdout);
        expect(() => new Job(manifest).validate()).not.toThrow();
        const [container] = manifest.spec.template.spec.containers;
        expect(container.image).toBe(`docker.io/library/node:22@sha256:${"a".repeat(64)}`);

        const shims = writeShims(await temporaryFolder());
        const given = Object.fromEntries(
            container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
        );
        expect(given.CATALOG).toBe("/catalog/catalog.yaml");
        const logs: string[] = [];
        for (const index of [0, 1, 2]) {
            const env = {
                ...given,
                CATALOG: join(here.folder, "catalog.yaml"),
                JOB_COMPLETION_INDEX: String(index),
                PATH: [shims, process.env.PATH].join(delimiter),
            };
            // The registries answer in this process: it must not be blocked.
            const { stdout, stderr } = await promisify(execFile)(sh, ["-c", ...container.args], { env });
            expect(stderr).toBe("");
            logs.push(`npm warn something\n${stdout}`);
        }
        const file = join(here.folder, "pods.log");
        writeFileSync(file, logs.join(""));
        const { code, stdout } = await here.run(["report", file, "--json"]);
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ outcome: "consistent", summary: { images: 3, copies: 6 } });
    });
});
