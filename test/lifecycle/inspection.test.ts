import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, type CatalogDefinition, compactCatalog, defineCatalog } from "../../core/catalog";
import type { FleetInputs } from "../../core/lifecycle/types";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { artifact, type ImageTree, pushTree, singleImage } from "../support/images";
import { type Fleet, fleetInputs, gateInputs, newFleet, newGate } from "./stack";

let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;
let tree: ImageTree;
let isPrivate: boolean;
let isBusy: boolean;

beforeEach(async () => {
    isPrivate = false;
    isBusy = false;
    hub = await embedded();
    target = await embedded({
        intercept: (request, response, { kind }) => {
            const isRefused =
                isPrivate && kind === "manifest" && request.method === "HEAD" && !request.headers.authorization;
            if (isRefused) {
                response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
            } else if (isBusy && kind === "blob") {
                response.writeHead(403).end();
                return true;
            }
            return isRefused;
        },
    });
    process.env.TRANSSHIP_TEST_PASSWORD = "a-password";
    tree = singleImage();
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
});

function catalogOf(image: object = {}, ghcr: object = {}): Catalog {
    const credentials = { from: "env", password: "TRANSSHIP_TEST_PASSWORD" };
    return defineCatalog({
        version: 1,
        registries: {
            hub: { host: hub.host, kind: "distribution", insecure: true },
            ghcr: { host: `${target.host}/mirror`, kind: "ghcr", insecure: true, credentials, ...ghcr },
        },
        images: { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], ...image } },
    } as unknown as CatalogDefinition) as Catalog;
}

const gateOf = (catalog: Catalog) => gateInputs(catalog, { catalog: compactCatalog(catalog, ["app"]) });

async function carried(inputs: FleetInputs): Promise<Fleet> {
    const fleet = newFleet();
    expect(await fleet.up(inputs)).toMatchObject({ step: "create", reasons: [] });
    expect((await fleet.up(inputs)).step).toBe("same");
    return fleet;
}

const blob = () => [...tree.blobs.keys()][1] ?? "";
const lose = () => fetch(`http://${target.host}/v2/mirror/acme/app/blobs/${blob()}`, { method: "DELETE" });
const hasBlob = async () =>
    (await fetch(`http://${target.host}/v2/mirror/acme/app/blobs/${blob()}`, { method: "HEAD" })).status === 200;

