import { beforeEach, describe, expect, it } from "vitest";
import { buildMatrix, buildReferences } from "../../components/images/pinned";
import { type Catalog, lockEntry } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, rawManifest } from "../mirror/world";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, SEVEN_PLATFORMS } from "../support/images";
import { fleetInputs, gateInputs, newFleet, newGate } from "./stack";

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;

beforeEach(async () => {
    [hub, target] = [await embedded(), await embedded()];
});

const push = async (tree = imageIndex({ platforms: SEVEN_PLATFORMS })): Promise<ImageTree> => {
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    return tree;
};
const catalogOf = (platforms: "all" | readonly string[] = ["linux/amd64", "linux/arm64"], to = target): Catalog =>
    catalogFor(
        { hub, ghcr: to },
        { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], platforms } },
    );
const shown = (at = target) => rawManifest(at, "mirror/acme/app", "1");
const heads = () => {
    const counted = [hub, target].map(({ requests }) => requests.snapshot());
    hub.requests.reset();
    target.requests.reset();
    return counted;
};

describe("a fleet with an image of which some platforms are wanted", () => {
    it("carries it, pins each place to the digest there, and then asks one HEAD a copy", async () => {
        const tree = await push();
        const fleet = newFleet();
        const first = await fleet.up(fleetInputs(catalogOf()));
        const { digest } = await shown();
        expect(first.lines).toEqual([
            "carried 1 tag, verified by digest",
            `carried app:1@ghcr as a subset: linux/amd64, linux/arm64 of 7 platforms; its digest ${digest} differs from the source's ${tree.root}`,
        ]);
        const { proven, observed } = fleet.outputs;
        expect(proven.app?.["1"]).toMatchObject({
            digest: tree.root,
            subset: { digest, platforms: ["linux/amd64", "linux/arm64"] },
            platforms: { "linux/amd64": tree.manifests[0]?.digest, "linux/arm64": tree.manifests[1]?.digest },
        });
        expect(observed).toEqual({ copies: 2, consistent: 1, subsets: 1, cost: { heads: 2, carries: 0 } });
        const { images, registries } = catalogOf();
        expect(buildReferences(images, registries, proven, []).app?.["1"]).toEqual({
            hub: `${hub.host}/acme/app:1@${tree.root}`,
            ghcr: `${target.host}/mirror/acme/app:1@${digest}`,
        });
        expect(buildMatrix(images, proven, []).app?.["1"]).toEqual({ hub: tree.root, ghcr: digest });
        heads();
        for (const step of ["preview", "up", "up"] as const) {
            expect(await fleet[step](fleetInputs(catalogOf()))).toMatchObject({ step: "same", lines: [] });
            expect(heads()).toEqual([{ "HEAD manifest": 1 }, { "HEAD manifest": 1 }]);
        }
        await fleet.refresh();
        expect(heads()).toEqual([{ "HEAD manifest": 1 }, { "HEAD manifest": 1 }]);
        expect(fleet.outputs.unproven).toEqual([]);
        expect((await fleet.up(fleetInputs(catalogOf()))).step).toBe("same");
    });

    it.each(["repair", "warn", "fail"] as const)(
        "sees a moved upstream though only the state knows the part (%s)",
        async (onDrift) => {
            await push();
            const fleet = newFleet();
            await fleet.up(fleetInputs(catalogOf(), { onDrift }));
            const old = await shown();
            const next = await push();
            const preview = await fleet.preview(fleetInputs(catalogOf(), { onDrift }));
            expect(preview.step).toBe("update");
            expect(preview.lines).toEqual([
                `drift: app:1@ghcr: have ${old.digest} want ${next.root} (it is a subset of a digest that the source had before)`,
            ]);
            const run = await fleet.up(fleetInputs(catalogOf(), { onDrift }));
            expect(run.step).toBe(onDrift === "fail" ? "failed" : "update");
            const now = await shown();
            expect(now.digest === old.digest).toBe(onDrift !== "repair");
            const entry = lockEntry(fleet.outputs.proven, "app", "1");
            expect(entry?.subset?.digest).toBe(now.digest);
            if (onDrift === "repair") {
                expect(entry).toMatchObject({ digest: next.root, olderSubsets: [old.digest] });
                expect((await fleet.up(fleetInputs(catalogOf()))).step).toBe("same");
            }
        },
    );

    it.each(["repair", "warn", "fail"] as const)(
        "carries anew when the catalogue lists other platforms (%s)",
        async (onDrift) => {
            const tree = await push();
            const fleet = newFleet();
            for (const platforms of ["all", ["linux/amd64"], ["linux/amd64", "linux/s390x"]] as const) {
                expect((await fleet.up(fleetInputs(catalogOf(platforms), { onDrift }))).reasons).toEqual([]);
                const { digest } = await shown();
                const entry = lockEntry(fleet.outputs.proven, "app", "1");
                expect(entry?.subset?.digest ?? entry?.digest).toBe(digest);
                expect(Object.keys(entry?.platforms ?? {})).toHaveLength(platforms === "all" ? 7 : platforms.length);
                expect(entry?.digest).toBe(tree.root);
                expect((await fleet.up(fleetInputs(catalogOf(platforms), { onDrift }))).step).toBe("same");
            }
        },
    );

    it.each(["oci", "docker"] as const)(
        "adopts what another run carried, proves it once and writes nothing (%s)",
        async (family) => {
            const tree = await push(imageIndex({ platforms: SEVEN_PLATFORMS, family }));
            await newFleet().up(fleetInputs(catalogOf()));
            heads();
            const fleet = newFleet();
            const run = await fleet.up(fleetInputs(catalogOf()));
            expect(run.lines).toEqual(family === "oci" ? ["adopted 1 copy that was already equal"] : expect.anything());
            expect(target.requests.count({ method: "PUT" })).toBe(0);
            expect(hub.requests.count({ method: "GET" })).toBe(1);
            expect(fleet.outputs.proven.app?.["1"]?.digest).toBe(tree.root);
            expect(fleet.outputs.proven.app?.["1"]?.subset?.digest).toBe((await shown()).digest);
            heads();
            expect((await fleet.up(fleetInputs(catalogOf()))).step).toBe("same");
            expect(heads()).toEqual([{ "HEAD manifest": 1 }, { "HEAD manifest": 1 }]);
        },
    );

    it("promotes it: the next environment makes the same part, though the upstream moved on", async () => {
        await push();
        const dev = newFleet();
        await dev.up(fleetInputs(catalogOf()));
        const proven = await shown();
        await push();
        const other = await embedded();
        const locked = { ...catalogOf(undefined, other), upstream: "locked" as const, promoteFrom: "dev" };
        const prod = newFleet();
        const inputs = fleetInputs(locked, { lock: dev.outputs.proven, promoted: true });
        expect((await prod.up(inputs)).step).toBe("create");
        expect(await shown(other)).toEqual(proven);
        expect((await prod.up(inputs)).step).toBe("same");
        expect(prod.outputs.proven.app?.["1"]?.subset?.digest).toBe(proven.digest);
    });

    it("opens a gate on what the fleet proved, and keeps it closed over what only says so itself", async () => {
        await push();
        const fleet = newFleet();
        const session = fleet.session();
        await fleet.up(fleetInputs(catalogOf()), session);
        expect((await newGate().up(gateInputs(catalogOf()), session)).step).toBe("create");
        const alone = await newGate().up(gateInputs(catalogOf(), { fleet: undefined }));
        expect(alone.step).toBe("failed");
        expect(alone.reasons.join()).toContain("it says so itself, which nothing has proven yet");
        const lock = fleet.outputs.proven;
        expect((await newGate().up(gateInputs(catalogOf(), { fleet: undefined, lock }))).step).toBe("create");
    });

    it("deletes on destroy what it carried", async () => {
        await push();
        const fleet = newFleet();
        await fleet.up(fleetInputs(catalogOf(), { deleteOnDestroy: true }));
        expect((await fleet.destroy()).step).toBe("deleted");
        await expect(shown()).rejects.toThrow("404");
    });

    it("tells a platform that the source does not have, and keeps the rest of the state", async () => {
        await push(imageIndex({ platforms: ["linux/amd64"] }));
        const run = await newFleet().up(fleetInputs(catalogOf()));
        expect(run).toMatchObject({ step: "failed" });
        expect(run.reasons[0]).toContain("it has no linux/arm64, it has linux/amd64");
    });

    it("remembers an index whose children are not all there", async () => {
        target = await embedded({ allowMissing: true });
        const tree = await push();
        await fetch(`http://${hub.host}/v2/acme/app/manifests/${tree.manifests[6]?.digest}`, { method: "DELETE" });
        const fleet = newFleet();
        const run = await fleet.up(fleetInputs(catalogOf("all")));
        expect(run.lines).toContain("carried app:1@ghcr without linux/s390x, which the source does not have");
        expect(fleet.outputs.proven.app?.["1"]).toMatchObject({ digest: tree.root, missing: ["linux/s390x"] });
        expect(fleet.outputs.observed).toMatchObject({ consistent: 1, subsets: 1 });
        expect((await fleet.up(fleetInputs(catalogOf("all")))).step).toBe("same");
        await fleet.refresh();
        expect(fleet.outputs.observed).toMatchObject({ consistent: 1, subsets: 1 });
    });
});
