import { DigestGate, ImageFleet } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import type { ImageTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { catalogOf, digestAt, pushImage } from "../support/two-registries";

const REPOSITORY = "mirror/kuzudb/explorer";

describeWithEngine("a fleet with a selector of tags, on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let stack: TestStack;
    let ask: string | undefined;
    const trees: Record<string, ImageTree> = {};

    const release = async (tag: string): Promise<void> => {
        trees[tag] = await pushImage(hub, "kuzudb/explorer", tag);
    };
    const program = async () => {
        const explorer = { source: `${hub.host}/kuzudb/explorer`, tags: { semver: ">=0.7", newest: 2 } };
        const fleet = new ImageFleet("images", { catalog: catalogOf(hub, target, { explorer }) });
        new DigestGate("equal", { fleet });
        const asked = ask === undefined ? {} : { asked: fleet.ref("explorer", { tag: ask }) };
        return { images: fleet.refs, lock: fleet.lock, ...asked };
    };
    const tags = (outputs: Readonly<Record<string, unknown>>) =>
        [outputs.images, outputs.lock].map((of) => Object.keys((of as { explorer?: object })?.explorer ?? {}).sort());

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile();
        for (const tag of ["0.6.0", "0.7.0", "0.8.0", "latest"]) {
            await release(tag);
        }
        stack = await TestStack.open(engine, program);
    });

    it("carries what it chooses, and pins a tag of it", async () => {
        ask = "0.8.0";
        const run = await stack.up();
        expect(run.text).not.toContain("error:");
        expect([run.ok, ...tags(run.outputs)]).toEqual([true, ["0.7.0", "0.8.0"], ["0.7.0", "0.8.0"]]);
        expect(run.outputs.asked).toBe(`${target.host}/${REPOSITORY}:0.8.0@${trees["0.8.0"]?.root}`);
        expect(await digestAt(target, REPOSITORY, "0.6.0")).toBeUndefined();
    });

    it("changes nothing on the second up, for one listing and one HEAD a copy", async () => {
        hub.requests.reset();
        target.requests.reset();
        const run = await stack.up();
        expect([run.ok, run.changes]).toEqual([true, { same: 4 }]);
        expect(hub.requests.snapshot()).toEqual({ "GET tags": 1, "HEAD manifest": 2 });
        expect(target.requests.snapshot()).toEqual({ "HEAD manifest": 2 });
    });

    it("carries a release that appears upstream at the next up; what leaves keeps its copy", async () => {
        await release("0.9.0");
        const run = await stack.up();
        expect([run.ok, ...tags(run.outputs)]).toEqual([true, ["0.8.0", "0.9.0"], ["0.8.0", "0.9.0"]]);
        expect(await digestAt(target, REPOSITORY, "0.9.0")).toBe(trees["0.9.0"]?.root);
        expect(await digestAt(target, REPOSITORY, "0.7.0")).toBe(trees["0.7.0"]?.root);
    });

    it("rejects a tag that it did not choose with one sentence", async () => {
        ask = "0.7.0";
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain('no selector of the image "explorer" has chosen the tag "0.7.0" for "ghcr"');
        expect(run.text).toContain('did you mean "0.9.0"?');
        expect(run.text).not.toMatch(/\.[jt]s:\d+:\d+/);
    });
});
