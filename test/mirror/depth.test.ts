import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, listCopies } from "../../core/catalog";
import { circumstancesOf, type Inspection, inspect, look, type Reconciliation, reconcile } from "../../core/mirror";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, poolFor, rawBlob, statusOf } from "./world";

let hub: EmbeddedRegistry;
let ghcr: EmbeddedRegistry;
let tree: ImageTree;
let hook: EmbeddedRegistryOptions["intercept"];

beforeEach(async () => {
    hook = undefined;
    hub = await embedded();
    ghcr = await embedded({ intercept: (...all) => hook?.(...all) });
    tree = imageIndex();
});

const catalogOf = (target: Host = ghcr, more: object = {}): Catalog =>
    catalogFor(
        { hub, ghcr: target },
        { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], ...more } },
    );

async function pushBoth(target: Host = ghcr): Promise<void> {
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    await pushTree(target.host, "mirror/acme/app", tree, { tag: "1" });
    hub.requests.reset();
    ghcr.requests.reset();
}

async function inspected(catalog: Catalog): Promise<Inspection> {
    const circumstances = circumstancesOf(catalog);
    const registries = poolFor(catalog);
    const judged = await look(catalog, listCopies(catalog), circumstances, registries);
    return inspect(catalog, judged, circumstances, registries, { depth: "blobs" });
}

async function repaired(catalog: Catalog): Promise<Reconciliation> {
    const { judged } = await inspected(catalog);
    return reconcile(catalog, judged, circumstancesOf(catalog), poolFor(catalog));
}

const told = ({ judged }: Pick<Inspection, "judged">) =>
    judged.map(({ registry, verdict, action, reason }) => `${registry} ${verdict}/${action}: ${reason}`);
const [WELL, EQUAL] = ["hub consistent/none: it is the authority", "ghcr consistent/none: it is the same digest"];
const blobs = () => [...tree.blobs.keys()];
const drop = (registry: Host, repository: string, kind: "blobs" | "manifests", digest: string | undefined) =>
    fetch(`http://${registry.host}/v2/${repository}/${kind}/${digest}`, { method: "DELETE" });

