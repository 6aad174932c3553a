import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, compactCatalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, statusOf } from "../mirror/world";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { type Fleet, fleetInputs, type Gate, gateInputs, newFleet, newGate } from "./stack";

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let catalog: Catalog;
let fleet: Fleet;
let gate: Gate;
let isDown: boolean;

const release = (tag: string, repository = "acme/app") =>
    pushTree(hub.host, repository, singleImage({ seed: `${repository}:${tag}` }), { tag });
const withdraw = (tag: string) =>
    fetch(`http://${hub.host}/v2/acme/app/manifests/${tag}`, { method: "DELETE" }).then(({ status }) =>
        expect(status).toBe(202),
    );
const listings = () => hub.requests.count({ kind: "tags" });
const tagsIn = (lock: object = {}) => Object.keys((lock as Record<string, object>).app ?? {}).sort();
/** A failing image beside one that is well. */
const withOther = (tags: unknown): Catalog =>
    catalogFor(
        { hub, ghcr: target },
        {
            app: { source: `${hub.host}/acme/app`, tags, targets: ["ghcr"] },
            other: { source: `${hub.host}/acme/other`, tags: ["1"], targets: ["ghcr"] },
        },
    );

beforeEach(async () => {
    isDown = false;
    hub = await embedded({
        quirks: { tagPage: 2 },
        intercept: (_request, response, { kind }) => {
            if (!isDown || kind !== "tags") {
                return false;
            }
            response.writeHead(403).end();
            return true;
        },
    });
    target = await embedded();
    for (const tag of ["1.0.0", "1.1.0", "latest"]) {
        await release(tag);
    }
    await release("1", "acme/other");
    const image = { source: `${hub.host}/acme/app`, tags: { semver: ">=1", newest: 2 }, targets: ["ghcr"] };
    catalog = catalogFor({ hub, ghcr: target }, { app: image });
    [fleet, gate] = [newFleet(), newGate()];
    hub.requests.reset();
});

