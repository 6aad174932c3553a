import type { ServerResponse } from "node:http";
import { beforeEach, describe, expect, it } from "vitest";
import type { Catalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, statusOf } from "../mirror/world";
import { embedded } from "../support/embedded";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { type Fleet, fleetInputs, newFleet } from "./stack";

let down: Set<"hub" | "ghcr">;
let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let catalog: Catalog;
let fleet: Fleet;
let tree: ImageTree;

/** A 403 cannot be told from an outage, and is not retried. */
const refuse = (response: ServerResponse): boolean => {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: "DENIED", message: "closed" }] }));
    return true;
};

beforeEach(async () => {
    down = new Set();
    hub = await embedded({ intercept: (_, response) => down.has("hub") && refuse(response) });
    target = await embedded({ intercept: (_, response) => down.has("ghcr") && refuse(response) });
    tree = singleImage();
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    catalog = catalogFor(
        { hub, ghcr: target },
        { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
    );
    fleet = newFleet();
});

describe("a registry that cannot be asked", () => {
    it.each(["repair", "warn", "fail"] as const)(
        "fails a first up that cannot carry to it, and the next one carries as if it were the first (onDrift %s)",
        async (onDrift) => {
            down.add("ghcr");
            const run = await fleet.up(fleetInputs(catalog, { onDrift }));
            expect(run.step).toBe("failed");
            expect(run.reasons).toHaveLength(1);
            expect(run.reasons[0]).toMatch(/^could not carry app:1@ghcr: .* does not let us .* without credentials/);
            expect(fleet.outputs).toMatchObject({ proven: {}, absent: ["app:1@ghcr"] });
            // It is no drift: under `fail` a refusal would keep it from ever being carried.
            expect((await fleet.up(fleetInputs(catalog, { onDrift }))).step).toBe("failed");
            down.clear();
            expect(await fleet.up(fleetInputs(catalog, { onDrift }))).toMatchObject({ step: "update", reasons: [] });
            expect(await statusOf(target, "mirror/acme/app", "1")).toBe(200);
            expect((await fleet.up(fleetInputs(catalog, { onDrift }))).step).toBe("same");
        },
    );

    it("fails a first up whose source it is, says why, and leaves no tag", async () => {
        down.add("hub");
        const run = await fleet.up(fleetInputs(catalog));
        expect(run.step).toBe("failed");
        expect(run.reasons).toHaveLength(1);
        expect(run.reasons[0]).toMatch(
            /^app:1@ghcr cannot be carried: its authority hub could not be asked: .* let us /,
        );
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
    });

    it.each(["hub", "ghcr"] as const)(
        "is a warning once the copies were proven, and changes nothing (%s)",
        async (name) => {
            await fleet.up(fleetInputs(catalog));
            await fleet.up(fleetInputs(catalog));
            const { outputs } = fleet;
            down.add(name);
            const run = await fleet.up(fleetInputs(catalog));
            expect(run.step).toBe("same");
            expect(run.lines.some((line) => line.startsWith(`app:1@${name}: unknown, DENIED: `))).toBe(true);
            expect(fleet.outputs).toEqual(outputs);
        },
    );

    it("takes no proof away from a tag when another one's update runs meanwhile", async () => {
        const [third, elsewhere] = [await embedded(), singleImage()];
        await pushTree(third.host, "mirror/acme/new", elsewhere, { tag: "1" });
        await fleet.up(fleetInputs(catalog));
        const { proven } = fleet.outputs;
        down.add("hub");
        const images = {
            app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] },
            fresh: { source: `${third.host}/mirror/acme/new`, tags: ["1"], targets: ["ghcr"] },
        };
        const run = await fleet.up(fleetInputs(catalogFor({ hub, ghcr: target, third }, images)));
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(fleet.outputs.proven.app).toEqual(proven.app);
        expect(fleet.outputs.proven.fresh?.["1"]?.digest).toBe(elsewhere.root);
        expect(fleet.outputs.absent).toEqual([]);
        // What was ours before the outage is ours after it: the moved source is carried, not refused as a stranger's.
        down.clear();
        const moved = singleImage();
        await pushTree(hub.host, "acme/app", moved, { tag: "1" });
        expect(await fleet.up(fleetInputs(catalog))).toMatchObject({ step: "update", reasons: [] });
        expect(fleet.outputs.proven.app?.["1"]).toMatchObject({ digest: moved.root, history: [tree.root] });
    });

    it("keeps a digest that was carried to one place only for ours, through an outage of the source", async () => {
        const second = await embedded({
            intercept: ({ method }, response, { kind }) =>
                blocked && method === "PUT" && kind === "manifest" && refuse(response),
        });
        let blocked = true;
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr", "second"] } };
        const two = catalogFor({ hub, ghcr: target, second }, images);
        expect((await fleet.up(fleetInputs(two))).step).toBe("failed");
        down.add("hub");
        expect((await fleet.up(fleetInputs(two))).step).toBe("failed");
        expect(fleet.outputs.attempted).toEqual({ app: { "1": { digest: tree.root } } });
        down.clear();
        blocked = false;
        await pushTree(hub.host, "acme/app", singleImage(), { tag: "1" });
        expect(await fleet.up(fleetInputs(two))).toMatchObject({ step: "update", reasons: [] });
    });

    it("is told at a refresh, which takes nothing away", async () => {
        await fleet.up(fleetInputs(catalog));
        const { proven } = fleet.outputs;
        down.add("ghcr");
        const run = await fleet.refresh();
        expect(run.lines).toHaveLength(1);
        expect(fleet.outputs.proven).toEqual(proven);
        expect(fleet.outputs.observed?.unknown).toEqual(["app:1@ghcr: DENIED"]);
        expect(fleet.outputs.observed?.drift).toBeUndefined();
    });
});
