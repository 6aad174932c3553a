import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Catalog, compactCatalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, rawManifest, statusOf } from "../mirror/world";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { type Fleet, fleetInputs, newFleet } from "./stack";

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let denied: Set<string>;
let catalog: Catalog;
let fleet: Fleet;

const push = async (registry: EmbeddedRegistry, repository: string, tag: string): Promise<ImageTree> => {
    const tree = singleImage();
    await pushTree(registry.host, repository, tree, { tag });
    return tree;
};
const remove = (repository: string, reference: string) =>
    fetch(`http://${target.host}/v2/${repository}/manifests/${reference}`, { method: "DELETE" });
const total = () => hub.requests.total + target.requests.total;
const resetCounts = () => {
    hub.requests.reset();
    target.requests.reset();
};

beforeEach(async () => {
    denied = new Set();
    hub = await embedded();
    target = await embedded({
        intercept: (request, response, { repository }) => {
            if (request.method !== "PUT" || !denied.has(repository)) {
                return false;
            }
            response.writeHead(403, { "content-type": "application/json" });
            response.end(JSON.stringify({ errors: [{ code: "DENIED", message: "no" }] }));
            return true;
        },
    });
    const rest = { tags: ["1"], targets: ["ghcr"] };
    catalog = catalogFor(
        { hub, ghcr: target },
        { app: { source: `${hub.host}/acme/app`, ...rest }, other: { source: `${hub.host}/acme/other`, ...rest } },
    );
    fleet = newFleet(() => new Date("2026-01-01T00:00:00Z"));
});

