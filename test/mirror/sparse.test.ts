import { beforeEach, describe, expect, it } from "vitest";
import { type Lock, withMissing } from "../../core/catalog";
import { describeSubset, findMissingChildren } from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, indexOf, pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, poolFor, rawManifest, statusOf, sync, verdictsOf } from "./world";

const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/s390x"];

let hub: EmbeddedRegistry;

beforeEach(async () => {
    hub = await embedded();
});

const catalogOf = (target: Host, tags: readonly string[] = ["1"]) =>
    catalogFor({ hub, ghcr: target }, { app: { source: `${hub.host}/acme/app`, tags, targets: ["ghcr"] } });

/** An image whose source has lost the manifest of its last platform. */
async function pushSparse(tree: ImageTree, lost: string | undefined, tag = "1"): Promise<void> {
    await pushTree(hub.host, "acme/app", tree, { tag });
    await fetch(`http://${hub.host}/v2/acme/app/manifests/${lost}`, { method: "DELETE" });
}

describe("an index whose source does not have all that it lists", () => {
    it("is carried as far as it goes where the target takes it, and never called equal", async () => {
        const target = await embedded({ allowMissing: true });
        const tree = imageIndex({ platforms: PLATFORMS });
        await pushSparse(tree, tree.manifests[2]?.digest);
        const catalog = catalogOf(target);
        const done = await sync(catalog);
        expect(done.failures).toEqual([]);
        expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr subset"]);
        expect(done.judged[1]).toMatchObject({
            missing: ["linux/s390x"],
            reason: "the same index, without linux/s390x, which its source does not have",
        });
        expect(done.results.map(describeSubset)).toEqual(["without linux/s390x, which the source does not have"]);
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(tree.root);
        expect(await statusOf(target, "mirror/acme/app", tree.manifests[1]?.digest ?? "")).toBe(200);

        // A HEAD cannot see it: the lock remembers.
        const lock: Lock = { app: { "1": withMissing({ digest: tree.root }, done.judged[1]?.missing) } };
        const later = await sync(catalog, { circumstances: { history: [lock] } });
        expect(verdictsOf(later)[1]).toBe("app:1@ghcr subset");
        expect(later.results).toEqual([]);
    });

    it("is a subset under each of its tags, whichever was carried first", async () => {
        const target = await embedded({ allowMissing: true });
        const tree = imageIndex({ platforms: PLATFORMS });
        await pushTree(hub.host, "acme/app", tree, { tag: "2" });
        await pushSparse(tree, tree.manifests[2]?.digest);
        const first = await sync(catalogOf(target));
        const lock: Lock = { app: { "1": withMissing({ digest: tree.root }, first.judged[1]?.missing) } };
        const done = await sync(catalogOf(target, ["1", "2"]), { circumstances: { history: [lock] } });
        expect(verdictsOf(done).filter((line) => line.includes("ghcr"))).toEqual([
            "app:1@ghcr subset",
            "app:2@ghcr subset",
        ]);
        const both = await embedded({ allowMissing: true });
        const together = await sync(catalogOf(both, ["1", "2"]), { concurrency: 1 });
        expect(verdictsOf(together).filter((line) => line.endsWith("ghcr subset"))).toHaveLength(2);
    });

    it("is found through an index in an index, too", async () => {
        const target = await embedded({ allowMissing: true });
        const inner = imageIndex({ platforms: ["linux/arm64", "linux/s390x"] });
        const tree = indexOf([
            ["linux/amd64", singleImage()],
            ["linux/arm64", inner],
        ]);
        await pushSparse(tree, inner.manifests[1]?.digest);
        const done = await sync(catalogOf(target));
        expect(done.judged[1]).toMatchObject({ verdict: "subset", missing: ["linux/s390x"] });
    });

    it("is one clear error where the target takes no such index, and says what to write", async () => {
        const target = await embedded();
        const tree = imageIndex({ platforms: PLATFORMS });
        await pushSparse(tree, tree.manifests[2]?.digest);
        const done = await sync(catalogOf(target));
        expect(done.failures.map(({ code, message }) => `${code}: ${message}`)).toEqual([
            "INDEX_SPARSE: could not carry app:1@ghcr: its index lists linux/s390x, which its source does not have, and " +
                'the target takes no index without all that it lists; write "platforms: [linux/amd64, linux/arm64]" to ' +
                "carry what there is",
        ]);
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
        const listed = catalogFor(
            { hub, ghcr: target },
            {
                app: {
                    source: `${hub.host}/acme/app`,
                    tags: ["1"],
                    targets: ["ghcr"],
                    platforms: ["linux/amd64", "linux/arm64"],
                },
            },
        );
        expect(verdictsOf(await sync(listed))[1]).toBe("app:1@ghcr subset");
    });

    it("is none where another copy of ours has what the source lost", async () => {
        const [first, second] = [await embedded(), await embedded()];
        const tree = imageIndex({ platforms: PLATFORMS });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await sync(catalogOf(first));
        await pushSparse(tree, tree.manifests[2]?.digest);
        const done = await sync(
            catalogFor(
                { hub, ghcr: first, ecr: second },
                { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr", "ecr"] } },
            ),
        );
        expect(verdictsOf(done).slice(1)).toEqual(["app:1@ghcr consistent", "app:1@ecr consistent"]);
    });

    it("is no reason to leave a child out that could not be asked for", async () => {
        const lost = { digest: "" };
        hub = await embedded({
            intercept: (request, response) => {
                const isLost = request.method === "GET" && request.url?.endsWith(lost.digest || "none");
                if (isLost) {
                    response.writeHead(503).end();
                }
                return isLost;
            },
        });
        const target = await embedded({ allowMissing: true });
        const tree = imageIndex({ platforms: PLATFORMS });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        lost.digest = tree.manifests[2]?.digest ?? "";
        const done = await sync(catalogOf(target));
        expect(done.failures.map(({ code }) => code)).toEqual(["SERVER_ERROR"]);
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
    });

    it("is seen by a look at the children, at a cost of one HEAD each", async () => {
        const tree = imageIndex({ platforms: PLATFORMS });
        const catalog = catalogOf(hub);
        const place = { registry: "hub", repository: "acme/app" };
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        expect(await findMissingChildren(tree.root, place, poolFor(catalog))).toEqual([]);
        await pushSparse(tree, tree.manifests[2]?.digest);
        hub.requests.reset();
        const missing = await findMissingChildren(tree.root, place, poolFor(catalog));
        expect(missing.map(({ digest }) => digest)).toEqual([tree.manifests[2]?.digest]);
        expect(hub.requests.snapshot()).toEqual({ "GET manifest": 1, "HEAD manifest": 3 });
    });
});

describeWith(["docker-registry"], "a sparse index for Debian's docker-registry", (programs) => {
    it("is refused there, and told so", async () => {
        const target: DockerRegistry = await startDockerRegistry(programs["docker-registry"]);
        try {
            const tree = imageIndex({ platforms: PLATFORMS, family: "docker" });
            await pushSparse(tree, tree.manifests[2]?.digest);
            const done = await sync(catalogOf(target));
            expect(done.failures[0]?.code).toBe("INDEX_SPARSE");
            expect(done.failures[0]?.message).toContain('write "platforms: [linux/amd64, linux/arm64]"');
        } finally {
            await target.close();
        }
    });
});
