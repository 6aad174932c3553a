import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, type Lock, listCopies, withMissing, withSubset } from "../../core/catalog";
import {
    type CarriedTag,
    circumstancesOf,
    describeSubset,
    look as lookAt,
    type Reconciliation,
} from "../../core/mirror";
import { SUBSET_OF } from "../../core/oci";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import {
    artifact,
    type Family,
    type ImageTree,
    imageIndex,
    pushTree,
    SEVEN_PLATFORMS,
    singleImage,
} from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, poolFor, rawManifest, type SyncOptions, statusOf, sync, verdictsOf } from "./world";

const PLATFORMS = ["linux/amd64", "linux/arm64"];
let hub: EmbeddedRegistry;
let target: EmbeddedRegistry;

/** The source answers GETs of manifests with 503. */
let broken: boolean;

beforeEach(async () => {
    broken = false;
    const intercept: EmbeddedRegistryOptions["intercept"] = (request, response, { kind }) => {
        if (broken && request.method === "GET" && kind === "manifest") {
            response.writeHead(503).end();
        }
        return broken && request.method === "GET" && kind === "manifest";
    };
    [hub, target] = [await embedded({ intercept }), await embedded()];
});

const catalogOf = (
    platforms: "all" | readonly string[] = PLATFORMS,
    more: Record<string, EmbeddedRegistry> = {},
): Catalog =>
    catalogFor(
        { hub, ghcr: target, ...more },
        {
            app: {
                source: `${hub.host}/acme/app`,
                tags: ["1"],
                targets: ["ghcr", ...Object.keys(more)],
                platforms,
            },
        },
    );
const push = async (tree: ImageTree, tag = "1"): Promise<ImageTree> => {
    await pushTree(hub.host, "acme/app", tree, { tag });
    hub.requests.reset();
    return tree;
};
const shown = () => rawManifest(target, "mirror/acme/app", "1");
const childrenOf = ({ bytes }: { bytes: Buffer }): { digest: string; platform?: { architecture: string } }[] =>
    JSON.parse(bytes.toString()).manifests;

const look = async (catalog: Catalog, locks: readonly Lock[] = []): Promise<string[]> => {
    hub.requests.reset();
    target.requests.reset();
    const circumstances = circumstancesOf(catalog, { history: locks });
    const judged = await lookAt(catalog, listCopies(catalog), circumstances, poolFor(catalog));
    return judged.map(({ registry, verdict, action }) => `${registry} ${verdict}/${action}`);
};
const lockOf = ({ judged }: Pick<Reconciliation, "judged">): Lock => {
    const { wanted = "", subset, missing } = judged.at(-1) ?? {};
    return { app: { "1": withMissing(withSubset({ digest: wanted }, subset), missing) } };
};
const withLocks = (...history: Lock[]): SyncOptions => ({ circumstances: { history } });

