import { describe, expect, it } from "vitest";
import { fallbackTag } from "../../../core/registry";
import type { EmbeddedRegistryOptions } from "../../../core/registry/embedded";
import { embedded } from "../../support/embedded";
import { artifact, FAMILIES, type ImageTree, imageIndex, pushTree, sha256, singleImage } from "../../support/images";
import { catalogFor, type Host, rawManifest, statusOf, sync } from "../world";
import { readReferrers } from "./snapshot";

const NO_API = { quirks: { noReferrersApi: true } };
const COPY = "mirror/acme/app";

type Event = Parameters<NonNullable<EmbeddedRegistryOptions["onRequest"]>>[0];

/** A source with `acme/app:1`, and what a test pushes beside it. */
async function hubWith(tree: ImageTree, ...referrers: readonly ImageTree[]) {
    const hub = await embedded();
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    for (const referrer of referrers) {
        await pushTree(hub.host, "acme/app", referrer);
    }
    hub.requests.reset();
    return hub;
}

const app = (hub: Host, more: object = {}) => ({
    app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], referrers: true, ...more },
});

/** A list of referrers as a pusher would write it. */
function listOf(...trees: readonly ImageTree[]): ImageTree {
    const manifests = trees.map((tree) => {
        const { mediaType, digest, bytes } = tree.manifests.at(-1) as ImageTree["manifests"][number];
        return { mediaType, digest, size: bytes.length };
    });
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: FAMILIES.oci.index, manifests }));
    const digest = sha256(bytes);
    return {
        root: digest,
        mediaType: FAMILIES.oci.index,
        blobs: new Map(),
        manifests: [{ digest, bytes, mediaType: FAMILIES.oci.index }],
    };
}

const shownBy = async ({ host }: Host, subject: string, repository = COPY): Promise<string[]> =>
    (await readReferrers(`http://${host}/v2/${repository}`, subject)).map(({ digest }) => digest).sort();

describe("what it costs to ask for referrers", () => {
    it("is nothing for an image that wants none", async () => {
        const tree = imageIndex();
        const hub = await hubWith(tree, artifact({ subject: tree }));
        const target = await embedded();
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub, { referrers: false })));
        expect(done.failures).toEqual([]);
        expect([hub.requests.byKind.referrers, hub.requests.byKind.tags, target.requests.byKind.referrers]).toEqual([
            undefined,
            undefined,
            undefined,
        ]);
        expect(await shownBy(target, tree.root)).toEqual([]);
    });

    it("is one request for each manifest and one listing where there are none, and nothing at the target", async () => {
        const tree = imageIndex();
        const hub = await hubWith(tree);
        const target = await embedded();
        const plain = await embedded();
        await sync(catalogFor({ hub, ghcr: plain }, app(hub, { referrers: false })));
        hub.requests.reset();
        await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(hub.requests.byKind.referrers).toBe(tree.manifests.length);
        expect(hub.requests.byKind.tags).toBe(1);
        expect(target.requests.snapshot()).toEqual(plain.requests.snapshot());
    });

    it("is the same for three targets as for one, and one listing for a repository with several tags", async () => {
        const trees = [imageIndex(), imageIndex()];
        const hub = await hubWith(trees[0] as ImageTree, artifact({ subject: trees[0] as ImageTree }));
        await pushTree(hub.host, "acme/app", trees[1] as ImageTree, { tag: "2" });
        hub.requests.reset();
        const targets = { one: await embedded(), two: await embedded(), three: await embedded() };
        const image = app(hub, { tags: ["1", "2"], targets: Object.keys(targets) });
        const done = await sync(catalogFor({ hub, ...targets }, image));
        expect(done.failures).toEqual([]);
        const manifests = trees.flatMap((tree) => tree.manifests).length;
        expect(hub.requests.byKind).toMatchObject({ referrers: manifests + 1, tags: 1 });
        for (const target of Object.values(targets)) {
            expect(await shownBy(target, (trees[0] as ImageTree).root)).toHaveLength(1);
        }
    });

    it("is one request alone for a source without the API: the listing says that there is no list", async () => {
        const tree = imageIndex();
        const hub = await embedded(NO_API);
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        hub.requests.reset();
        const target = await embedded();
        await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(hub.requests.byKind).toMatchObject({ referrers: 1, tags: 1 });
        // The look, and each manifest once to be carried; no list was read.
        expect(hub.requests.byMethod.GET).toBe(1 + 1 + tree.manifests.length + tree.blobs.size);
    });

    it("is a HEAD for each name that may be, where the listing is refused", async () => {
        const tree = singleImage();
        const signature = artifact();
        const hub = await embedded({
            intercept: (_request, response, route) => {
                if (route.kind === "tags") {
                    response.writeHead(403, { "content-type": "application/json" });
                    response.end('{"errors":[{"code":"DENIED","message":"no listing"}]}');
                    return true;
                }
                return false;
            },
        });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(hub.host, "acme/app", signature, { tag: `${fallbackTag(tree.root)}.sig` });
        hub.requests.reset();
        const target = await embedded();
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(done.warnings).toEqual([]);
        expect((await rawManifest(target, COPY, `${fallbackTag(tree.root)}.sig`)).digest).toBe(signature.root);
        // The look, four names of the image, the signature's own tag, and four names of the signature.
        expect(hub.requests.count({ method: "HEAD", kind: "manifest" })).toBe(1 + 4 + 1 + 4);
    });
});

