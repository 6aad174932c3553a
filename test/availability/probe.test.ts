import { describe, expect, it } from "vitest";
import { type ProbeOptions, probeRegistries } from "../../core/availability";
import type { Catalog } from "../../core/catalog";
import { catalogFor, type Host } from "../mirror/world";
import { embedded } from "../support/embedded";
import { imageIndex, pushTree } from "../support/images";

const INDEX = imageIndex({ layers: 3, layerBytes: 30_000 });

/** From nobody's machine: no variables, no logins. */
function probe(catalog: Catalog, options: Partial<ProbeOptions> = {}) {
    const environment = { env: {}, home: "/nonexistent", ...options.environment };
    return probeRegistries(catalog, { region: "eu", samples: 3, bytes: 10_000, ...options, environment });
}

function vaultAt(registries: Readonly<Record<string, Host>>, more: Parameters<typeof catalogFor>[2] = {}): Catalog {
    const { hub, ...targets } = registries;
    return catalogFor(
        registries,
        { vault: { source: `${hub?.host}/acme/vault`, targets: Object.keys(targets), tags: ["1"] } },
        more,
    );
}

describe("A probe", () => {
    it("asks each registry for the same layer, and reads the manifest where that costs no pull", async () => {
        const [hub, ghcr] = [await embedded({ pullLimit: { limit: 10 } }), await embedded()];
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        await pushTree(ghcr.host, "mirror/acme/vault", INDEX, { tag: "1" });
        hub.requests.reset();
        ghcr.requests.reset();
        const results = await probe(vaultAt({ hub, ghcr }));
        expect(
            results.map(({ registry, available, asked, answered, bytes, pulls, image }) => [
                [registry, available, asked, answered],
                [bytes, pulls, image],
            ]),
        ).toEqual([
            [
                ["ghcr", true, 3, 3],
                [10_000, 0, "vault:1"],
            ],
            [
                ["hub", true, 3, 3],
                [10_000, 0, "vault:1"],
            ],
        ]);
        for (const { headMs = 0, firstByteMs = 0, downloadMs = 0 } of results) {
            expect([headMs > 0, firstByteMs > 0, downloadMs >= firstByteMs]).toEqual([true, true, true]);
        }
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 4, "GET blob": 3 });
        expect(ghcr.requests.snapshot()).toEqual({ "HEAD manifest": 4, "GET manifest": 2, "GET blob": 3 });
    });

    it("costs two pulls at a registry that counts them and is the only one, and none below keepRemaining", async () => {
        const hub = await embedded({ pullLimit: { limit: 10 } });
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        const [one] = await probe(catalogFor({ hub }, { vault: kept(hub) }));
        expect(one).toMatchObject({ available: true, bytes: 10_000, pulls: 2 });
        expect(hub.pullsSpent).toBe(2);
        const [other] = await probe(catalogFor({ hub }, { vault: kept(hub) }, { hub: { keepRemaining: 8 } }));
        expect(other).toMatchObject({ available: true, answered: 3, pulls: 0, code: "PULL_BUDGET" });
        expect(other?.bytes).toBeUndefined();
        expect(hub.pullsSpent).toBe(2);
    });

    it("reads no layer where none is wanted, and then no manifest either", async () => {
        const hub = await embedded();
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        hub.requests.reset();
        const [one] = await probe(catalogFor({ hub }, { vault: kept(hub) }), { bytes: 0, samples: 1 });
        expect(one).toMatchObject({ available: true, asked: 1, answered: 1 });
        expect(one).not.toHaveProperty("downloadMs");
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 2 });
    });

    it("tells why a registry is not available, and goes on with the others", async () => {
        const [hub, ghcr] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        await ghcr.close();
        const [down, up] = await probe(vaultAt({ hub, ghcr }));
        expect(down).toMatchObject({ registry: "ghcr", available: false, answered: 0, code: "CONNECTION_REFUSED" });
        expect(down?.reason).toContain("nothing accepts connections");
        expect(up).toMatchObject({ registry: "hub", available: true, bytes: 10_000 });
    });

    it("calls a registry available that answers that the tag is not there: only nothing is measured of it", async () => {
        const [hub, ghcr] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        const [empty] = await probe(vaultAt({ hub, ghcr }));
        expect(empty).toMatchObject({ registry: "ghcr", available: true, answered: 3, code: "MANIFEST_UNKNOWN" });
    });

    it("calls one unavailable whose layers cannot be read, though its manifests can", async () => {
        const hub = await embedded({
            intercept: (_request, response, route) => {
                if (route.kind !== "blob" || _request.method !== "GET") {
                    return false;
                }
                response.writeHead(503).end();
                return true;
            },
        });
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        const [one] = await probe(catalogFor({ hub }, { vault: kept(hub) }));
        expect(one).toMatchObject({ available: false, answered: 0, code: "SERVER_ERROR" });
    });

    it("says how many of the samples failed, and what the others took", async () => {
        let looks = 0;
        const hub = await embedded({
            intercept: (request, response, route) => {
                if (route.kind !== "manifest" || request.method !== "HEAD") {
                    return false;
                }
                looks += 1;
                if (looks !== 3) {
                    return false;
                }
                response.writeHead(500).end();
                return true;
            },
        });
        await pushTree(hub.host, "acme/vault", INDEX, { tag: "1" });
        looks = 0;
        const [one] = await probe(catalogFor({ hub }, { vault: kept(hub) }));
        expect(one).toMatchObject({ available: true, asked: 3, answered: 2, bytes: 10_000, code: "SERVER_ERROR" });
    });

    it("asks as a stranger where it should, over connections and tokens of each sample's own", async () => {
        const auth = { kind: "bearer", users: { me: "secret" } } as const;
        const hub = await embedded({ auth });
        const credentials = { from: "env", username: "NAME", password: "WORD" };
        const catalog = catalogFor({ hub }, { vault: kept(hub) }, { hub: { credentials } });
        const environment = { env: { NAME: "me", WORD: "secret" } };
        hub.requests.reset();
        const [known] = await probe(catalog, { environment, bytes: 0 });
        expect(known).toMatchObject({ available: true });
        expect(hub.requests.snapshot()).toMatchObject({ "GET token": 4 });
        const [stranger] = await probe(catalog, { environment, anonymous: true, bytes: 0 });
        expect(stranger).toMatchObject({ available: false, code: "UNAUTHORIZED" });
    });

    it("asks for the image that is named, and else for the one that lies at the most registries", async () => {
        const [hub, ghcr] = [await embedded(), await embedded()];
        const source = (name: string) => ({ source: `${hub.host}/acme/${name}`, tags: ["1"] });
        const catalog = catalogFor(
            { hub, ghcr },
            { app: { ...source("app"), policy: "keep" }, vault: { ...source("vault"), targets: ["ghcr"] } },
        );
        const imagesOf = async (image?: string) =>
            (await probe(catalog, { image, samples: 1 })).map((one) => one.image);
        for (const name of ["app", "vault"]) {
            await pushTree(hub.host, `acme/${name}`, INDEX, { tag: "1" });
        }
        expect(await imagesOf()).toEqual(["vault:1", "vault:1"]);
        expect(await imagesOf("app")).toEqual(["vault:1", "app:1"]);
    });
});

function kept(hub: Host) {
    return { policy: "keep", source: `${hub.host}/acme/vault`, tags: ["1"] };
}