describe("an image of which some platforms are wanted", () => {
    it.each<Family>(["oci", "docker"])(
        "is carried as an index of these, and no others are read (%s)",
        async (family) => {
            const tree = await push(imageIndex({ family, platforms: SEVEN_PLATFORMS, attestations: family === "oci" }));
            const done = await sync(catalogOf());
            expect(done.failures).toEqual([]);
            expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr subset"]);
            const copy = await shown();
            expect(copy.mediaType).toBe(tree.mediaType);
            expect(childrenOf(copy)).toHaveLength(family === "oci" ? 4 : 2);
            await resolveWholly(target.host, "mirror/acme/app", "1");
            expect(hub.requests.count({ method: "GET", kind: "manifest" })).toBe(1 + childrenOf(copy).length);
            const subset = { digest: copy.digest, platforms: PLATFORMS };
            expect(done.judged[1]).toMatchObject({ wanted: tree.root, subset, platforms: PLATFORMS });
            expect(describeSubset(done.results[0] as CarriedTag)).toBe(
                `as a subset: linux/amd64, linux/arm64 of 7 platforms; its digest ${copy.digest} differs from the source's ${tree.root}`,
            );
        },
    );

    it.each<Family>(["oci", "docker"])("is known by its lock, for one HEAD a copy (%s)", async (family) => {
        await push(imageIndex({ family, platforms: SEVEN_PLATFORMS }));
        const lock = lockOf(await sync(catalogOf()));
        expect(await look(catalogOf(), [lock])).toEqual(["hub consistent/none", "ghcr subset/none"]);
        expect([hub, target].map(({ requests }) => requests.snapshot())).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
    });

    it("says itself what it was made of where no lock does, for one GET at the target and none at the source", async () => {
        await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        await sync(catalogOf());
        expect(await look(catalogOf())).toEqual(["hub consistent/none", "ghcr subset/none"]);
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(target.requests.snapshot()).toEqual({ "HEAD manifest": 1, "GET manifest": 1 });
    });

    it.each<Family>(["oci", "docker"])(
        "is proven from the source where no lock knows it, and nothing is written (%s)",
        async (family) => {
            await push(imageIndex({ family, platforms: SEVEN_PLATFORMS }));
            const first = await sync(catalogOf());
            const expected = family === "oci" ? "ghcr subset/none" : "ghcr unknown/none";
            expect(await look(catalogOf())).toEqual(["hub consistent/none", expected]);
            target.requests.reset();
            const again = await sync(catalogOf());
            expect(again.results).toEqual([]);
            expect(lockOf(again)).toEqual(lockOf(first));
            expect(again.judged[1]?.claimed).toBeUndefined();
            expect(hub.requests.count({ method: "GET", kind: "manifest" })).toBe(1);
            expect(target.requests.count({ method: "PUT" })).toBe(0);
        },
    );

    it("is not believed when it only says so: what the source gives is another digest", async () => {
        const tree = await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        const forged = imageIndex({ annotations: { [SUBSET_OF]: tree.root } });
        await pushTree(target.host, "mirror/acme/app", forged, { tag: "1" });
        const done = await sync(catalogOf());
        expect(done.failures.map(({ code }) => code)).toEqual(["FOREIGN_DIGEST"]);
        expect((await shown()).digest).toBe(forged.root);
        expect(verdictsOf(done)[1]).toBe("app:1@ghcr different");
    });

    it("is neither well nor wrong while nobody can prove it", async () => {
        await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        await sync(catalogOf());
        hub.requests.reset();
        broken = true;
        const done = await sync(catalogOf());
        expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr unknown"]);
        expect(done.judged[1]?.reason).toContain("could not be proven what it was made of");
        expect(done.results).toEqual([]);
    });

    it("is carried anew when the upstream moves, and the old one is kept under a tag", async () => {
        await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        const lock = lockOf(await sync(catalogOf()));
        const old = await shown();
        const next = await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        expect(await look(catalogOf(), [lock])).toEqual(["hub consistent/none", "ghcr stale/carry"]);
        // Without a lock the copy says that it was made of something which is not wanted.
        expect(await look(catalogOf())).toEqual(["hub consistent/none", "ghcr different/refuse"]);
        const done = await sync(catalogOf(), withLocks(lock));
        expect(verdictsOf(done)[1]).toBe("app:1@ghcr subset");
        expect(lockOf(done).app?.["1"]?.digest).toBe(next.root);
        const kept = `1.prev-${old.digest.slice(7, 19)}`;
        expect((await rawManifest(target, "mirror/acme/app", kept)).digest).toBe(old.digest);
    });

    it("is carried again when other platforms are wanted, or all: work, and no drift", async () => {
        const tree = await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        let lock = lockOf(await sync(catalogOf(["linux/amd64"])));
        for (const platforms of [PLATFORMS, "all", ["linux/s390x"]] as const) {
            const before = await look(catalogOf(platforms), [lock]);
            expect(before).toEqual(["hub consistent/none", "ghcr pending/carry"]);
            const done = await sync(catalogOf(platforms), withLocks(lock));
            expect(done.failures).toEqual([]);
            expect(verdictsOf(done)[1]).toBe(`app:1@ghcr ${platforms === "all" ? "consistent" : "subset"}`);
            const children = childrenOf(await shown());
            expect(children).toHaveLength(platforms === "all" ? 7 : platforms.length);
            lock = lockOf(done);
            expect(lock.app?.["1"]?.digest).toBe(tree.root);
        }
    });

    it("is found out without a lock, too, when a copy has more platforms than are wanted", async () => {
        await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        await sync(catalogOf("all"));
        expect(await look(catalogOf())).toEqual(["hub consistent/none", "ghcr pending/carry"]);
        expect(verdictsOf(await sync(catalogOf()))[1]).toBe("app:1@ghcr subset");
    });

    it("comes from another copy of ours, without a pull at the source", async () => {
        const more = { ecr: await embedded() };
        await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        const lock = lockOf(await sync(catalogOf()));
        hub.requests.reset();
        const done = await sync(catalogOf(PLATFORMS, more), withLocks(lock));
        expect(verdictsOf(done).slice(1)).toEqual(["app:1@ghcr subset", "app:1@ecr subset"]);
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(await rawManifest(more.ecr, "mirror/acme/app", "1")).toEqual(await shown());
    });

    it("is read once for all targets, and made once", async () => {
        const more = { ecr: await embedded(), quay: await embedded() };
        const tree = await push(imageIndex({ platforms: SEVEN_PLATFORMS }));
        const done = await sync(catalogOf(PLATFORMS, more));
        expect(verdictsOf(done).slice(1)).toEqual(["app:1@ghcr subset", "app:1@ecr subset", "app:1@quay subset"]);
        expect(new Set(done.judged.map(({ state }) => state.status === "present" && state.digest)).size).toBe(2);
        const kept = new Set(tree.manifests.slice(0, 2).flatMap(({ bytes }) => bytes.toString().match(/sha256:\w+/g)));
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 1, "GET manifest": 3, "GET blob": kept.size });
    });

    it("is one clear error for a platform that there is not, and nothing is set", async () => {
        await push(imageIndex({ platforms: ["linux/amd64", "linux/386"] }));
        const done = await sync(catalogOf());
        expect(done.failures.map(({ code, message }) => `${code}: ${message}`)).toEqual([
            "PLATFORM_MISSING: could not carry app:1@ghcr: it has no linux/arm64, it has linux/amd64, linux/386; " +
                'correct "platforms" in the catalogue',
        ]);
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
    });
});