describe("referrers", () => {
    it("are there before the tag is, and after the image that they refer to", async () => {
        const tree = singleImage();
        const [sbom, signature] = [artifact({ subject: tree }), artifact()];
        const hub = await hubWith(tree, sbom);
        await pushTree(hub.host, "acme/app", signature, { tag: `${fallbackTag(tree.root)}.sig` });
        const written: string[] = [];
        const onRequest = ({ method, kind, reference }: Event) => {
            if (method === "PUT" && kind === "manifest") {
                written.push(reference);
            }
        };
        const target = await embedded({ onRequest });
        await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(written).toEqual([tree.root, sbom.root, `${fallbackTag(tree.root)}.sig`, "1"]);
    });

    it("are added to the list that a target without the API has, and nobody's entry is lost", async () => {
        const tree = singleImage();
        const [ours, second, theirs] = [
            artifact({ subject: tree }),
            artifact({ subject: tree }),
            artifact({ subject: tree }),
        ];
        const hub = await hubWith(tree, ours, second);
        const target = await embedded(NO_API);
        await pushTree(target.host, COPY, theirs);
        await pushTree(target.host, COPY, listOf(theirs), { tag: fallbackTag(tree.root) });
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(done.warnings).toEqual([]);
        expect(await shownBy(target, tree.root)).toEqual([ours.root, second.root, theirs.root].sort());
        const { bytes } = await rawManifest(target, COPY, fallbackTag(tree.root));
        const entry = (JSON.parse(bytes.toString()) as { manifests: { digest: string }[] }).manifests.find(
            ({ digest }) => digest === ours.root,
        );
        expect(entry).toMatchObject({ artifactType: "application/vnd.example.signature.v1" });
    });

    it("that somebody lists at the same moment are merged with, and not overwritten", async () => {
        const tree = singleImage();
        const [ours, theirs] = [artifact({ subject: tree }), artifact({ subject: tree })];
        const hub = await hubWith(tree, ours);
        const tag = fallbackTag(tree.root);
        let meddled = false;
        const target = await embedded({
            ...NO_API,
            // Right after our list is written, another client that read before us writes its own.
            intercept: async (request, _response, route) => {
                if (request.method === "HEAD" && route.reference === tag && !meddled) {
                    meddled = true;
                    await pushTree(target.host, COPY, theirs);
                    await pushTree(target.host, COPY, listOf(theirs), { tag });
                }
                return false;
            },
        });
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect([done.failures, done.warnings, meddled]).toEqual([[], [], true]);
        expect(await shownBy(target, tree.root)).toEqual([ours.root, theirs.root].sort());
    });

    it("of an image that two tags carry side by side are all in its list", async () => {
        const tree = singleImage();
        const many = Array.from({ length: 6 }, () => artifact({ subject: tree }));
        const hub = await hubWith(tree, ...many);
        await pushTree(hub.host, "acme/app", tree, { tag: "2" });
        const target = await embedded(NO_API);
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub, { tags: ["1", "2"] })));
        expect(done.failures).toEqual([]);
        expect(await shownBy(target, tree.root)).toEqual(many.map(({ root }) => root).sort());
    });

    it("in a circle end, and so do referrers of referrers without an end", async () => {
        const tree = singleImage();
        const [one, other] = [artifact(), artifact()];
        const hub = await embedded(NO_API);
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        let last: ImageTree = tree;
        const chain: ImageTree[] = [];
        for (let count = 0; count < 10; count += 1) {
            last = artifact({ subject: last });
            chain.push(last);
            await pushTree(hub.host, "acme/app", last);
        }
        await pushTree(hub.host, "acme/app", one);
        await pushTree(hub.host, "acme/app", other);
        const subjects = [tree, ...chain.slice(0, -1)];
        for (const [index, subject] of subjects.entries()) {
            const listed = [chain[index] as ImageTree, ...(index === 0 ? [one] : [])];
            await pushTree(hub.host, "acme/app", listOf(...listed), { tag: fallbackTag(subject.root) });
        }
        await pushTree(hub.host, "acme/app", listOf(other), { tag: fallbackTag(one.root) });
        await pushTree(hub.host, "acme/app", listOf(one, tree), { tag: fallbackTag(other.root) });
        const target = await embedded(NO_API);
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(done.failures).toEqual([]);
        expect(done.warnings.map(({ code }) => code)).toEqual(["REFERRERS_TOO_DEEP"]);
        expect(await shownBy(target, other.root)).toEqual([one.root, tree.root].sort());
        expect(await shownBy(target, one.root)).toEqual([other.root]);
        expect(await shownBy(target, (chain[6] as ImageTree).root)).toEqual([(chain[7] as ImageTree).root]);
        expect(await statusOf(target, COPY, (chain[8] as ImageTree).root)).toBe(404);
    });
});

