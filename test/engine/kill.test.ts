import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { ImageFleet } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { type ImageTree, imageIndex, pushTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogOf, digestAt } from "../support/two-registries";

const IMAGES = 24;
const NAMES = Array.from({ length: IMAGES }, (_, index) => `image-${index}`);

describeWithEngine("an engine that is killed in the middle", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let stack: TestStack;
    let slow = true;
    const writes: number[] = [];
    const trees = new Map<string, ImageTree>();

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile({
            intercept: async ({ method }) => {
                if (method !== "GET" && method !== "HEAD") {
                    writes.push(Date.now());
                    await sleep(slow ? 250 : 0);
                }
                return false;
            },
        });
        for (const name of NAMES) {
            const tree = imageIndex();
            trees.set(name, tree);
            await pushTree(hub.host, `acme/${name}`, tree, { tag: "1" });
        }
        stack = await TestStack.open(engine, async () => {
            const images = Object.fromEntries(
                NAMES.map((name) => [name, { source: `${hub.host}/acme/${name}`, tags: ["1"] }]),
            );
            new ImageFleet("images", { catalog: catalogOf(hub, target, images) });
        });
    });

    it("writes nothing from 5 s after the kill, and leaves no tag that points to something incomplete", async () => {
        const run = stack.up();
        while (writes.length < 40) {
            await sleep(50);
        }
        killEngine();
        const killed = Date.now();
        expect((await run).ok).toBe(false);
        await sleep(killed + 9_000 - Date.now());
        expect(writes.length).toBeLessThan(IMAGES * 10);
        expect(Math.max(...writes)).toBeLessThan(killed + 5_000);
        for (const name of NAMES) {
            const digest = await digestAt(target, `mirror/acme/${name}`, "1");
            if (digest !== undefined) {
                expect(digest).toBe(trees.get(name)?.root);
                await resolveWholly(target.host, `mirror/acme/${name}`, "1");
            }
        }
    });

    it("goes on after pulumi cancel, and ends consistent", async () => {
        slow = false;
        await stack.stack.cancel();
        const run = await stack.up();
        expect(run.text).not.toContain("error:");
        expect(run.ok).toBe(true);
        for (const name of NAMES) {
            expect(await digestAt(target, `mirror/acme/${name}`, "1")).toBe(trees.get(name)?.root);
        }
        expect((await stack.up()).changes).toEqual({ same: 3 });
    });
});

/** SIGKILL to the CLI that this process started, and to nothing below it. */
function killEngine(): void {
    const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" });
    const engines = table
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(([, parent, program]) => Number(parent) === process.pid && /(^|\/)pulumi$/.test(program ?? ""));
    expect(engines).toHaveLength(1);
    process.kill(Number(engines[0]?.[0]), "SIGKILL");
}