describe("the blobs of equal copies", () => {
    it("are all asked for, by a HEAD each, and each manifest is read once where no pull is counted", async () => {
        hub = await embedded({ pullLimit: { limit: 20 } });
        await pushBoth();
        expect(await inspected(catalogOf())).toMatchObject({ findings: [] });
        // The tag and two children; two configs and four layers.
        expect(hub.requests.snapshot()).toEqual({ "HEAD blob": 6, "HEAD manifest": 1 + 2 });
        expect(ghcr.requests.snapshot()).toEqual({ "GET manifest": 3, "HEAD blob": 6, "HEAD manifest": 1 + 2 });
    });

    it("are asked for once for the tags of a repository that share them", async () => {
        await pushBoth();
        await pushTree(ghcr.host, "mirror/acme/app", tree, { tag: "2" });
        await pushTree(hub.host, "acme/app", tree, { tag: "2" });
        ghcr.requests.reset();
        const { judged } = await inspected(catalogOf(ghcr, { tags: ["1", "2"] }));
        expect(judged.every(({ verdict }) => verdict === "consistent")).toBe(true);
        expect(ghcr.requests.count({ method: "HEAD", kind: "blob" })).toBe(6);
    });

    it("make a copy missing where some are gone, and are really pushed again though the tag is equal", async () => {
        await pushBoth();
        const [first = "", , third = ""] = blobs();
        await drop(ghcr, "mirror/acme/app", "blobs", first);
        await drop(ghcr, "mirror/acme/app", "blobs", third);
        const seen = await inspected(catalogOf());
        expect(told(seen)[0]).toBe(WELL);
        expect(told(seen)[1]).toMatch(/^ghcr missing\/carry: the tag is there, but 2 of its 6 blobs are not: sha256:/);
        expect(seen.judged[1]?.lacking?.gone.toSorted()).toEqual([first, third].toSorted());
        const done = await repaired(catalogOf());
        expect(done.failures).toEqual([]);
        expect(told(done)).toEqual([WELL, EQUAL]);
        for (const digest of blobs()) {
            expect((await rawBlob(ghcr, "mirror/acme/app", digest))?.equals(tree.blobs.get(digest) as Buffer)).toBe(
                true,
            );
        }
        expect(told(await inspected(catalogOf()))).toEqual([WELL, EQUAL]);
    });

    it("are asked for below a child that is gone, too; both come back", async () => {
        await pushBoth();
        const child = tree.manifests[0]?.digest ?? "";
        await drop(ghcr, "mirror/acme/app", "manifests", child);
        const seen = await inspected(catalogOf());
        expect(told(seen)[1]).toBe(`ghcr missing/carry: the tag is there, but 1 of its 2 manifests is not: ${child}`);
        const done = await repaired(catalogOf());
        expect(told(done)).toEqual([WELL, EQUAL]);
        expect(await statusOf(ghcr, "mirror/acme/app", child)).toBe(200);
    });

    it("of a source that lacks them are told, and nothing is written there", async () => {
        await pushBoth();
        await drop(hub, "acme/app", "blobs", blobs()[0]);
        const done = await repaired(catalogOf());
        expect(told(done)[0]).toMatch(/^hub missing\/impossible: the tag is there, but 1 of its 6 blobs is not/);
        expect(told(done)[1]).toBe(EQUAL);
        expect(done.failures.map(({ code }) => code)).toEqual(["SOURCE_INCOMPLETE"]);
    });

    it("of a copy that lacks them are read from another, and never from the broken one", async () => {
        const ecr = await embedded();
        const catalog = catalogFor(
            { hub, ghcr, ecr },
            { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr", "ecr"] } },
        );
        await pushBoth();
        await drop(ghcr, "mirror/acme/app", "blobs", blobs()[0]);
        const done = await repaired(catalog);
        expect(done.failures).toEqual([]);
        expect(done.judged.map(({ verdict }) => verdict)).toEqual(["consistent", "consistent", "consistent"]);
        // The one that proves the loss.
        expect(ghcr.requests.count({ method: "GET", kind: "blob" })).toBe(1);
    });

    it.each([
        ["a limit", 429],
        ["an outage", 503],
        ["a refusal", 403],
    ])("are unknown after %s, and never drift", async (_title, status) => {
        await pushBoth();
        hook = (_request, response, route) => {
            if (route.kind === "blob") {
                response.writeHead(status).end();
            }
            return route.kind === "blob";
        };
        const seen = await inspected(catalogOf());
        expect(told(seen)).toEqual([WELL, EQUAL]);
        expect(seen.findings).toMatchObject([{ code: "BLOBS_UNKNOWN", severity: "unknown", registry: "ghcr" }]);
    });

    it("are not gone by the 404 of a page that something else shows", async () => {
        await pushBoth();
        hook = (_request, response, route) => {
            if (route.kind === "blob") {
                response.writeHead(404, { "content-type": "text/html" }).end("<h1>no</h1>");
            }
            return route.kind === "blob";
        };
        const seen = await inspected(catalogOf());
        expect(told(seen)).toEqual([WELL, EQUAL]);
        expect(seen.findings.map(({ code }) => code)).toEqual(["BLOBS_UNKNOWN"]);
    });

    it("leave out what a sparse index is known to lack", async () => {
        const both = await embedded({ allowMissing: true });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await drop(hub, "acme/app", "manifests", tree.manifests[1]?.digest);
        const first = await reconcileAll(catalogOf(both));
        expect(first.judged[1]).toMatchObject({ verdict: "subset", missing: ["linux/arm64"] });
        const history = [{ app: { "1": { digest: tree.root, missing: ["linux/arm64"] } } }];
        const catalog = catalogOf(both);
        const circumstances = circumstancesOf(catalog, { history });
        const pool = poolFor(catalog);
        const judged = await look(catalog, listCopies(catalog), circumstances, pool);
        const seen = await inspect(catalog, judged, circumstances, pool, { depth: "blobs" });
        expect(seen.judged.map(({ verdict }) => verdict)).toEqual(["consistent", "subset"]);
    });

    it("of a subset are those of its platforms", async () => {
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const catalog = catalogOf(ghcr, { platforms: ["linux/amd64"] });
        const done = await reconcileAll(catalog);
        const { subset } = done.judged[1] ?? {};
        const history = [{ app: { "1": { digest: tree.root, ...(subset && { subset }) } } }];
        const circumstances = circumstancesOf(catalog, { history });
        const pool = poolFor(catalog);
        const lookDeep = async (): Promise<Inspection> => {
            const judged = await look(catalog, listCopies(catalog), circumstances, pool);
            return inspect(catalog, judged, circumstances, pool, { depth: "blobs" });
        };
        expect((await lookDeep()).judged[1]?.verdict).toBe("subset");
        await drop(ghcr, "mirror/acme/app", "blobs", blobs()[0]);
        const broken = await lookDeep();
        expect(broken.judged[1]).toMatchObject({ verdict: "missing", action: "carry" });
        const mended = await reconcile(catalog, broken.judged, circumstances, poolFor(catalog));
        expect(mended.judged[1]?.verdict).toBe("subset");
        expect(await rawBlob(ghcr, "mirror/acme/app", blobs()[0] ?? "")).toBeDefined();
    });
});

async function reconcileAll(catalog: Catalog): Promise<Reconciliation> {
    const circumstances = circumstancesOf(catalog);
    const judged = await look(catalog, listCopies(catalog), circumstances, poolFor(catalog));
    return reconcile(catalog, judged, circumstances, poolFor(catalog));
}

describeWith(["docker-registry"], "a real registry that lost files", (programs) => {
    it("is told of them, and gets them again: a layer, and a child with its config", async () => {
        const target = await startDockerRegistry(programs["docker-registry"]);
        try {
            tree = imageIndex();
            await pushBoth(target);
            const store = join(target.store, "docker", "registry", "v2", "blobs", "sha256");
            const lost = [blobs()[1], tree.manifests[1]?.digest, blobs().at(-1)].map((one = "") => one.slice(7));
            for (const hex of lost) {
                await rm(join(store, hex.slice(0, 2), hex, "data"));
            }
            const seen = await inspected(catalogOf(target));
            expect(told(seen)[1]).toMatch(
                /^ghcr missing\/carry: the tag is there, but 1 of its 2 manifests and 2 of its 6 blobs are not: /,
            );
            const done = await repaired(catalogOf(target));
            expect(done.failures).toEqual([]);
            for (const hex of lost) {
                expect(await readdir(join(store, hex.slice(0, 2), hex))).toEqual(["data"]);
            }
            expect(told(await inspected(catalogOf(target)))).toEqual([WELL, EQUAL]);
        } finally {
            await target.close();
        }
    });

    it("may say by its cache that it has what is gone: only a new start of it tells", async () => {
        const target = await startDockerRegistry(programs["docker-registry"], { cache: true });
        try {
            tree = singleImage();
            await pushBoth(target);
            const hex = (blobs()[1] ?? "").slice(7);
            await rm(join(target.store, "docker", "registry", "v2", "blobs", "sha256", hex.slice(0, 2), hex, "data"));
            expect(told(await inspected(catalogOf(target)))).toEqual([WELL, EQUAL]);
        } finally {
            await target.close();
        }
    });
});
