import * as pulumi from "@pulumi/pulumi";
import { defineCatalog, ImageFleet, ImageReferences, type Lock } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { type ImageTree, imageIndex, pushTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { digestAt } from "../support/two-registries";

const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/386", "linux/s390x"];

describeWithEngine("platforms on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let devTarget: EmbeddedRegistry;
    let prodTarget: EmbeddedRegistry;
    let tree: ImageTree;
    let dev: TestStack;
    let prod: TestStack;
    let reader: TestStack;
    let digest: string;

    const push = async () => {
        const made = imageIndex({ platforms: PLATFORMS, attestations: true });
        await pushTree(hub.host, "acme/app", made, { tag: "1" });
        return made;
    };
    const requests = () => {
        const counted = [hub, devTarget, prodTarget].map((registry) => registry.requests.snapshot());
        for (const registry of [hub, devTarget, prodTarget]) {
            registry.requests.reset();
        }
        return counted;
    };
    const program = async () => {
        const catalog = defineCatalog(
            {
                version: 1,
                defaults: { targets: ["ghcr"], platforms: ["linux/amd64", "linux/arm64"] },
                registries: {
                    hub: { host: hub.host, kind: "distribution", insecure: true },
                    ghcr: { host: `${devTarget.host}/dev`, kind: "distribution", insecure: true },
                },
                environments: {
                    dev: { upstream: "follow" },
                    prod: { promoteFrom: "dev", registries: { ghcr: { host: `${prodTarget.host}/prod` } } },
                },
                images: { app: { source: `${hub.host}/acme/app`, tags: ["1"] } },
            },
            { environment: pulumi.getStack() },
        );
        const previous = new pulumi.StackReference("previous", { name: "organization/fleet/dev" });
        const lock = previous.getOutput("lock").apply((value) => (value ?? {}) as Lock);
        const fleet = new ImageFleet("images", { catalog, ...(pulumi.getStack() === "prod" ? { lock } : {}) });
        const arm = fleet.imageUri("app", { registry: "ghcr", platform: "linux/arm64" });
        return { lock: fleet.lock, images: fleet.refs, matrix: fleet.matrix, arm };
    };
    const readingProgram = async () => {
        const images = new ImageReferences("images", { stack: "organization/fleet/prod" });
        return {
            copy: images.ref("app", { registry: "ghcr" }),
            source: images.ref("app", { registry: "hub" }),
            arm: images.imageUri("app", { registry: "ghcr", platform: "linux/arm64" }),
        };
    };

    beforeAll(async () => {
        [hub, devTarget, prodTarget] = [await embeddedForFile(), await embeddedForFile(), await embeddedForFile()];
        tree = await push();
        dev = await TestStack.open(engine, program, { stack: "dev" });
        prod = await TestStack.open(engine, program, { stack: "prod", directory: dev.directory });
        const options = { project: "reader", directory: dev.directory };
        reader = await TestStack.open(engine, readingProgram, options);
    });

    it("an up carries these alone, says that the digest differs, and pins each place to what is there", async () => {
        const run = await dev.up();
        digest = (await digestAt(devTarget, "dev/acme/app", "1")) ?? "";
        expect(run.text).toContain("carried app:1@ghcr as a subset: linux/amd64, linux/arm64 of 4 platforms");
        expect(run.ok).toBe(true);
        expect(run.outputs.images).toEqual({
            app: {
                "1": { hub: `${hub.host}/acme/app:1@${tree.root}`, ghcr: `${devTarget.host}/dev/acme/app:1@${digest}` },
            },
        });
        expect(run.outputs.matrix).toEqual({ app: { "1": { hub: tree.root, ghcr: digest } } });
        expect(run.outputs.arm).toBe(`${devTarget.host}/dev/acme/app@${tree.manifests[1]?.digest}`);
        await resolveWholly(devTarget.host, "dev/acme/app", digest);
    });

    it("an up after it changes nothing, for exactly one HEAD a reference", async () => {
        requests();
        const run = await dev.up();
        expect(run.ok).toBe(true);
        expect(run.changes.update).toBeUndefined();
        expect(requests()).toEqual([{ "HEAD manifest": 1 }, { "HEAD manifest": 1 }, {}]);
        expect((await dev.refresh({ expectNoChanges: true })).ok).toBe(true);
    });

    it("the next environment carries the same part, though the upstream has moved on", async () => {
        const next = await push();
        const run = await prod.up();
        expect(run.text).not.toContain("error:");
        expect(await digestAt(prodTarget, "prod/acme/app", "1")).toBe(digest);
        requests();
        expect((await prod.up()).ok).toBe(true);
        expect(requests()).toEqual([{ "HEAD manifest": 1 }, {}, { "HEAD manifest": 1 }]);
        expect(await digestAt(hub, "acme/app", "1")).toBe(next.root);
        tree = next;
    });

    it("another stack gets references that can be pulled", async () => {
        const { outputs, ok } = await reader.up();
        expect(ok).toBe(true);
        expect(outputs.copy).toBe(`${prodTarget.host}/prod/acme/app:1@${digest}`);
        expect(String(outputs.source)).not.toContain(digest);
        const [, platformDigest = ""] = String(outputs.arm).split("@");
        await resolveWholly(prodTarget.host, "prod/acme/app", platformDigest);
    });

    it("a moved upstream is drift that a preview names, and an up carries it anew", async () => {
        const preview = await dev.preview();
        expect(preview.text).toContain(`drift: app:1@ghcr: have ${digest} want ${tree.root}`);
        expect((await dev.up()).ok).toBe(true);
        const moved = await digestAt(devTarget, "dev/acme/app", "1");
        expect(moved).not.toBe(digest);
        expect(await digestAt(devTarget, "dev/acme/app", `1.prev-${digest.slice(7, 19)}`)).toBe(digest);
        expect((await dev.checkpoint()).text).toContain(moved);
    });
});
