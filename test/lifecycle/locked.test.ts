import { beforeEach, describe, expect, it } from "vitest";
import type { Catalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, rawManifest, statusOf } from "../mirror/world";
import { embedded } from "../support/embedded";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { type Fleet, fleetInputs, lockOf, newFleet } from "./stack";

const HOUR = 3_600_000;

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let catalog: Catalog;
let fleet: Fleet;
let now: number;
let first: ImageTree;

const at = (ms: number) => new Date(ms).toISOString();
const publish = async (registry = hub, repository = "acme/app"): Promise<ImageTree> => {
    const tree = singleImage();
    await pushTree(registry.host, repository, tree, { tag: "1" });
    return tree;
};
const carried = async () => (await rawManifest(target, "mirror/acme/app", "1")).digest;

beforeEach(async () => {
    now = Date.parse("2026-03-01T00:00:00Z");
    [hub, target] = [await embedded(), await embedded()];
    first = await publish();
    const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } };
    catalog = { ...catalogFor({ hub, ghcr: target }, images), upstream: "locked" };
    fleet = newFleet(() => new Date(now));
});

describe("a locked tag that no lock names", () => {
    it("is carried once, and held to that digest when the upstream moves on: news, no change", async () => {
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("create");
        expect(fleet.state?.inputs.pinned).toEqual({ app: { "1": first.root } });
        const moved = await publish();
        const run = await fleet.up(fleetInputs(catalog));
        expect(run).toMatchObject({ step: "same", lines: [], reasons: [] });
        expect(fleet.state?.inputs.observed).toMatchObject({
            news: [`app:1@hub: have ${moved.root} want ${first.root}`],
        });
        expect(await carried()).toBe(first.root);
    });

    it("is repaired to that digest, not to the upstream's new one", async () => {
        await fleet.up(fleetInputs(catalog));
        await publish();
        await fetch(`http://${target.host}/v2/mirror/acme/app/manifests/1`, { method: "DELETE" });
        const run = await fleet.up(fleetInputs(catalog));
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(await carried()).toBe(first.root);
        expect(fleet.outputs.proven.app?.["1"]?.digest).toBe(first.root);
    });

    it("is held to it though the first carry failed, and the upstream moved on meanwhile", async () => {
        await target.close();
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("failed");
        await publish();
        const other = await embedded();
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } };
        const elsewhere: Catalog = { ...catalogFor({ hub, ghcr: other }, images), upstream: "locked" };
        expect(await fleet.up(fleetInputs(elsewhere))).toMatchObject({ step: "update", reasons: [] });
        expect((await rawManifest(other, "mirror/acme/app", "1")).digest).toBe(first.root);
    });

    it("follows the lock as soon as it names it", async () => {
        await fleet.up(fleetInputs(catalog));
        const moved = await publish();
        const run = await fleet.up(fleetInputs(catalog, { lock: lockOf("app", "1", moved.root) }));
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(await carried()).toBe(moved.root);
        expect(fleet.state?.inputs.pinned).toBeUndefined();
        expect((await fleet.up(fleetInputs(catalog, { lock: lockOf("app", "1", moved.root) }))).step).toBe("same");
    });

    it("may be called like a property that every object has", async () => {
        const names = ["constructor", "__proto__", "toString"];
        for (const tag of names) {
            await pushTree(hub.host, "acme/app", first, { tag });
        }
        const images = { app: { source: `${hub.host}/acme/app`, tags: names, targets: ["ghcr"] } };
        const odd: Catalog = { ...catalogFor({ hub, ghcr: target }, images), upstream: "locked" };
        expect(await fleet.up(fleetInputs(odd))).toMatchObject({ step: "create", reasons: [] });
        for (const tag of names) {
            expect((await rawManifest(target, "mirror/acme/app", tag)).digest).toBe(first.root);
        }
        expect((await fleet.up(fleetInputs(odd))).step).toBe("same");
        expect(Object.keys(fleet.outputs.proven)).toEqual(["app"]);
        expect(Object.keys(fleet.outputs.proven.app ?? {})).toEqual(names);
    });
});

describe("a lock that comes from the environment before", () => {
    const promoted = (lock: ReturnType<typeof lockOf>) => fleetInputs(catalog, { lock, promoted: true });

    it("holds a tag back that it does not name, and carries it once it does", async () => {
        const waiting = await fleet.up(promoted({}));
        expect(waiting).toMatchObject({ step: "create", lines: [], reasons: [] });
        expect(fleet.outputs).toMatchObject({ observed: { waiting: ["app:1@ghcr"] }, absent: ["app:1@ghcr"] });
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
        expect((await fleet.up(promoted({}))).step).toBe("same");
        // It was never carried: work, not drift, under `fail` too.
        const run = await fleet.up({ ...promoted(lockOf("app", "1", first.root)), onDrift: "fail" });
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(await carried()).toBe(first.root);
    });

    it("holds a digest back that is younger than minAge, keeps the old one, and carries the new one in time", async () => {
        catalog = { ...catalog, minAge: 24 * HOUR, promoteFrom: "staging" };
        await fleet.up(promoted(lockOf("app", "1", first.root, at(now - 48 * HOUR))));
        expect(await carried()).toBe(first.root);
        const second = await publish();
        const lock = { app: { "1": { digest: second.root, history: [first.root], since: at(now) } } };
        now += 23 * HOUR;
        const early = await fleet.up(promoted(lock));
        expect(early.reasons).toEqual([]);
        expect(await carried()).toBe(first.root);
        expect(fleet.outputs.proven.app?.["1"]?.digest).toBe(first.root);
        now += 2 * HOUR;
        expect(await fleet.up(promoted(lock))).toMatchObject({ step: "update", reasons: [] });
        expect(await carried()).toBe(second.root);
        expect(fleet.outputs.proven.app?.["1"]).toMatchObject({ digest: second.root, history: [first.root] });
        expect((await fleet.up(promoted(lock))).step).toBe("same");
    });

    it("lets a first digest wait until it is old enough, and never takes the upstream's instead", async () => {
        catalog = { ...catalog, minAge: 24 * HOUR };
        const lock = lockOf("app", "1", first.root, at(now));
        expect(await fleet.up(promoted(lock))).toMatchObject({ step: "create", reasons: [] });
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
        expect(fleet.outputs.observed?.waiting).toEqual(["app:1@ghcr"]);
        now += 25 * HOUR;
        await publish();
        expect(await fleet.up(promoted(lock))).toMatchObject({ step: "update", reasons: [] });
        expect(await carried()).toBe(first.root);
    });

    it("lets a tag wait for a named environment, too", async () => {
        catalog = { ...catalog, promoteFrom: "staging" };
        const gone = await fleet.up(promoted({}));
        expect(gone.step).toBe("create");
        expect(fleet.outputs.observed?.waiting).toEqual(["app:1@ghcr"]);
    });
});