describe("an image of which nothing is left out", () => {
    const whole: Record<string, () => ImageTree> = {
        "an index with exactly these platforms": () => imageIndex({ platforms: PLATFORMS, attestations: true }),
        "a Docker list with exactly these": () => imageIndex({ platforms: PLATFORMS, family: "docker" }),
    };

    it.each(Object.keys(whole))("keeps its bytes and is consistent: %s", async (kind) => {
        const tree = await push((whole[kind] as () => ImageTree)());
        const done = await sync(catalogOf());
        expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr consistent"]);
        expect((await shown()).digest).toBe(tree.root);
        expect(await look(catalogOf(), [lockOf(done)])).toEqual(["hub consistent/none", "ghcr consistent/none"]);
        expect(target.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(await look(catalogOf())).toEqual(["hub consistent/none", "ghcr consistent/none"]);
    });

    it.each<Family>(["oci", "docker"])("may be one manifest for the platform that is wanted (%s)", async (family) => {
        const tree = await push(singleImage({ family, platform: "linux/arm64/v8" }));
        const done = await sync(catalogOf(["linux/arm64"]));
        expect(verdictsOf(done)[1]).toBe("app:1@ghcr consistent");
        expect((await shown()).digest).toBe(tree.root);
        const other = await sync(catalogOf(["linux/amd64"]), withLocks(lockOf(done)));
        expect(other.failures[0]?.message).toContain("it has no linux/amd64, it has linux/arm64/v8");
    });

    it("may be an artifact, which is for no platform", async () => {
        const tree = await push(artifact());
        expect(verdictsOf(await sync(catalogOf()))[1]).toBe("app:1@ghcr consistent");
        expect((await shown()).digest).toBe(tree.root);
    });
});
