import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, type CatalogImage, catalogOfReferences, compactCatalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { appAndOther } from "./app-and-other";
import { type Fleet, fleetInputs, type Gate, gateInputs, newFleet, newGate } from "./stack";

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let catalog: Catalog;
let fleet: Fleet;
let gate: Gate;
let tree: ImageTree;
let stranger: ImageTree;

const total = () => hub.requests.total + target.requests.total;
const line = () =>
    `app:1@ghcr: have ${stranger.root} want ${tree.root} (the digest here was never ours; it has other layers)`;
const drift = () => pushTree(target.host, "mirror/acme/app", stranger, { tag: "1" });

beforeEach(async () => {
    ({ hub, target, tree, catalog } = await appAndOther());
    stranger = singleImage();
    [fleet, gate] = [newFleet(), newGate()];
});

/** Fleet and gate in one process, one after the other, as the engine runs them. */
async function upBoth(more: Parameters<typeof fleetInputs>[1] = {}, gateMore: Parameters<typeof gateInputs>[1] = {}) {
    const session = fleet.session();
    const ran = await fleet.up(fleetInputs(catalog, more), session);
    const before = total();
    const guarded = { catalog: compactCatalog(catalog, ["app"]), ...gateMore };
    const closed = await gate.up(gateInputs(catalog, guarded), session);
    return { fleet: ran, gate: closed, cost: total() - before };
}

describe("a gate beside its fleet", () => {
    it("opens after the first carry, and costs no request of its own, now and later", async () => {
        const first = await upBoth();
        expect(first.gate).toMatchObject({ step: "create", reasons: [] });
        expect(first.cost).toBe(0);
        const second = await upBoth();
        expect(second.gate).toMatchObject({ step: "same", reasons: [] });
        expect(second.cost).toBe(0);
    });

    it("opens over drift that the fleet has just repaired", async () => {
        await upBoth();
        await pushTree(target.host, "mirror/acme/app", stranger, { tag: "1" });
        const run = await upBoth({ catalog: { ...fleetInputs(catalog).catalog, onForeignDigest: "overwrite" } });
        expect(run.fleet.step).toBe("update");
        expect(run.gate.reasons).toEqual([]);
        expect(run.cost).toBe(0);
    });

    it("closes over drift that the fleet only warns of, and passes over that of other images", async () => {
        await upBoth();
        await drift();
        const closed = await upBoth({ onDrift: "warn" });
        expect(closed.gate.step).toBe("failed");
        expect(closed.gate.reasons).toEqual([`1 copy is not proven equal:\n  - ${line()}`]);
        const other = await upBoth({ onDrift: "warn" }, { catalog: compactCatalog(catalog, ["other"]) });
        expect(other.gate.reasons).toEqual([]);
    });

    it("keeps two images apart that have one source", async () => {
        const [app] = Object.values(catalog.images) as [CatalogImage];
        const targets = [{ registry: "ghcr", repository: "mirror/kept", tags: [{ from: "1", to: "1" }] }];
        catalog = { ...catalog, images: { app, kept: { ...app, name: "kept", targets } } };
        await upBoth();
        await drift();
        const closed = await upBoth({ onDrift: "warn" });
        expect(closed.gate.reasons).toEqual([`1 copy is not proven equal:\n  - ${line()}`]);
        const open = await upBoth({ onDrift: "warn" }, { catalog: compactCatalog(catalog, ["kept"]) });
        expect(open.gate.reasons).toEqual([]);
        expect(gate.outputs.observed).toMatchObject({ copies: 2, consistent: 2 });
    });

    it("warns where it is told to, and opens", async () => {
        await upBoth();
        await drift();
        const run = await upBoth({ onDrift: "warn" }, { onDrift: "warn" });
        expect(run.gate).toMatchObject({ step: "update", lines: expect.arrayContaining([`gate warns: ${line()}`]) });
    });

    it("is not closed in a preview by what the fleet is about to mend, and is by what it will leave", async () => {
        await upBoth();
        await drift();
        const session = fleet.session();
        await fleet.preview(fleetInputs(catalog), session);
        const mended = await gate.preview(gateInputs(catalog, { catalog: compactCatalog(catalog, ["app"]) }), session);
        expect(mended.lines.filter((one) => one.startsWith("gate"))).toEqual([]);
        const warned = fleet.session();
        await fleet.preview(fleetInputs(catalog, { onDrift: "warn" }), warned);
        const left = await gate.preview(gateInputs(catalog, { catalog: compactCatalog(catalog, ["app"]) }), warned);
        expect(left.step).toBe("update");
        expect(left.lines).toContain(`gate closed: ${line()}`);
    });

    it("is closed in a preview by a copy that was lost, which a fleet that only warns will not carry", async () => {
        await upBoth({ onDrift: "warn" });
        await fetch(`http://${target.host}/v2/mirror/acme/app/manifests/1`, { method: "DELETE" });
        const session = fleet.session();
        await fleet.preview(fleetInputs(catalog, { onDrift: "warn" }), session);
        const left = await gate.preview(gateInputs(catalog, { catalog: compactCatalog(catalog, ["app"]) }), session);
        expect(left.lines).toContain(`gate closed: app:1@ghcr: have nothing want ${tree.root} (the copy is gone)`);
    });

    it("stays closed while a copy waits for the environment before", async () => {
        catalog = { ...catalog, upstream: "locked", promoteFrom: "staging" };
        const run = await upBoth({ promoted: true }, { promoted: true });
        expect(run.fleet).toMatchObject({ step: "create", reasons: [] });
        expect(run.gate.step).toBe("failed");
        expect(run.gate.reasons[0]).toContain('the environment "staging" has not proven a digest for it yet');
    });

    it("closes over what could not be asked, unless it is told to warn", async () => {
        await upBoth();
        await target.close();
        const closed = await upBoth();
        expect(closed.fleet.step).toBe("same");
        expect(closed.gate.step).toBe("failed");
        expect(closed.gate.reasons[0]).toMatch(/app:1@ghcr: unknown, CONNECTION_REFUSED: /);
        const warned = await upBoth({}, { onUnknown: "warn" });
        expect(warned.gate.reasons).toEqual([]);
        expect(warned.gate.lines.some((one) => one.startsWith("gate warns: app:1@ghcr: unknown"))).toBe(true);
    });
});

