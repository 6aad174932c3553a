import { ImageFleet } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import type { ImageTree } from "../support/images";
import { pushTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { catalogOf, digestAt, pushImage } from "../support/two-registries";

const IMAGES = {
    vault: { source: "HUB/hashicorp/vault", tags: ["1.18", "1.17"] },
    kms: { source: "HUB/nsmithuk/local-kms", tags: ["3"] },
};
const REFERENCES = 6;

describeWithEngine("a fleet on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let stack: TestStack;
    const trees: Record<string, ImageTree> = {};
    let options: { onDrift?: "repair" | "warn" | "fail"; onForeignDigest?: "refuse" | "overwrite" } = {};

    const images = () =>
        Object.fromEntries(
            Object.entries(IMAGES).map(([name, image]) => [
                name,
                { ...image, source: image.source.replace("HUB", hub.host) },
            ]),
        );
    const program = async () => {
        const fleet = new ImageFleet("images", { catalog: catalogOf(hub, target, images()), ...options });
        return { images: fleet.refs, lock: fleet.lock, arm: fleet.imageUri("kms", { platform: "linux/arm64" }) };
    };
    const heads = (registry: EmbeddedRegistry) => registry.requests.count({ method: "HEAD", kind: "manifest" });
    const reset = () => {
        hub.requests.reset();
        target.requests.reset();
    };

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile();
        for (const tag of ["1.18", "1.17"]) {
            trees[tag] = await pushImage(hub, "hashicorp/vault", tag);
        }
        trees["3"] = await pushImage(hub, "nsmithuk/local-kms", "3");
        stack = await TestStack.open(engine, program);
    });

    afterAll(() => {
        options = {};
    });

    it("carries every tag on the first up, byte for byte, and pins what it proved", async () => {
        const run = await stack.up();
        expect(run.text).toContain("carried 3 tags");
        expect(run.ok).toBe(true);
        expect(await digestAt(target, "mirror/hashicorp/vault", "1.18")).toBe(trees["1.18"]?.root);
        const pinned = `${target.host}/mirror/hashicorp/vault:1.18@${trees["1.18"]?.root}`;
        expect(run.outputs.images).toMatchObject({ vault: { "1.18": { ghcr: pinned } } });
        expect(run.outputs.lock).toMatchObject({ kms: { "3": { digest: trees["3"]?.root } } });
        const child = JSON.parse(String(trees["3"]?.manifests.at(-1)?.bytes)).manifests[1].digest;
        expect(run.outputs.arm).toBe(`${target.host}/mirror/nsmithuk/local-kms@${child}`);
    });

    it("changes nothing on the second up, and asks exactly one HEAD for each reference", async () => {
        reset();
        const run = await stack.up();
        expect(run.ok).toBe(true);
        expect(run.changes).toEqual({ same: 3 });
        expect(heads(hub) + heads(target)).toBe(REFERENCES);
        expect(hub.requests.total + target.requests.total).toBe(REFERENCES);
    });

    it("costs the same again in a preview before it", async () => {
        reset();
        const run = await stack.preview();
        expect(run.changes).toEqual({ same: 3 });
        expect(hub.requests.total + target.requests.total).toBe(REFERENCES);
    });

    it("names a tag that somebody moved, in the preview, before anything is touched", async () => {
        const stranger = await pushImage(target, "mirror/hashicorp/vault", "1.18");
        const run = await stack.preview({ diff: true });
        expect(run.ok).toBe(true);
        const line = `vault:1.18@ghcr: have ${stranger.root} want ${trees["1.18"]?.root}`;
        expect(run.text).toContain(`drift: ${line}`);
        expect(run.text).toMatch(/~ observed/);
        expect(await digestAt(target, "mirror/hashicorp/vault", "1.18")).toBe(stranger.root);
    });

    it("refuses to overwrite a stranger's digest, goes on with the others, and names the option", async () => {
        const fresh = await pushImage(hub, "nsmithuk/local-kms", "3");
        trees["3"] = fresh;
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain("vault:1.18@ghcr has sha256:");
        expect(run.text).toContain('onForeignDigest is "overwrite"');
        expect(await digestAt(target, "mirror/nsmithuk/local-kms", "3")).toBe(fresh.root);
    });

    it("overwrites it when the user says so", async () => {
        options = { onForeignDigest: "overwrite" };
        const run = await stack.up();
        expect(run.text).not.toContain("error:");
        expect(run.ok).toBe(true);
        expect(await digestAt(target, "mirror/hashicorp/vault", "1.18")).toBe(trees["1.18"]?.root);
    });

    it("repairs a tag that moved to a digest in the lock's history, and keeps both for a roll-back", async () => {
        options = {};
        const old = trees["1.17"] as ImageTree;
        const fresh = await pushImage(hub, "hashicorp/vault", "1.17");
        trees["1.17"] = fresh;
        expect((await stack.up()).ok).toBe(true);
        const rollback = `1.17.prev-${old.root.slice(7, 19)}`;
        expect(await digestAt(target, "mirror/hashicorp/vault", rollback)).toBe(old.root);
        await pushTree(target.host, "mirror/hashicorp/vault", old, { tag: "1.17" });
        const run = await stack.up();
        expect(run.ok).toBe(true);
        expect(await digestAt(target, "mirror/hashicorp/vault", "1.17")).toBe(fresh.root);
    });

    it("fails under onDrift: fail before anything is touched, with image, registry and both digests", async () => {
        const stranger = await pushImage(target, "mirror/nsmithuk/local-kms", "3");
        options = { onDrift: "fail" };
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain(`kms:3@ghcr: have ${stranger.root} want ${trees["3"]?.root}; onDrift is "fail"`);
        expect(await digestAt(target, "mirror/nsmithuk/local-kms", "3")).toBe(stranger.root);
    });

    it("says so and succeeds under onDrift: warn, and carries nothing", async () => {
        options = { onDrift: "warn" };
        const before = await digestAt(target, "mirror/nsmithuk/local-kms", "3");
        const run = await stack.up();
        expect(run.text).not.toContain("error:");
        expect(run.ok).toBe(true);
        expect(run.text).toContain("drift: kms:3@ghcr");
        expect(await digestAt(target, "mirror/nsmithuk/local-kms", "3")).toBe(before);
    });

    it("fails refresh --expect-no-changes on drift, and passes it without", async () => {
        options = {};
        expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(false);
        await pushTree(target.host, "mirror/nsmithuk/local-kms", trees["3"] as ImageTree, { tag: "3" });
        expect((await stack.up()).ok).toBe(true);
        const run = await stack.refresh({ expectNoChanges: true });
        expect(run.text).not.toContain("error:");
        expect(run.ok).toBe(true);
    });

    it("leaves every image in place when it is destroyed", async () => {
        const run = await stack.destroy();
        expect(run.ok).toBe(true);
        expect(await digestAt(target, "mirror/hashicorp/vault", "1.18")).toBe(trees["1.18"]?.root);
        expect((await stack.checkpoint()).resources).toEqual([]);
    });

    it("adopts equal copies on a first up, and pushes nothing", async () => {
        reset();
        const run = await stack.up();
        expect(run.ok).toBe(true);
        expect(run.text).toContain("adopted 3 copies that were already equal");
        expect(target.requests.count({ method: "PUT" }) + target.requests.count({ method: "POST" })).toBe(0);
    });
});