describe("a digest tag that the target has already", () => {
    const signed = (tree: ImageTree, ...seeds: string[]): ImageTree => {
        const parts = seeds.map((seed) => artifact({ seed }));
        const layers = parts.flatMap((part) => {
            const manifest = JSON.parse((part.manifests[0]?.bytes ?? "").toString()) as { layers: object[] };
            return manifest.layers;
        });
        const base = JSON.parse((parts[0]?.manifests[0]?.bytes ?? "").toString()) as object;
        const bytes = Buffer.from(JSON.stringify({ ...base, layers, annotations: { of: tree.root } }));
        return {
            root: sha256(bytes),
            mediaType: FAMILIES.oci.manifest,
            blobs: new Map(parts.flatMap((part) => [...part.blobs])),
            manifests: [{ digest: sha256(bytes), bytes, mediaType: FAMILIES.oci.manifest }],
        };
    };

    it("is replaced by the source's that has all it has, and more", async () => {
        const tree = singleImage();
        const tag = `${fallbackTag(tree.root)}.sig`;
        const hub = await hubWith(tree);
        const newer = signed(tree, "a", "b");
        await pushTree(hub.host, "acme/app", newer, { tag });
        const target = await embedded();
        await pushTree(target.host, COPY, signed(tree, "a"), { tag });
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(done.warnings).toEqual([]);
        expect((await rawManifest(target, COPY, tag)).digest).toBe(newer.root);
    });

    it("is left alone where it has a signature of somebody's own, and that is said", async () => {
        const tree = singleImage();
        const tag = `${fallbackTag(tree.root)}.sig`;
        const hub = await hubWith(tree);
        await pushTree(hub.host, "acme/app", signed(tree, "a"), { tag });
        const target = await embedded();
        const own = signed(tree, "a", "their own");
        await pushTree(target.host, COPY, own, { tag });
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(done.failures).toEqual([]);
        expect(done.warnings.map(({ code }) => code)).toEqual(["REFERRER_KEPT"]);
        expect(done.warnings[0]?.message).toContain("app:1@ghcr: the tag");
        expect((await rawManifest(target, COPY, tag)).digest).toBe(own.root);
        expect((await rawManifest(target, COPY, "1")).digest).toBe(tree.root);
    });
});