describe("a fleet, hook by hook", () => {
    it("carries at first, then finds nothing to do for one HEAD a copy, in a preview too", async () => {
        const [app, other] = [await push(hub, "acme/app", "1"), await push(hub, "acme/other", "1")];
        expect(await fleet.preview(fleetInputs(catalog))).toMatchObject({ step: "create", lines: [] });
        const first = await fleet.up(fleetInputs(catalog));
        expect(first).toMatchObject({ step: "create", lines: ["carried 2 tags, verified by digest"] });
        expect(fleet.outputs.proven).toEqual({
            app: {
                "1": { digest: app.root, since: "2026-01-01T00:00:00.000Z", platforms: { "linux/amd64": app.root } },
            },
            other: { "1": expect.objectContaining({ digest: other.root }) },
        });
        expect(fleet.outputs).toMatchObject({ attempted: {}, unproven: [], absent: [] });
        resetCounts();
        expect((await fleet.preview(fleetInputs(catalog))).step).toBe("same");
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("same");
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 4 });
        expect(target.requests.snapshot()).toEqual({ "HEAD manifest": 4 });
    });

    it("looks once in an up that carries: the update takes what check saw", async () => {
        await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        resetCounts();
        await fleet.up(fleetInputs(catalog));
        expect(hub.requests.count({ method: "HEAD", kind: "manifest" })).toBe(2);
    });

    it("adopts equal copies, and pushes nothing", async () => {
        for (const name of ["app", "other"]) {
            const tree = await push(hub, `acme/${name}`, "1");
            await pushTree(target.host, `mirror/acme/${name}`, tree, { tag: "1" });
        }
        resetCounts();
        const run = await fleet.up(fleetInputs(catalog));
        expect(run.lines).toEqual(["adopted 2 copies that were already equal"]);
        expect(target.requests.count({ method: "PUT" }) + target.requests.count({ method: "POST" })).toBe(0);
        expect(fleet.outputs.unproven).toEqual([]);
    });

    it.each(["repair", "warn", "fail"] as const)(
        "names a copy that was lost right after the first up, in the preview already (onDrift %s)",
        async (onDrift) => {
            const app = await push(hub, "acme/app", "1");
            await push(hub, "acme/other", "1");
            await fleet.up(fleetInputs(catalog, { onDrift }));
            await remove("mirror/acme/app", "1");
            const preview = await fleet.preview(fleetInputs(catalog, { onDrift }));
            expect(preview.step).toBe("update");
            expect(preview.lines).toEqual([`drift: app:1@ghcr: have nothing want ${app.root} (the copy is gone)`]);
            const run = await fleet.up(fleetInputs(catalog, { onDrift }));
            expect(run.step).toBe(onDrift === "fail" ? "failed" : "update");
            expect(await statusOf(target, "mirror/acme/app", "1")).toBe(onDrift === "repair" ? 200 : 404);
            expect(fleet.outputs.unproven).toEqual(onDrift === "repair" ? [] : ["app:1@ghcr"]);
        },
    );

    it.each(["warn", "fail"] as const)("carries what it never carried under %s, too", async (onDrift) => {
        await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        const first = fleetInputs(catalog, { onDrift, catalog: compactCatalog(catalog, ["app"]) });
        expect((await fleet.up(first)).step).toBe("create");
        const stranger = onDrift === "warn" ? await push(target, "mirror/acme/app", "1") : undefined;
        const run = await fleet.up(fleetInputs(catalog, { onDrift }));
        expect(run.step).toBe("update");
        expect(run.lines.at(-1)).toBe("carried 1 tag, verified by digest");
        expect(await statusOf(target, "mirror/acme/other", "1")).toBe(200);
        if (stranger !== undefined) {
            expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(stranger.root);
            expect(fleet.outputs.observed?.drift).toHaveLength(1);
        }
    });

    it("keeps what was done when some copies fail, and ends well the next time", async () => {
        const app = await push(hub, "acme/app", "1");
        const other = await push(hub, "acme/other", "1");
        denied.add("mirror/acme/app");
        const run = await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        expect(run.step).toBe("failed");
        expect(run.reasons).toHaveLength(1);
        expect(run.reasons[0]).toMatch(/^could not carry app:1@ghcr: .* does not let us /);
        expect(fleet.state?.id).toBe("images/wave-0");
        // Inputs are echoed, or a later destroy dies.
        expect(fleet.outputs).toMatchObject({ fleet: "images", wave: 0, deleteOnDestroy: true, onDrift: "repair" });
        expect(fleet.outputs.proven).toEqual({ other: { "1": expect.objectContaining({ digest: other.root }) } });
        expect(fleet.outputs.absent).toEqual(["app:1@ghcr"]);
        denied.clear();
        const again = await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        expect(again).toMatchObject({ step: "update", lines: ["carried 1 tag, verified by digest"] });
        expect(fleet.outputs.proven.app?.["1"]?.digest).toBe(app.root);
        expect((await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }))).step).toBe("same");
    });

    it("knows a digest for its own that it carried to one target only, and replaces it the next time", async () => {
        const second = await embedded({
            intercept: (request, response, { kind }) => {
                if (request.method !== "PUT" || kind !== "manifest" || !denied.has("second")) {
                    return false;
                }
                response.writeHead(403).end();
                return true;
            },
        });
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr", "second"] } };
        const two = catalogFor({ hub, ghcr: target, second }, images);
        const old = await push(hub, "acme/app", "1");
        denied.add("second");
        expect((await fleet.up(fleetInputs(two))).step).toBe("failed");
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(old.root);
        expect(fleet.outputs.attempted).toEqual({ app: { "1": { digest: old.root } } });
        const fresh = await push(hub, "acme/app", "1");
        denied.clear();
        expect(await fleet.up(fleetInputs(two))).toMatchObject({ step: "update", reasons: [] });
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(fresh.root);
        expect((await rawManifest(second, "mirror/acme/app", "1")).digest).toBe(fresh.root);
        expect(fleet.outputs.attempted).toEqual({});
    });

    it("writes the lock when all copies moved on behind its back, and carries nothing", async () => {
        const old = await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog));
        const fresh = imageIndex();
        await pushTree(hub.host, "acme/app", fresh, { tag: "1" });
        await pushTree(target.host, "mirror/acme/app", fresh, { tag: "1" });
        expect((await fleet.preview(fleetInputs(catalog))).step).toBe("update");
        resetCounts();
        const run = await fleet.up(fleetInputs(catalog));
        expect(run).toMatchObject({ step: "update", lines: [] });
        expect(target.requests.count({ method: "PUT" })).toBe(0);
        expect(fleet.outputs.proven.app?.["1"]).toMatchObject({ digest: fresh.root, history: [old.root] });
        expect(Object.keys(fleet.outputs.proven.app?.["1"]?.platforms ?? {})).toEqual(["linux/amd64", "linux/arm64"]);
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("same");
    });

    it("shows drift at a refresh, keeps the proof, and repairs at the next up", async () => {
        const app = await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog));
        const { proven } = fleet.outputs;
        const stranger = await push(target, "mirror/acme/app", "1");
        const line = `app:1@ghcr: have ${stranger.root} want ${app.root}`;
        const run = await fleet.refresh();
        expect(run.lines).toEqual([`drift: ${line} (the digest here was never ours; it has other layers)`]);
        expect(fleet.outputs).toMatchObject({
            proven,
            observed: { drift: [line] },
            unproven: ["app:1@ghcr"],
            absent: [],
        });
        // The engine compares these with the program's: they must be whole, and no outputs.
        const { proven: _, attempted: __, unproven: ___, absent: ____, ...inputs } = fleet.outputs;
        expect(fleet.state?.inputs).toEqual(inputs);
        await pushTree(target.host, "mirror/acme/app", app, { tag: "1" });
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("update");
        expect(fleet.outputs.observed).toEqual({ copies: 4, consistent: 4, cost: { heads: 4, carries: 0 } });
    });

    it("asks nothing more than one HEAD a copy at a refresh", async () => {
        await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog));
        resetCounts();
        await fleet.refresh();
        expect(total()).toBe(4);
    });
});

