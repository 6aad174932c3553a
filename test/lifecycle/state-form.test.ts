import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, compactCatalog, expandLock, type Lock } from "../../core/catalog";
import type { FleetInputs, FleetState, GateInputs } from "../../core/lifecycle/types";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, rawManifest } from "../mirror/world";
import { embedded } from "../support/embedded";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { type Fleet, fleetInputs, gateInputs, newFleet, newGate } from "./stack";

const SINCE = "2026-03-01T00:00:00.000Z";

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let catalog: Catalog;
let fleet: Fleet;
let [now, before, older]: ImageTree[] = [];
let lock: Lock;

const digestOf = (tree: ImageTree | undefined): string => tree?.root ?? "";

/** At the source the tag is `now`; the lock says so, and that it was `before` and `older`. */
beforeEach(async () => {
    [hub, target] = [await embedded(), await embedded()];
    [older, before, now] = [singleImage(), singleImage(), singleImage()];
    for (const tree of [older, before, now] as ImageTree[]) {
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    }
    const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } };
    catalog = { ...catalogFor({ hub, ghcr: target }, images), upstream: "locked" };
    lock = { app: { "1": { digest: digestOf(now), history: [digestOf(before), digestOf(older)], since: SINCE } } };
    fleet = newFleet(() => new Date(SINCE));
});

describe("what a state holds of a lock", () => {
    it("is each wish without its past, the past once, and in outputs a line for each image", async () => {
        expect((await fleet.up(fleetInputs(catalog, { lock }))).step).toBe("create");
        const { inputs, outputs } = fleet.state as { inputs: FleetInputs; outputs: FleetState };
        expect(inputs.lock).toEqual({ app: { "1": { digest: digestOf(now) } } });
        expect(outputs.lock).toEqual(inputs.lock);
        expect(outputs.proven.app).toMatch(new RegExp(`^1 ${digestOf(now)} since=${SINCE} history=`));
        expect(expandLock(outputs.proven)).toEqual({ app: { "1": expect.objectContaining(lock.app?.["1"]) } });
        for (const digest of [before, older].map((tree) => digestOf(tree))) {
            const hex = digest.slice("sha256:".length);
            const short = Buffer.from(hex, "hex").toString("base64url");
            const text = JSON.stringify({ inputs, outputs });
            expect(text.split(hex).length + text.split(short).length).toBe(3);
        }
    });

    it("takes nothing from the first carry: what the lock knows to be ours is replaced, not refused", async () => {
        await pushTree(target.host, "mirror/acme/app", older as ImageTree, { tag: "1" });
        const run = await fleet.up(fleetInputs(catalog, { lock }));
        expect(run).toMatchObject({ step: "create", reasons: [] });
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(digestOf(now));
    });

    it("nor from an update or a refresh: the state knows it as well", async () => {
        await fleet.up(fleetInputs(catalog, { lock }));
        await pushTree(target.host, "mirror/acme/app", older as ImageTree, { tag: "1" });
        await fleet.refresh();
        expect(fleet.outputs.observed?.drift).toHaveLength(1);
        expect(await fleet.up(fleetInputs(catalog, { lock }))).toMatchObject({ step: "update", reasons: [] });
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(digestOf(now));
    });

    it("keeps times for who promotes from it: minAge counts from them", async () => {
        await fleet.up(fleetInputs(catalog, { lock, promoted: true }));
        expect(fleet.state?.inputs.lock).toEqual({ app: { "1": { digest: digestOf(now), since: SINCE } } });
    });

    it("is no change when the lock's past alone is another", async () => {
        await fleet.up(fleetInputs(catalog, { lock }));
        const shorter: Lock = { app: { "1": { digest: digestOf(now) } } };
        expect((await fleet.preview(fleetInputs(catalog, { lock: shorter }))).step).toBe("same");
        expect((await fleet.preview(fleetInputs(catalog, { lock: {} }))).step).toBe("update");
    });
});

describe("a state of an older release", () => {
    /** Whole locks in inputs and outputs, and catalogues that name every repository. */
    function age<T extends FleetInputs | FleetState | GateInputs>(state: T): T {
        const line = compactCatalog(catalog, ["app"]).images.app?.replace(" ~ ", " mirror/acme/app ");
        const catalogue = { ...state.catalog, images: { app: line ?? "" } };
        return {
            ...state,
            catalog: catalogue,
            lock,
            ...("proven" in state ? { proven: expandLock(state.proven) } : {}),
        };
    }

    it("is read as it is: no change, and drift is seen and repaired", async () => {
        await fleet.up(fleetInputs(catalog, { lock }));
        const { id, inputs, outputs } = fleet.state as NonNullable<Fleet["state"]>;
        fleet.state = { id, inputs: age(inputs), outputs: age(outputs), failed: false };
        expect(outputs).not.toEqual(fleet.state.outputs);
        expect(await fleet.preview(fleetInputs(catalog, { lock }))).toMatchObject({ step: "same", lines: [] });
        expect((await fleet.refresh()).step).toBe("read");
        expect(fleet.outputs.proven).toEqual(expandLock(outputs.proven));
        fleet.state = { id, inputs: age(inputs), outputs: age(outputs), failed: false };
        await pushTree(target.host, "mirror/acme/app", before as ImageTree, { tag: "1" });
        expect(await fleet.up(fleetInputs(catalog, { lock }))).toMatchObject({ step: "update", reasons: [] });
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(digestOf(now));
    });

    it("is read by a gate, too", async () => {
        await fleet.up(fleetInputs(catalog, { lock }));
        const gate = newGate();
        expect((await gate.up(gateInputs(catalog, { lock }))).step).toBe("create");
        const state = gate.state as NonNullable<typeof gate.state>;
        expect(state.inputs.lock).toEqual({ app: { "1": { digest: digestOf(now) } } });
        gate.state = { ...state, inputs: age(state.inputs), outputs: age(state.outputs) };
        expect((await gate.preview(gateInputs(catalog, { lock }))).step).toBe("same");
    });
});