describe("a fleet that looks deeper", () => {
    it("sees lost blobs with depth blobs alone, shows them in a preview, and pushes them again", async () => {
        const inputs = fleetInputs(catalogOf(), { depth: "blobs" });
        const fleet = await carried(inputs);
        await lose();
        const words = `drift: app:1@ghcr: have ${tree.root}, incomplete, want ${tree.root} (the tag is there, but 1 of its 3 blobs is not: ${blob()})`;
        expect(await fleet.preview(inputs)).toMatchObject({ step: "update", lines: [words] });
        expect(await fleet.up(inputs)).toMatchObject({ step: "update", reasons: [] });
        expect(await hasBlob()).toBe(true);
        expect((await fleet.up(inputs)).step).toBe("same");
        const shallow = fleetInputs(catalogOf());
        const other = await carried(shallow);
        await lose();
        expect((await other.up(shallow)).step).toBe("same");
    });

    it("refuses lost blobs under onDrift fail, and closes the gate over them under warn", async () => {
        const inputs = fleetInputs(catalogOf(), { depth: "blobs", onDrift: "fail" });
        const fleet = await carried(inputs);
        await lose();
        expect((await fleet.up(inputs)).reasons).toEqual([
            `app:1@ghcr: have ${tree.root}, incomplete, want ${tree.root}; onDrift is "fail"`,
        ]);
        const session = fleet.session();
        await fleet.up({ ...inputs, onDrift: "warn" }, session);
        const gate = await newGate().up(gateOf(catalogOf()), session);
        expect(gate.step).toBe("failed");
        expect(gate.reasons[0]).toContain("1 of its 3 blobs is not");
        expect(await hasBlob()).toBe(false);
    });

    it("brings signatures that came later, and the gate does not close over what the fleet is about to mend", async () => {
        const inputs = fleetInputs(catalogOf(), { signatures: true });
        const fleet = await carried(inputs);
        const signature = artifact({ subject: tree });
        await pushTree(hub.host, "acme/app", signature);
        const session = fleet.session();
        const preview = await fleet.preview(inputs, session);
        expect(preview.step).toBe("update");
        expect(preview.lines.join("\n")).toContain(`drift: app:1@ghcr lacks one referrer`);
        const gate = newGate();
        await gate.preview(gateOf(catalogOf()), session);
        expect(preview.lines.filter((line) => line.startsWith("gate closed"))).toEqual([]);
        const run = await fleet.up(inputs);
        expect(run).toMatchObject({ step: "update", reasons: [] });
        expect(run.lines).toContain("carried 1 referrer that copies lacked");
        expect(fleet.outputs.observed?.findings).toBeUndefined();
        const there = await fetch(`http://${target.host}/v2/mirror/acme/app/manifests/${signature.root}`);
        expect(there.status).toBe(200);
        expect((await fleet.up(inputs)).step).toBe("same");
    });

    it("only tells of signatures under warn, and closes the gate", async () => {
        const inputs = fleetInputs(catalogOf(), { signatures: true, onDrift: "warn" });
        const fleet = await carried(inputs);
        await pushTree(hub.host, "acme/app", artifact({ subject: tree }));
        const session = fleet.session();
        expect((await fleet.up(inputs, session)).reasons).toEqual([]);
        expect(fleet.outputs.observed?.findings).toEqual(["app:1@ghcr: REFERRERS_MISSING"]);
        const gate = await newGate().up(gateOf(catalogOf()), session);
        expect(gate.reasons[0]).toContain("lacks one referrer");
    });

    it("finds a package that is private, shows it at each preview, and closes the gate; not the update", async () => {
        isPrivate = true;
        const inputs = fleetInputs(catalogOf({}, { public: true }));
        const fleet = newFleet();
        const session = fleet.session();
        const run = await fleet.up(inputs, session);
        expect(run).toMatchObject({ step: "create", reasons: [] });
        expect(run.lines.join("\n")).toMatch(
            /drift: app:1@ghcr cannot be pulled without a login; no API can change that: .*\/orgs\/mirror\//,
        );
        expect(fleet.outputs.observed?.findings).toEqual(["app:1@ghcr: NOT_PUBLIC"]);
        const gate = newGate();
        expect((await gate.up(gateOf(catalogOf({}, { public: true })), session)).reasons[0]).toContain(
            "without a login",
        );
        // A gate of its own asks by itself, since the catalogue says so.
        expect((await newGate().up(gateOf(catalogOf({}, { public: true })))).reasons[0]).toContain("without a login");
        expect((await fleet.preview(inputs)).step).toBe("update");
        isPrivate = false;
        await fleet.up(inputs);
        expect(fleet.outputs.observed?.findings).toBeUndefined();
        expect((await fleet.up(inputs)).step).toBe("same");
        expect((await fleet.up(fleetInputs(catalogOf(), { anonymous: true }))).reasons).toEqual([]);
    });

    it("counts what it is about to carry as a copy of a critical image, and what it leaves as none", async () => {
        const inputs = fleetInputs(catalogOf({ critical: true }), { onDrift: "fail" });
        const fleet = await carried(inputs);
        await pushTree(target.host, "mirror/acme/app", singleImage({ seed: "stranger" }), { tag: "1" });
        const refused = await fleet.preview(inputs);
        expect(refused.reasons.join("\n")).toContain("app:1 is critical and has one consistent copy");
        const warned = await fleet.up({ ...inputs, onDrift: "warn" });
        expect(warned.lines.join("\n")).toContain("drift: app:1 is critical and has one consistent copy");
        expect(fleet.outputs.observed?.findings).toEqual(["app:1: TOO_FEW_COPIES"]);
    });

    it("counts a critical image's copy whose drift is waived as no reason to refuse", async () => {
        const until = new Date(Date.now() + 3_600_000).toISOString();
        const catalog = { ...catalogOf({ critical: true }), waive: [{ image: "app", until, reason: "being moved" }] };
        const inputs = fleetInputs(catalog as Catalog, { onDrift: "fail" });
        const fleet = await carried(inputs);
        await pushTree(target.host, "mirror/acme/app", singleImage({ seed: "stranger" }), { tag: "1" });
        expect((await fleet.preview(inputs)).reasons).toEqual([]);
    });

    it("leaves what could not be asked unknown: no change, unless onUnknown says so", async () => {
        const inputs = fleetInputs(catalogOf(), { depth: "blobs" });
        const fleet = await carried(inputs);
        isBusy = true;
        const run = await fleet.up(inputs);
        expect(run.step).toBe("same");
        expect(run.lines).toEqual([
            expect.stringMatching(/^unknown: app:1@ghcr: it could not be asked whether all of it/),
        ]);
        const refused = await fleet.up({ ...inputs, onUnknown: "fail" });
        expect(refused.reasons).toEqual([expect.stringMatching(/^app:1@ghcr: it could not .*; onUnknown is "fail"$/)]);
        const session = fleet.session();
        await fleet.up(inputs, session);
        expect((await newGate().up(gateOf(catalogOf()), session)).reasons[0]).toContain("it could not be asked");
    });
});
