import { describe, expect, it } from "vitest";
import type { JudgedCopy } from "../../core/mirror";
import type { RequestEvent } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, imageOf, indexOf, noise, pushTree, sha256, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { tarOf } from "../support/tar";
import { catalogFor, rawManifest, statusOf, sync, verdictsOf } from "./world";

/** Images that share their base layer, and have one layer of their own. */
function family(count: number, layerBytes = 50_000): ImageTree[] {
    const base = tarOf([{ path: "base", bytes: noise("base", layerBytes) }]);
    return Array.from({ length: count }, (_, number) =>
        imageOf([base, tarOf([{ path: "own", bytes: noise(`own ${number}`, 500) }])]),
    );
}

const isBlobWrite = ({ method, kind }: RequestEvent) => kind === "upload" && (method === "PUT" || method === "PATCH");
const isMount = ({ method, target, repository }: RequestEvent) =>
    method === "POST" &&
    target.includes("mount=") &&
    new URLSearchParams(target.split("?")[1]).get("from") !== repository;

describe("what a carry costs", () => {
    it("reads each manifest and blob of an image once, and writes each once, into a repository where nothing is", async () => {
        const tree = imageIndex();
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        hub.requests.reset();
        await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
            ),
        );
        const [manifests, blobs] = [tree.manifests.length, tree.blobs.size];
        expect(hub.requests.snapshot()).toEqual({
            "GET blob": blobs,
            "GET manifest": manifests,
            // The look.
            "HEAD manifest": 1,
        });
        expect(target.requests.snapshot()).toEqual({
            // The look, and the tag after its push; what was written is not read back.
            "HEAD manifest": 1 + 1,
            // Each of them would have been a mount, had the blob been there.
            "POST upload": blobs,
            "PUT manifest": manifests,
            "PUT upload": blobs,
        });
    });

    it("reads nothing from the source that the target has, and no more than what is new of a moved tag", async () => {
        const [old, fresh] = family(2) as [ImageTree, ImageTree];
        const [hub, target] = [await embedded(), await embedded()];
        const catalog = catalogFor(
            { hub, ghcr: target },
            { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
        );
        await pushTree(hub.host, "acme/app", old, { tag: "1" });
        await sync(catalog);
        await pushTree(hub.host, "acme/app", fresh, { tag: "1" });
        hub.requests.reset();
        const history = [{ app: { "1": { digest: old.root } } }];
        const done = await sync(catalog, { circumstances: { history } });
        expect(done.failures).toEqual([]);
        // The base layer is there: only the new config and the new layer travel.
        expect(hub.requests.snapshot()).toEqual({ "GET blob": 2, "GET manifest": 1, "HEAD manifest": 1 });
    });

    it("needs 3L+5 requests for one platform and one target, and beside them two HEADs to look and one to verify", async () => {
        const tree = singleImage();
        const layers = tree.blobs.size - 1;
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        hub.requests.reset();
        await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
            ),
        );
        const total = Object.values(hub.requests.snapshot()).concat(Object.values(target.requests.snapshot()));
        expect(layers).toBeGreaterThan(0);
        expect(total.reduce((sum, count) => sum + count, 0)).toBe(3 * layers + 5 + 2 + 1);
    });

    it("moves no byte where only a tag is missing, and spends no pull on it where the source has a limit", async () => {
        const tree = imageIndex();
        for (const pullLimit of [undefined, { limit: 100, windowMs: 60_000 }]) {
            const [hub, target] = [await embedded(pullLimit && { pullLimit }), await embedded()];
            await pushTree(hub.host, "acme/app", tree, { tag: "1" });
            await pushTree(target.host, "mirror/acme/app", tree);
            hub.requests.reset();
            target.requests.reset();
            const done = await sync(
                catalogFor(
                    { hub, ghcr: target },
                    { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
                ),
            );
            expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr consistent"]);
            expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(0);
            expect(target.requests.count({ method: "PUT", kind: "upload" })).toBe(0);
            if (pullLimit !== undefined) {
                expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
                expect(target.requests.count({ method: "PUT" })).toBe(1);
            }
        }
    });

    it("reads nothing where another tag of the repository shows the digest already", async () => {
        const tree = imageIndex();
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(hub.host, "acme/app", tree, { tag: "1.2" });
        await pushTree(target.host, "mirror/acme/app", tree, { tag: "1.2" });
        hub.requests.reset();
        target.requests.reset();
        const done = await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/app`, tags: ["1", "1.2"], targets: ["ghcr"] } },
            ),
        );
        expect(done.failures).toEqual([]);
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 2 });
        expect(target.requests.snapshot()).toEqual({ "GET manifest": 1, "HEAD manifest": 2 + 1, "PUT manifest": 1 });
    });

    it("sends a blob that images share once, and mounts it into the others' repositories", async () => {
        const trees = family(6);
        const shared = [...(trees[0] as ImageTree).blobs.keys()].find((digest) => trees[1]?.blobs.has(digest));
        const sent: string[] = [];
        const mounted: string[] = [];
        const hub = await embedded();
        const target = await embedded({
            onRequest: (event) => {
                const digest = new URLSearchParams(event.target.split("?")[1]).get(isMount(event) ? "mount" : "digest");
                if (digest === shared && isMount(event)) {
                    mounted.push(event.repository);
                } else if (digest === shared && isBlobWrite(event)) {
                    sent.push(event.repository);
                }
            },
        });
        const images: Record<string, object> = {};
        for (const [number, tree] of trees.entries()) {
            await pushTree(hub.host, `acme/app-${number}`, tree, { tag: "1" });
            images[`app-${number}`] = {
                source: `${hub.host}/acme/app-${number}`,
                tags: ["1"],
                targets: ["ghcr"],
            };
        }
        hub.requests.reset();
        const done = await sync(catalogFor({ hub, ghcr: target }, images));
        expect(done.failures).toEqual([]);
        expect(sent).toHaveLength(1);
        expect(mounted).toHaveLength(5);
        // The shared layer once, and each image's own config and layer.
        expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(1 + 2 * trees.length);
        for (const number of trees.keys()) {
            await resolveWholly(target.host, `mirror/acme/app-${number}`, "1");
        }
    });

    it("moves no byte of a blob where source and target are one registry", async () => {
        const tree = imageIndex();
        const hub = await embedded();
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        hub.requests.reset();
        const catalog = catalogFor(
            { hub, ghcr: hub },
            { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
        );
        expect((await sync(catalog)).failures).toEqual([]);
        expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(0);
        expect(hub.requests.count({ kind: "upload" })).toBe(tree.blobs.size);
        expect(hub.requests.count({ method: "POST", kind: "upload" })).toBe(tree.blobs.size);
        await resolveWholly(hub.host, "mirror/acme/app", "1");
    });

    it.each([
        ["takes a second target's bytes from the first, not from the source, when the first has them already", {}],
        [
            "reads from copies that a repair leaves alone, and not from the source",
            { select: ({ verdict }: JudgedCopy) => verdict === "pending" },
        ],
    ])("%s", async (_title, options) => {
        const tree = imageIndex();
        const [hub, first, second] = [await embedded(), await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(first.host, "mirror/acme/app", tree, { tag: "1" });
        hub.requests.reset();
        const done = await sync(
            catalogFor(
                { hub, first, second },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["first", "second"] } },
            ),
            options,
        );
        expect(done.failures).toEqual([]);
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect((await rawManifest(second, "mirror/acme/app", "1")).digest).toBe(tree.root);
        await resolveWholly(second.host, "mirror/acme/app", "1");
    });
});

describe("the order of a carry", () => {
    const writes = (events: readonly RequestEvent[]) =>
        events.filter(({ method, kind }) => method === "PUT" && (kind === "manifest" || kind === "upload"));

    it("writes blobs before their manifest, children before their index, and the tag last", async () => {
        const inner = imageIndex({ attestations: true });
        const tree = indexOf([["linux/amd64", inner]]);
        const events: RequestEvent[] = [];
        const hub = await embedded();
        const target = await embedded({ onRequest: (event) => void events.push(event) });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
            ),
        );
        const order = writes(events).map(({ kind, reference, target: at }) =>
            kind === "manifest" ? reference : (new URLSearchParams(at.split("?")[1]).get("digest") ?? ""),
        );
        expect(order).toHaveLength(tree.blobs.size + tree.manifests.length);
        expect(order.at(-1)).toBe("1");
        for (const { digest, bytes } of tree.manifests) {
            const at = digest === tree.root ? order.length - 1 : order.indexOf(digest);
            const { manifests = [], layers = [], config } = JSON.parse(bytes.toString("utf8"));
            for (const needed of [...manifests, ...layers, ...(config ? [config] : [])]) {
                expect(order.indexOf(needed.digest)).toBeGreaterThanOrEqual(0);
                expect(order.indexOf(needed.digest)).toBeLessThan(at);
            }
        }
    });

    it("begins with the critical images of a wave, and with the lower wave", async () => {
        const events: RequestEvent[] = [];
        const hub = await embedded();
        const target = await embedded({ onRequest: (event) => void events.push(event) });
        const rest = { tags: ["1"], targets: ["ghcr"] };
        for (const name of ["a", "b", "c", "d"]) {
            await pushTree(hub.host, `acme/${name}`, singleImage(), { tag: "1" });
        }
        const images = {
            a: { source: `${hub.host}/acme/a`, wave: 1, ...rest },
            b: { source: `${hub.host}/acme/b`, ...rest },
            c: { source: `${hub.host}/acme/c`, critical: true, ...rest },
            d: { source: `${hub.host}/acme/d`, wave: 1, critical: true, ...rest },
        };
        await sync(catalogFor({ hub, ghcr: target }, images), { concurrency: 1 });
        const tags = writes(events).filter(({ reference }) => reference === "1");
        expect(tags.map(({ repository }) => repository.slice(-1))).toEqual(["c", "b", "d", "a"]);
    });
});

describe("tags", () => {
    it("keeps the digest that a tag leaves under a tag of its own, set before the tag moves", async () => {
        const events: RequestEvent[] = [];
        const hub = await embedded();
        const target = await embedded({ onRequest: (event) => void events.push(event) });
        const [old, fresh] = [imageIndex(), imageIndex()];
        await pushTree(target.host, "mirror/acme/app", old, { tag: "1" });
        await pushTree(hub.host, "acme/app", fresh, { tag: "1" });
        events.length = 0;
        await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
            ),
            { circumstances: { history: [{ app: { "1": { digest: fresh.root, history: [old.root] } } }] } },
        );
        const rollback = `1.prev-${old.root.slice("sha256:".length, "sha256:".length + 12)}`;
        const tagged = events.filter(({ method, kind, reference }) => {
            return method === "PUT" && kind === "manifest" && !reference.startsWith("sha256:");
        });
        expect(tagged.map(({ reference }) => reference)).toEqual([rollback, "1"]);
        expect((await rawManifest(target, "mirror/acme/app", rollback)).digest).toBe(old.root);
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(fresh.root);
    });

    it("carries a tag under several names, with the bytes sent once", async () => {
        const tree = imageIndex();
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1.2.3" });
        const names = ["1.2.3", { from: "1.2.3", to: "1.2" }, { from: "1.2.3", to: "stable" }];
        const done = await sync(
            catalogFor(
                { hub, ghcr: target },
                {
                    app: {
                        source: `${hub.host}/acme/app`,
                        tags: ["1.2.3"],
                        targets: [{ registry: "ghcr", tags: names }],
                    },
                },
            ),
        );
        expect(done.failures).toEqual([]);
        for (const name of ["1.2.3", "1.2", "stable"]) {
            expect((await rawManifest(target, "mirror/acme/app", name)).digest).toBe(tree.root);
        }
        expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(tree.blobs.size);
        expect(hub.requests.count({ method: "GET", kind: "manifest" })).toBe(tree.manifests.length);
        expect(target.requests.count({ method: "PUT", kind: "upload" })).toBe(tree.blobs.size);
    });

    it("leaves a tag alone that the catalogue does not name", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", imageIndex(), { tag: "1" });
        await pushTree(hub.host, "acme/app", imageIndex(), { tag: "2" });
        await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
            ),
        );
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(200);
        expect(await statusOf(target, "mirror/acme/app", "2")).toBe(404);
    });
});

describe("layers that are not to be distributed", () => {
    it("stay where their addresses say, and the manifest is the same bytes", async () => {
        const config = Buffer.from(JSON.stringify({ os: "windows", architecture: "amd64" }));
        const own = noise("own layer", 400);
        const foreign = `sha256:${"f".repeat(64)}`;
        const type = "application/vnd.docker.image.rootfs";
        const manifest = {
            schemaVersion: 2,
            mediaType: "application/vnd.docker.distribution.manifest.v2+json",
            config: {
                mediaType: "application/vnd.docker.container.image.v1+json",
                digest: sha256(config),
                size: config.length,
            },
            layers: [
                {
                    mediaType: `${type}.foreign.diff.tar.gzip`,
                    digest: foreign,
                    size: 99_000_000,
                    urls: ["https://windows.example.com/base"],
                },
                { mediaType: `${type}.diff.tar.gzip`, digest: sha256(own), size: own.length },
            ],
        };
        const bytes = Buffer.from(JSON.stringify(manifest, null, 4));
        const tree: ImageTree = {
            root: sha256(bytes),
            mediaType: manifest.mediaType,
            blobs: new Map([config, own].map((blob) => [sha256(blob), blob])),
            manifests: [{ digest: sha256(bytes), bytes, mediaType: manifest.mediaType }],
        };
        const asked: string[] = [];
        const hub = await embedded({ onRequest: ({ reference }) => void asked.push(reference) });
        const target = await embedded();
        await pushTree(hub.host, "acme/windows", tree, { tag: "1" });
        const done = await sync(
            catalogFor(
                { hub, ghcr: target },
                { app: { source: `${hub.host}/acme/windows`, tags: ["1"], targets: ["ghcr"] } },
            ),
        );
        expect(done.failures).toEqual([]);
        expect((await rawManifest(target, "mirror/acme/windows", "1")).bytes.equals(bytes)).toBe(true);
        expect(asked).not.toContain(foreign);
    });
});