describe("a gate alone", () => {
    it("looks itself, one HEAD a copy, once for check, diff and update", async () => {
        await upBoth();
        const before = total();
        const inputs = gateInputs(catalog, { catalog: compactCatalog(catalog, ["app"]) });
        expect((await gate.up(inputs)).step).toBe("same");
        expect(total() - before).toBe(2);
        await drift();
        const run = await gate.up(inputs);
        expect(run.step).toBe("failed");
        expect(run.reasons[0]).toContain(line());
        // Of the push seven; the two manifests are compared once.
        expect(total() - before).toBe(4 + 7 + 2);
    });

    it("is read by a refresh, and is open again once the copies are equal", async () => {
        await upBoth();
        await drift();
        await gate.refresh();
        expect(gate.outputs.observed?.drift).toHaveLength(1);
        await pushTree(target.host, "mirror/acme/app", tree, { tag: "1" });
        const inputs = gateInputs(catalog, { catalog: compactCatalog(catalog, ["app"]) });
        expect(await gate.up(inputs)).toMatchObject({ step: "update", reasons: [] });
        expect(gate.outputs.observed?.drift).toBeUndefined();
        expect((await gate.destroy()).step).toBe("deleted");
    });
});

describe("a gate over bare references", () => {
    const over = (references: string[]) => {
        const { compact, lock } = catalogOfReferences(references, catalog);
        const { fleet: _, ...inputs } = gateInputs(catalog, { catalog: compact, lock });
        return gate.up(inputs);
    };

    it("opens when all show one digest, and closes when one does not", async () => {
        await upBoth();
        const references = [`${hub.host}/acme/app:1`, `${target.host}/mirror/acme/app:1`];
        gate = newGate();
        expect(await over(references)).toMatchObject({ step: "create", reasons: [] });
        expect((await over(references)).step).toBe("same");
        await drift();
        const closed = await over(references);
        expect(closed.step).toBe("failed");
        expect(closed.reasons[0]).toContain(`have ${stranger.root} want ${tree.root}`);
    });

    it("holds all to the digest that one of them names", async () => {
        await upBoth();
        gate = newGate();
        const both = (digest: string) => [`${hub.host}/acme/app:1@${digest}`, `${target.host}/mirror/acme/app:1`];
        expect(await over(both(tree.root))).toMatchObject({ step: "create", reasons: [] });
        gate = newGate();
        const closed = await over(both(stranger.root));
        expect(closed.step).toBe("failed");
        expect(closed.reasons[0]).toContain(`want ${stranger.root}`);
    });
});