describe("the end of a fleet", () => {
    it("leaves every image", async () => {
        await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog));
        resetCounts();
        expect((await fleet.destroy()).step).toBe("deleted");
        expect(total()).toBe(0);
        await resolveWholly(target.host, "mirror/acme/app", "1");
    });

    it("takes the tags with it that it proved, under deleteOnDestroy, and leaves a stranger's", async () => {
        const app = await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        await pushTree(target.host, "mirror/acme/app", app, { tag: "theirs" });
        const stranger = await push(target, "mirror/acme/other", "1");
        const run = await fleet.destroy();
        expect(run).toMatchObject({ step: "deleted" });
        expect(run.lines).toEqual([
            `left other:1@ghcr in place: it shows ${stranger.root}, which is not the digest that was proven`,
        ]);
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
        // By tag, never by digest: another tag of the same manifest stays.
        expect(await statusOf(target, "mirror/acme/app", "theirs")).toBe(200);
        expect((await rawManifest(target, "mirror/acme/other", "1")).digest).toBe(stranger.root);
        expect(await statusOf(hub, "acme/app", "1")).toBe(200);
    });

    it("leaves what another wave of the same run has taken over", async () => {
        await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        const next = newFleet();
        const session = next.session();
        expect((await next.up(fleetInputs(catalog, { wave: 1, deleteOnDestroy: true }), session)).step).toBe("create");
        expect((await fleet.destroy(session)).step).toBe("deleted");
        await resolveWholly(target.host, "mirror/acme/app", "1");
        await resolveWholly(target.host, "mirror/acme/other", "1");
    });

    it("says which copies it could not delete, and why, in one sentence", async () => {
        await push(hub, "acme/app", "1");
        await push(hub, "acme/other", "1");
        await fleet.up(fleetInputs(catalog, { deleteOnDestroy: true }));
        await target.close();
        const run = await fleet.destroy();
        expect(run.step).toBe("failed");
        expect(run.reasons[0]).toMatch(/^these copies could not be deleted: app:1@ghcr: .*nothing accepts connections/);
        expect(run.reasons[0]).not.toContain("\n");
    });
});

describeWith(["docker-registry"], "the end of a fleet at a registry that deletes by digest only", (programs) => {
    let registry: DockerRegistry;

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        return () => registry.close();
    });

    it("takes its tags, and none that shares their manifest", async () => {
        const app = await push(hub, "acme/app", "1");
        const names = ["1", { from: "1", to: "stable" }];
        const images = {
            app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: [{ registry: "ghcr", tags: names }] },
        };
        const there = catalogFor({ hub, ghcr: registry }, images);
        await fleet.up(fleetInputs(there, { deleteOnDestroy: true }));
        await pushTree(registry.host, "mirror/acme/app", app, { tag: "theirs" });
        const kept = await fleet.destroy();
        expect(kept.step).toBe("failed");
        expect(kept.reasons[0]).toContain(
            "app:1@ghcr: its registry deletes by digest only, and theirs there show the same manifest",
        );
        await resolveWholly(registry.host, "mirror/acme/app", "1");
        // Somebody moves that tag on: now nothing is in the way.
        await pushTree(registry.host, "mirror/acme/app", singleImage(), { tag: "theirs" });
        expect(await fleet.destroy()).toMatchObject({ step: "deleted", reasons: [] });
        expect(await statusOf(registry, "mirror/acme/app", "1")).toBe(404);
        expect(await statusOf(registry, "mirror/acme/app", "stable")).toBe(404);
        expect(await statusOf(registry, "mirror/acme/app", "theirs")).toBe(200);
    });
});