describe("a fleet with selectors", () => {
    it("carries what they choose, and a second up changes nothing, each for one listing", async () => {
        expect((await fleet.preview(fleetInputs(catalog))).step).toBe("create");
        expect(listings()).toBe(2);
        const first = await fleet.up(fleetInputs(catalog));
        expect(first).toMatchObject({ step: "create", lines: ["carried 2 tags, verified by digest"], reasons: [] });
        expect(listings()).toBe(4);
        expect(fleet.state?.inputs.selected).toEqual({ app: ["1.1.0", "1.0.0"] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.0.0", "1.1.0"]);
        hub.requests.reset();
        expect(await fleet.up(fleetInputs(catalog))).toMatchObject({ step: "same", lines: [], reasons: [] });
        expect(hub.requests.snapshot()).toEqual({ "GET tags": 2, "HEAD manifest": 2 });
    });

    it("carries a release that appears; the tag that leaves leaves the outputs, and its copy stays", async () => {
        await fleet.up(fleetInputs(catalog));
        await release("1.2.0");
        expect((await fleet.preview(fleetInputs(catalog))).step).toBe("update");
        expect(await fleet.up(fleetInputs(catalog))).toMatchObject({ step: "update", reasons: [] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.1.0", "1.2.0"]);
        expect(await statusOf(target, "mirror/acme/app", "1.0.0")).toBe(200);
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("same");
    });

    it("tells a release that appears in a refresh, too, and drops one that left", async () => {
        await fleet.up(fleetInputs(catalog));
        await release("1.2.0");
        await fleet.refresh();
        expect(fleet.outputs.observed).toMatchObject({ pending: ["app:1.2.0@ghcr"] });
        expect([fleet.outputs.selected, tagsIn(fleet.outputs.proven)]).toEqual([
            { app: ["1.2.0", "1.1.0"] },
            ["1.1.0"],
        ]);
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("update");
        await fleet.refresh();
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("same");
    });

    it("deletes no more than it has chosen, and lists nothing for it", async () => {
        await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        await release("1.2.0");
        await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        hub.requests.reset();
        expect((await fleet.destroy()).step).toBe("deleted");
        const statuses = ["1.0.0", "1.1.0", "1.2.0"].map((tag) => statusOf(target, "mirror/acme/app", tag));
        expect(await Promise.all(statuses)).toEqual([200, 404, 404]);
        expect(hub.requests.total).toBe(0);
    });

    it("fails an image whose selectors choose nothing, at every up, and carries the others", async () => {
        const strict = withOther({ semver: ">=7" });
        const run = await fleet.up(fleetInputs(strict));
        expect(run.step).toBe("failed");
        expect(run.reasons).toEqual([
            `No tag of ${hub.host}/acme/app fits { semver: ">=7" }, which the image "app" asks for (of 3 there, such as 1.1.0, 1.0.0, latest); correct the selector.`,
        ]);
        expect(run.lines).toContain(`drift: ${run.reasons[0]}`);
        expect(await statusOf(target, "mirror/acme/other", "1")).toBe(200);
        expect((await fleet.up(fleetInputs(strict))).step).toBe("failed");
        expect(await fleet.preview(fleetInputs(strict, { onDrift: "fail" }))).toMatchObject({ step: "refused" });
        expect((await fleet.up(fleetInputs(withOther({ semver: ">=1" })))).reasons).toEqual([]);
    });

    it("keeps what it proved where the listing fails, and says that it is unknown", async () => {
        await fleet.up(fleetInputs(catalog));
        isDown = true;
        const run = await fleet.up(fleetInputs(catalog));
        expect(run).toMatchObject({ step: "same", reasons: [] });
        expect(run.lines).toEqual([expect.stringMatching(/^unknown: The tags of the image "app" cannot be listed: /)]);
        expect(fleet.state?.inputs.observed).toMatchObject({ unknown: ["app@hub: DENIED"], consistent: 4 });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.0.0", "1.1.0"]);
        await fleet.refresh();
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.0.0", "1.1.0"]);
        const strict = await fleet.preview(fleetInputs(catalog, { onUnknown: "fail" }));
        expect(strict).toMatchObject({ step: "refused", reasons: [expect.stringContaining("cannot be listed")] });
    });

    it("fails where the first listing fails, whatever onUnknown says, and carries the others", async () => {
        isDown = true;
        const run = await fleet.up(fleetInputs(withOther({ newest: 1 })));
        expect(run.step).toBe("failed");
        expect(run.reasons).toEqual([expect.stringContaining('The tags of the image "app" cannot be listed')]);
        expect(await statusOf(target, "mirror/acme/other", "1")).toBe(200);
        isDown = false;
        expect(await fleet.up(fleetInputs(withOther({ newest: 1 })))).toMatchObject({ step: "update", reasons: [] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.1.0"]);
    });

    it("drops a tag that is withdrawn from its outputs, though nothing is to be carried", async () => {
        await fleet.up(fleetInputs(catalog));
        await withdraw("1.1.0");
        expect(await fleet.up(fleetInputs(catalog))).toMatchObject({ step: "update", reasons: [] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.0.0"]);
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("same");
    });

    it("looks at a tag that is withdrawn no longer, as another one takes its place", async () => {
        await release("0.9.0");
        await fleet.up(fleetInputs(catalog));
        await withdraw("1.1.0");
        const wider = catalogFor(
            { hub, ghcr: target },
            { app: { source: `${hub.host}/acme/app`, tags: { newest: 2 }, targets: ["ghcr"] } },
        );
        expect(await fleet.up(fleetInputs(wider))).toMatchObject({ step: "update", reasons: [] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["0.9.0", "1.0.0"]);
    });
});

describe("a locked fleet with selectors", () => {
    const lock = (...tags: string[]) => ({
        app: Object.fromEntries(
            tags.map((tag) => [
                tag,
                { digest: singleImage({ seed: `acme/app:${tag}` }).root, since: "2026-01-01T00:00:00Z" },
            ]),
        ),
    });

    it("takes the tags of its lock, at no listing", async () => {
        const locked: Catalog = { ...catalog, upstream: "locked" };
        await release("1.2.0");
        hub.requests.reset();
        const inputs = fleetInputs(locked, { lock: lock("1.0.0", "1.1.0") });
        expect(await fleet.up(inputs)).toMatchObject({ step: "create", reasons: [] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.0.0", "1.1.0"]);
        expect((await fleet.up(inputs)).step).toBe("same");
        const next = fleetInputs(locked, { lock: lock("1.0.0", "1.1.0", "1.2.0") });
        expect(await fleet.up(next)).toMatchObject({ step: "update", reasons: [] });
        expect(tagsIn(fleet.outputs.proven)).toEqual(["1.1.0", "1.2.0"]);
        expect(listings()).toBe(0);
    });

    it("fails without a tag in its lock, and waits where it comes from the environment before", async () => {
        const locked: Catalog = { ...catalog, upstream: "locked" };
        const alone = await fleet.up(fleetInputs(locked));
        expect(alone).toMatchObject({ step: "failed", reasons: [expect.stringContaining("The lock names no tag")] });
        const waiting = newFleet();
        const promoted = fleetInputs(locked, { promoted: true });
        expect(await waiting.up(promoted)).toMatchObject({ step: "create", reasons: [] });
        expect(waiting.outputs.observed).toMatchObject({ waiting: ["app@hub"], copies: 0 });
        expect((await waiting.up(promoted)).step).toBe("same");
        const proven = fleetInputs(locked, { promoted: true, lock: lock("1.0.0") });
        expect(await waiting.up(proven)).toMatchObject({ step: "update", reasons: [] });
        expect(tagsIn(waiting.outputs.proven)).toEqual(["1.0.0"]);
    });
});

describe("a gate with selectors", () => {
    it("takes what its fleet chose and saw, at no request of its own", async () => {
        for (const step of ["create", "same"]) {
            const session = fleet.session();
            await fleet.up(fleetInputs(catalog), session);
            const before = hub.requests.total + target.requests.total;
            expect(await gate.up(gateInputs(catalog), session)).toMatchObject({ step, reasons: [] });
            expect(hub.requests.total + target.requests.total).toBe(before);
        }
    });

    it("without a fleet lists by itself, and stays closed where nothing is chosen or nothing can be asked", async () => {
        await fleet.up(fleetInputs(catalog));
        expect(await gate.up(gateInputs(catalog, { fleet: undefined }))).toMatchObject({ step: "create", reasons: [] });
        isDown = true;
        const unknown = await gate.up(gateInputs(catalog, { fleet: undefined }));
        expect(unknown).toMatchObject({ step: "failed", reasons: [expect.stringContaining("cannot be listed")] });
        isDown = false;
        const none = compactCatalog(withOther({ semver: ">=7" }), ["app"]);
        const closed = await newGate().up(gateInputs(catalog, { fleet: undefined, catalog: none }));
        expect(closed).toMatchObject({ step: "failed", reasons: [expect.stringContaining("No tag of")] });
    });
});
