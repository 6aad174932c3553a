import { ImageFleet } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import type { ImageTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { catalogOf, pushImage } from "../support/two-registries";

const FRAME = /\bat .*\.[cm]?[jt]s:\d+/;
const SECRET = "canary-77c1";

describeWithEngine("what a fleet says on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let tree: ImageTree;
    let stack: TestStack;

    const program = async () => {
        const catalog = catalogOf(hub, target, { app: { source: `${hub.host}/acme/app`, tags: ["1"] } });
        new ImageFleet("images", { catalog, deleteOnDestroy: true });
    };

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile();
        tree = await pushImage(hub, "acme/app", "1");
        stack = await TestStack.open(engine, program);
    });

    it("names a copy that was lost right after the first up, in the next preview", async () => {
        expect((await stack.up()).ok).toBe(true);
        await fetch(`http://${target.host}/v2/mirror/acme/app/manifests/1`, { method: "DELETE" });
        const run = await stack.preview();
        expect(run.ok).toBe(true);
        expect(run.text).toContain(`drift: app:1@ghcr: have nothing want ${tree.root} (the copy is gone)`);
        expect(run.changes).toMatchObject({ update: 1 });
    });

    it("refuses a broken configuration in one sentence that holds no secret", async () => {
        const config = { "transship:credentials": { value: `{"robot": "${SECRET}"`, secret: true } };
        const broken = await TestStack.open(engine, program, { project: "broken", config });
        const run = await broken.preview();
        expect(run.ok).toBe(false);
        expect(run.text).toContain('the stack configuration "transship:credentials" must be an object of');
        expect(run.text).not.toMatch(FRAME);
        expect(run.text).not.toContain(SECRET);
    });

    it("tells which copies a destroy could not delete, and what to do, without a stack", async () => {
        await target.close();
        const run = await stack.destroy();
        expect(run.ok).toBe(false);
        expect(run.text).toMatch(/these copies could not be deleted: app:1@ghcr: .*nothing accepts connections at/);
        expect(run.text).toContain("set deleteOnDestroy to false and update first");
        expect(run.text).not.toMatch(FRAME);
    });
});
