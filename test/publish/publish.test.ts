import { describe, expect, it } from "vitest";
import { readReferrers, snapshot } from "../mirror/referrers/snapshot";
import { rawManifest } from "../mirror/world";
import { embedded } from "../support/embedded";
import { artifact, imageIndex, pushTree, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { build, everywhere, publishTree, shown, world, writes } from "./world";

const PATH = "mirror/kuzudb/explorer";

describe("Publishing what was built once", () => {
    it("carries it whole to every other place, signatures in both forms too, and moves the tags there and here", async () => {
        const there = await world();
        const tree = await build(there.ghcr);
        const done = await publishTree(there, tree, { tags: ["0.11.0", "latest"] });
        expect(done.failures).toEqual([]);
        expect(done.places.map(({ registry, digest, referrers }) => [registry, digest, referrers])).toEqual([
            ["hub", "carried", 2],
            ["ghcr", "origin", undefined],
            ["ecr", "carried", 2],
        ]);
        expect(await shown(there, "0.11.0")).toEqual(everywhere(tree.root));
        expect(await shown(there, "latest")).toEqual(everywhere(tree.root));
        const built = await snapshot(there.ghcr, PATH);
        expect(await snapshot(there.hub, "kuzudb/explorer")).toEqual(built);
        expect(await snapshot(there.ecr, PATH)).toEqual(built);
        expect(Object.keys(built.referrers)).toEqual([tree.root]);
        await resolveWholly(there.hub.host, "kuzudb/explorer", "0.11.0");
    });

    it("sends nothing the second time", async () => {
        const there = await world();
        const tree = await build(there.ghcr);
        await publishTree(there, tree, { tags: ["0.11.0", "latest"] });
        const before = writes(there);
        const again = await publishTree(there, tree, { tags: ["0.11.0", "latest"] });
        expect(writes(there) - before).toBe(0);
        expect(again.places.flatMap(({ tags }) => tags.map(({ status }) => status))).toEqual(
            Array.from({ length: 6 }, () => "unchanged"),
        );
    });

    it("brings a signature that came after the image, and sets no tag anew", async () => {
        const there = await world();
        const tree = imageIndex();
        await pushTree(there.ghcr.host, PATH, tree);
        await publishTree(there, tree, { tags: ["latest"] });
        await pushTree(there.ghcr.host, PATH, artifact({ subject: tree }));
        const again = await publishTree(there, tree, { tags: ["latest"] });
        expect(again.places.map(({ digest, referrers }) => [digest, referrers])).toEqual([
            ["present", 1],
            ["origin", undefined],
            ["present", 1],
        ]);
        expect(await readReferrers(`http://${there.hub.host}/v2/kuzudb/explorer`, tree.root)).toHaveLength(1);
    });

    it("downloads once for all places, with no requests but those that it takes", async () => {
        const there = await world({ image: { referrers: false } });
        const tree = imageIndex();
        await pushTree(there.ghcr.host, PATH, tree);
        there.ghcr.requests.reset();
        await publishTree(there, tree, { tags: ["latest"] });
        // The digest is looked for once; index, two images and six blobs are read; the tag is looked at, set, looked at.
        expect(there.ghcr.requests.snapshot()).toEqual({
            "HEAD manifest": 4,
            "GET manifest": 3,
            "GET blob": 6,
            "PUT manifest": 1,
        });
    });

    it("takes it from any registry, also one that is no place of the image", async () => {
        const builder = await embedded();
        const there = await world({ builder });
        const tree = await build(builder, "ci/explorer");
        const done = await publishTree(there, tree, { tags: ["0.11.0"], from: `${builder.host}/ci/explorer` });
        expect(done.failures).toEqual([]);
        expect(done.places.map(({ digest }) => digest)).toEqual(["carried", "carried", "carried"]);
        expect(await shown(there, "0.11.0")).toEqual(everywhere(tree.root));
    });

    it("keeps what a tag showed before under a tag of its own, at every place", async () => {
        const there = await world();
        const [first, second] = [await build(there.ghcr), await build(there.ghcr)];
        await publishTree(there, first, { tags: ["latest"] });
        const done = await publishTree(there, second, { tags: ["latest"] });
        const name = `latest.prev-${first.root.slice(7, 19)}`;
        expect(done.places[0]?.tags).toEqual([
            { tag: "latest", reference: "latest", status: "moved", before: first.root, kept: name },
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(second.root));
        expect(await shown(there, name)).toEqual(everywhere(first.root));
    });

    it("without a tag publishes by digest only", async () => {
        const there = await world();
        const tree = await build(there.ghcr);
        const done = await publishTree(there, tree);
        expect(done).toMatchObject({ failures: [], warnings: [] });
        expect((await rawManifest(there.ecr, PATH, tree.root)).digest).toBe(tree.root);
        expect(Object.keys((await snapshot(there.hub, "kuzudb/explorer")).tags)).toEqual([
            `sha256-${tree.root.slice(7)}.sig`,
        ]);
    });

    it("gives a tag the name that a target has for it, and a target only the tags that it takes", async () => {
        const there = await world({
            image: {
                tags: ["latest", "0.11.0"],
                targets: ["ghcr", { registry: "ecr", tags: [{ from: "latest", to: "stable" }] }],
            },
        });
        const tree = await build(there.ghcr);
        const done = await publishTree(there, tree, { tags: ["0.11.0", "latest", "sha-1234"] });
        expect(done.places.map(({ tags }) => tags.map(({ reference }) => reference))).toEqual([
            ["0.11.0", "latest", "sha-1234"],
            ["0.11.0", "latest", "sha-1234"],
            ["stable", "sha-1234"],
        ]);
        expect(done.warnings).toEqual([{ code: "TAG_UNLISTED", message: expect.stringContaining('"sha-1234"') }]);
    });

    it("writes nothing in a dry run, and says what it would do", async () => {
        const there = await world();
        const [first, second] = [await build(there.ghcr), await build(there.ghcr)];
        await publishTree(there, first, { tags: ["latest"] });
        const before = writes(there);
        const done = await publishTree(there, second, { tags: ["latest"], dryRun: true });
        expect(writes(there) - before).toBe(0);
        expect(done.places.map(({ digest }) => digest)).toEqual(["missing", "origin", "missing"]);
        expect(done.places[2]?.tags).toEqual([
            { tag: "latest", reference: "latest", status: "waiting", before: first.root },
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
    });
});

describe("Publishing refuses", () => {
    it("what is not there", async () => {
        const there = await world();
        const done = publishTree(there, singleImage(), { tags: ["latest"] });
        await expect(done).rejects.toMatchObject({
            code: "ORIGIN_MISSING",
            message: expect.stringMatching(/^There is no 127\.0\.0\.1:\d+\/mirror\/kuzudb\/explorer@sha256:.*push/),
        });
    });

    it.each([
        ["mirror", "NOT_OURS", "sync explorer"],
        ["keep", "NOT_OURS", "stays at its source"],
    ])("an image with policy %s", async (policy, code, words) => {
        const there = await world({ image: { policy, targets: policy === "keep" ? [] : ["ghcr"] } });
        const done = publishTree(there, await build(there.ghcr), { tags: ["latest"] });
        await expect(done).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    });

    it("an image whose platforms the catalogue filters", async () => {
        const there = await world({ image: { platforms: ["linux/amd64"] } });
        const done = publishTree(there, await build(there.ghcr), { tags: ["latest"] });
        await expect(done).rejects.toMatchObject({ code: "PLATFORMS_FILTERED" });
    });

    it("to publish a released version a second time, before anything is carried", async () => {
        const there = await world();
        const [first, second] = [await build(there.ghcr), await build(there.ghcr)];
        await publishTree(there, first, { tags: ["0.11.0", "latest"] });
        const before = writes(there);
        const done = await publishTree(there, second, { tags: ["0.11.0", "latest"] });
        expect(writes(there) - before).toBe(0);
        expect(done.failures.map(({ code, registry, tag }) => [code, registry, tag])).toEqual([
            ["VERSION_TAKEN", "hub", "0.11.0"],
            ["VERSION_TAKEN", "ghcr", "0.11.0"],
            ["VERSION_TAKEN", "ecr", "0.11.0"],
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
    });

    it("to overwrite what somebody else has put under a tag of one place", async () => {
        const there = await world();
        const [first, second, stranger] = [await build(there.ghcr), await build(there.ghcr), singleImage()];
        await publishTree(there, first, { tags: ["latest"] });
        await pushTree(there.ecr.host, PATH, stranger, { tag: "latest" });
        const done = await publishTree(there, second, { tags: ["latest"] });
        expect(done.failures).toEqual([
            {
                code: "FOREIGN_DIGEST",
                registry: "ecr",
                tag: "latest",
                message: expect.stringContaining(`explorer:latest@ecr has ${stranger.root}, which was never published`),
            },
        ]);
        const known = await publishTree(there, second, { tags: ["latest"], known: [stranger.root] });
        expect(known.failures).toEqual([]);
        expect(await shown(there, "latest")).toEqual(everywhere(second.root));
    });

    it("nothing where the catalogue says overwrite", async () => {
        const there = await world();
        const [first, second] = [await build(there.ghcr), await build(there.ghcr)];
        await publishTree(there, first, { tags: ["0.11.0"] });
        const catalog = { ...there.catalog, onForeignDigest: "overwrite" as const };
        const done = await publishTree({ ...there, catalog }, second, { tags: ["0.11.0"] });
        expect(done.failures).toEqual([]);
        expect(await shown(there, "0.11.0")).toEqual(everywhere(second.root));
    });

    it("to publish against a lock that names another digest for a released version", async () => {
        const there = await world();
        const tree = await build(there.ghcr);
        const locked = singleImage().root;
        const done = await publishTree(there, tree, { tags: ["0.11.0"], locked });
        expect(done.failures[0]).toMatchObject({
            code: "VERSION_TAKEN",
            message: expect.stringContaining(`${locked} by the lock`),
        });
    });

    it("to begin where a place cannot be asked", async () => {
        const there = await world();
        const tree = await build(there.ghcr);
        await there.ecr.close();
        const before = writes(there);
        const done = await publishTree(there, tree, { tags: ["latest"] });
        expect(done.failures.map(({ registry, unasked }) => [registry, unasked])).toEqual([
            ["ecr", true],
            ["ecr", true],
        ]);
        expect(writes(there)).toBe(before);
    });
});
