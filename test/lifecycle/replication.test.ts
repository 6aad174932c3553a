import { expect, it } from "vitest";
import { type Catalog, lockEntry } from "../../core/catalog";
import { catalogFor } from "../mirror/world";
import { addRule, type HarborWorld, harborWorld, writes } from "../replication/world";
import { embedded } from "../support/embedded";
import { ADMIN, describeHarbor } from "../support/harbor";
import { digestAt, pushImage } from "../support/two-registries";
import { fleetInputs, newFleet } from "./stack";

let world: HarborWorld;
let spare: { readonly host: string };

/** One image at a Harbor that carries it, and at a registry to which we do. */
async function bothWays(): Promise<Catalog> {
    world = await harborWorld({ "acme/app": ["1"] });
    addRule(world, "hub", ["acme/app"]);
    spare = await embedded();
    const source = `${world.hub.host}/acme/app`;
    return catalogFor(
        { hub: world.hub, harbor: world.front, spare },
        { app: { source, tags: ["1"], targets: [{ registry: "harbor", replicateWith: "harbor" }, "spare"] } },
        { harbor: { kind: "harbor", credentials: { from: "config", key: "bot" } } },
    );
}

const fleet = newFleet();
function session() {
    const opened = fleet.session();
    opened.configure(() => ({ bot: ADMIN }));
    return opened;
}

describeHarbor("A fleet's update", () => {
    it("carries what is its own after what Harbor carries, keeps what was sent as its own, and goes on from there", async () => {
        const catalog = await bothWays();
        const mine = newFleet();
        world.jobs.broken.set("mirror/acme/app", "2026-11-22T05:17:02Z [ERROR] [/x.go:1]: no space left\n");
        const failed = await mine.up(fleetInputs(catalog), session());
        expect(failed.step).toBe("failed");
        expect(failed.reasons).toEqual([
            expect.stringMatching(/^could not carry app:1@harbor: .* calls it Failed: no space left; it is not there/),
        ]);
        const first = world.digests.get("acme/app:1") ?? "";
        expect(await digestAt(spare, "mirror/acme/app", "1")).toBe(first);
        expect(lockEntry(mine.outputs.attempted, "app", "1")?.digest).toBe(first);
        expect(mine.outputs.absent).toEqual(["app:1@harbor"]);
        // The source moves on: what we sent before is ours, here and there.
        const moved = await pushImage(world.hub, "acme/app", "1");
        world.jobs.broken.clear();
        const mended = await mine.up(fleetInputs(catalog), session());
        expect([mended.step, mended.reasons]).toEqual(["update", []]);
        for (const host of [world.behind, spare]) {
            expect(await digestAt(host, "mirror/acme/app", "1")).toBe(moved.root);
        }
        expect(lockEntry(mine.outputs.proven, "app", "1")?.digest).toBe(moved.root);
        expect(mine.outputs.attempted).toEqual({});
    });

    it("starts no rule for drift that is only to be told", async () => {
        const catalog = await bothWays();
        const mine = newFleet();
        await mine.up(fleetInputs(catalog), session());
        expect(writes(world.harbor)).toEqual(["POST /replication/executions"]);
        await pushImage(world.hub, "acme/app", "1");
        const told = await mine.up(fleetInputs(catalog, { onDrift: "warn" }), session());
        expect(told.lines.join("\n")).not.toContain("would run its rule");
        expect(world.harbor.asked()).toEqual([]);
    });

    it("names in its look the rules that it would run, once", async () => {
        const catalog = await bothWays();
        const { lines, step } = await newFleet().preview(fleetInputs(catalog), session());
        expect(step).toBe("create");
        expect(lines.filter((line) => line.includes("would run its rule hub for app:1@harbor"))).toHaveLength(1);
        expect(writes(world.harbor)).toEqual([]);
    });
});
