import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, compactCatalog, type MaintenanceWindow, type Waiver } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor } from "../mirror/world";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { appAndOther } from "./app-and-other";
import { type Fleet, fleetInputs, type Gate, gateInputs, newFleet, newGate } from "./stack";

const START = Date.parse("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let plain: Catalog;
let fleet: Fleet;
let gate: Gate;
let tree: ImageTree;
let stranger: ImageTree;
let now: number;

const total = () => hub.requests.total + target.requests.total;
const writes = () => target.requests.count({ method: "PUT" });
const drift = () => pushTree(target.host, "mirror/acme/app", stranger, { tag: "1" });
const have = () => `app:1@ghcr: have ${stranger.root} want ${tree.root}`;
const UNTIL = "waived until 2026-11-22 13:00 UTC: hotfix";

/** The catalogue with a waiver of an hour. */
function waiving(
    waive: readonly Waiver[] = [{ image: "app", until: "2026-11-22T13:00:00.000Z", reason: "hotfix" }],
): Catalog {
    return { ...plain, waive };
}

beforeEach(async () => {
    ({ hub, target, tree, catalog: plain } = await appAndOther());
    stranger = singleImage();
    now = START;
    [fleet, gate] = [newFleet(() => new Date(now)), newGate(() => new Date(now))];
});

async function both(catalog: Catalog, more: Parameters<typeof fleetInputs>[1] = {}) {
    const session = fleet.session();
    const ran = await fleet.up(fleetInputs(catalog, more), session);
    const before = total();
    const guarded = { catalog: compactCatalog(catalog, ["app"]) };
    return { fleet: ran, gate: await gate.up(gateInputs(catalog, guarded), session), cost: total() - before };
}

describe("A fleet's drift that is waived", () => {
    it.each(["repair", "warn", "fail"] as const)("is left alone and told, under onDrift: %s", async (onDrift) => {
        await fleet.up(fleetInputs(plain));
        await drift();
        const before = writes();
        const overwriting: Catalog = { ...waiving(), onForeignDigest: "overwrite" };
        const run = await fleet.up(fleetInputs(overwriting, { onDrift }));
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(run.lines).toEqual([`known drift: ${have()}; ${UNTIL}`]);
        expect(writes()).toBe(before);
        expect(fleet.outputs.observed).toMatchObject({ consistent: 3, waived: [`${have()}; ${UNTIL}`] });
        expect(fleet.outputs.observed).not.toHaveProperty("drift");
        expect(fleet.outputs.unproven).toEqual(["app:1@ghcr"]);
        // What was proven stays what references are pinned to.
        expect(fleet.outputs.proven.app?.["1"]?.digest).toBe(tree.root);
    });

    it("is no change for a second up and for a refresh", async () => {
        await fleet.up(fleetInputs(plain));
        await drift();
        await fleet.up(fleetInputs(waiving()));
        expect((await fleet.up(fleetInputs(waiving()))).step).toBe("same");
        await fleet.refresh();
        expect((await fleet.preview(fleetInputs(waiving()))).step).toBe("same");
    });

    it("counts again when the waiver ends, without a change of the program", async () => {
        await fleet.up(fleetInputs(plain));
        await drift();
        const inputs = fleetInputs({ ...waiving(), onForeignDigest: "overwrite" });
        await fleet.up(inputs);
        now += HOUR;
        const preview = await fleet.preview(inputs);
        expect(preview.step).toBe("update");
        expect(preview.lines.some((line) => line.startsWith(`drift: ${have()} (`))).toBe(true);
        const ended = "The waiver of app ended at 2026-11-22 13:00 UTC: hotfix; take it out of the catalogue";
        expect(preview.lines.filter((line) => line === ended)).toHaveLength(1);
        expect(await fleet.up(inputs)).toMatchObject({ step: "update", reasons: [] });
        expect(fleet.outputs.observed).toMatchObject({ consistent: 4 });
        expect(fleet.outputs.observed).not.toHaveProperty("waived");
    });

    it("is refused under onDrift: fail once the waiver has ended", async () => {
        await fleet.up(fleetInputs(plain));
        await drift();
        const inputs = fleetInputs(waiving(), { onDrift: "fail" });
        expect((await fleet.up(inputs)).reasons).toEqual([]);
        now += HOUR;
        expect(await fleet.preview(inputs)).toMatchObject({
            step: "refused",
            reasons: [`${have()}; onDrift is "fail"`],
        });
    });

    it("is gone from the state when the copy is well again", async () => {
        await fleet.up(fleetInputs(plain));
        await drift();
        await fleet.up(fleetInputs(waiving()));
        await pushTree(target.host, "mirror/acme/app", tree, { tag: "1" });
        expect((await fleet.up(fleetInputs(waiving()))).step).toBe("update");
        expect(fleet.outputs.observed).not.toHaveProperty("waived");
        expect(fleet.outputs.unproven).toEqual([]);
        expect((await fleet.up(fleetInputs(waiving()))).step).toBe("same");
    });

    it("is not what was never carried: that is carried all the same", async () => {
        const run = await fleet.up(fleetInputs(waiving()));
        expect(run).toMatchObject({ step: "create", reasons: [] });
        expect(fleet.outputs.observed).toMatchObject({ copies: 4, consistent: 4 });
    });

    it("is not what cannot be asked: that stays unknown", async () => {
        await fleet.up(fleetInputs(plain));
        await target.close();
        const run = await fleet.up(fleetInputs(waiving(), { onUnknown: "fail" }));
        expect(run.step).toBe("refused");
        expect(run.reasons[0]).toContain("app:1@ghcr: unknown, CONNECTION_REFUSED");
    });

    it("takes along what follows from it: too few copies of a critical image", async () => {
        const critical = (catalog: Catalog): Catalog => {
            const images = Object.entries(catalog.images).map(([name, image]) => [name, { ...image, critical: true }]);
            return { ...catalog, images: Object.fromEntries(images) };
        };
        await fleet.up(fleetInputs(critical(plain)));
        await drift();
        const inputs = fleetInputs(critical(waiving()), { onDrift: "fail" });
        const run = await fleet.up(inputs);
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(run.lines.some((line) => line.startsWith("known: app:1 is critical") && line.endsWith(UNTIL))).toBe(
            true,
        );
        expect(fleet.outputs.observed?.waived).toEqual([`${have()}; ${UNTIL}`, `app:1: TOO_FEW_COPIES; ${UNTIL}`]);
        expect((await fleet.up(inputs)).step).toBe("same");
        const session = fleet.session();
        await fleet.up(inputs, session);
        const opened = await gate.up(gateInputs(critical(waiving())), session);
        expect(opened).toMatchObject({ step: "create", reasons: [] });
        expect(opened.lines).toContain(`gate passes over: app:1: TOO_FEW_COPIES; ${UNTIL}`);
        now += HOUR;
        expect((await fleet.preview(inputs)).reasons.filter((reason) => reason.includes("is critical"))).toHaveLength(
            1,
        );
    });

    it("is left alone in a maintenance window, which opens and closes by the clock", async () => {
        const window: MaintenanceWindow = {
            from: "12:00",
            to: "13:00",
            timeZone: "UTC",
            registries: ["ghcr"],
            reason: "upgrade",
        };
        const inputs = fleetInputs({ ...plain, maintenance: [window], onForeignDigest: "overwrite" });
        await fleet.up(inputs);
        await drift();
        const inside = await fleet.up(inputs);
        expect(inside.lines).toEqual([
            `known drift: ${have()}; waived until 2026-11-22 13:00 UTC: maintenance: upgrade`,
        ]);
        now += HOUR;
        expect(await fleet.up(inputs)).toMatchObject({ step: "update", reasons: [] });
        expect(fleet.outputs.observed).toMatchObject({ consistent: 4 });
    });
});

describe("A gate over drift that is waived", () => {
    it("is closed, opens by the waiver, closes at its end and opens by a repair, at no request of its own", async () => {
        await both(plain);
        await drift();
        const closed = await both(plain, { onDrift: "warn" });
        expect(closed.gate.step).toBe("failed");
        const open = await both(waiving(), { onDrift: "warn" });
        expect(open.gate).toMatchObject({ step: "update", reasons: [] });
        expect(open.gate.lines).toContain(`gate passes over: ${have()}; ${UNTIL}`);
        expect(gate.outputs.observed).toMatchObject({ consistent: 1, waived: [`${have()}; ${UNTIL}`] });
        expect((await both(waiving(), { onDrift: "warn" })).gate.step).toBe("same");
        now += HOUR;
        const ended = await both(waiving(), { onDrift: "warn" });
        expect(ended.gate.step).toBe("failed");
        expect(ended.gate.reasons[0]).toContain(have());
        await pushTree(target.host, "mirror/acme/app", tree, { tag: "1" });
        const repaired = await both(waiving(), { onDrift: "warn" });
        expect(repaired.gate).toMatchObject({ step: "update", reasons: [] });
        expect(gate.outputs.observed).not.toHaveProperty("waived");
        expect([closed, open, ended, repaired].map(({ cost }) => cost)).toEqual([0, 0, 0, 0]);
    });

    it("closes in a preview after the end, though its state says that nothing counted", async () => {
        await both(waiving());
        await drift();
        await both(waiving(), { onDrift: "warn" });
        now += HOUR;
        const run = await gate.preview(gateInputs(waiving(), { catalog: compactCatalog(waiving(), ["app"]) }));
        expect(run.step).toBe("update");
        expect(run.lines.some((line) => line.startsWith(`gate closed: ${have()}`))).toBe(true);
    });

    it("judges by its own clock where the waiver ends after the fleet's look", async () => {
        await both(plain);
        await drift();
        const session = fleet.session();
        await fleet.up(fleetInputs(waiving(), { onDrift: "warn" }), session);
        now += HOUR;
        const run = await gate.up(gateInputs(waiving(), { catalog: compactCatalog(waiving(), ["app"]) }), session);
        expect(run.step).toBe("failed");
    });

    it("opens for a copy that was never carried, where the gate is alone", async () => {
        const inputs = (catalog: Catalog) => gateInputs(catalog, { fleet: undefined });
        const closed = await gate.up(inputs(plain));
        expect(closed.step).toBe("failed");
        const names = ["app", "other"].map((image) => ({ image, until: "2026-11-22T13:00:00.000Z", reason: "new" }));
        expect(await gate.up(inputs(waiving(names)))).toMatchObject({ step: "create", reasons: [] });
    });

    it("stays closed over another image, and over what cannot be asked", async () => {
        await both(plain);
        await drift();
        const other = waiving([{ image: "other", until: "2026-11-22T13:00:00.000Z", reason: "r" }]);
        expect((await both(other, { onDrift: "warn" })).gate.step).toBe("failed");
        await target.close();
        const run = await both(waiving());
        expect(run.gate.step).toBe("failed");
        expect(run.gate.reasons[0]).toContain("unknown, CONNECTION_REFUSED");
    });
});

describe("A gate that refuses many images", () => {
    it("names every one of them, twenty with their digests", async () => {
        const names = Array.from({ length: 30 }, (_, index) => `image-${String(index).padStart(2, "0")}`);
        for (const name of names) {
            await pushTree(hub.host, `acme/${name}`, tree, { tag: "1" });
            await pushTree(target.host, `mirror/acme/${name}`, stranger, { tag: "1" });
        }
        const rest = { tags: ["1"], targets: ["ghcr"] };
        const many = catalogFor(
            { hub, ghcr: target },
            Object.fromEntries(names.map((name) => [name, { source: `${hub.host}/acme/${name}`, ...rest }])),
        );
        const run = await gate.up(gateInputs(many));
        const lines = run.reasons[0]?.split("\n  - ") ?? [];
        expect(lines).toHaveLength(22);
        expect(lines[0]).toBe("30 copies are not proven equal:");
        expect(lines[20]).toContain("image-19:1@ghcr: have");
        expect(lines[21]).toBe(`… and 10 more copies, and these images: ${names.slice(20).join(", ")}`);
        expect(run.lines.at(-1)).toBe(`gate closed: ${lines[21]}`);
    });
});
