import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, listCopies } from "../../core/catalog";
import {
    type ComparerOptions,
    ContentComparer,
    circumstancesOf,
    type JudgedCopy,
    look,
    ManifestCache,
    type Reconciliation,
    reconcile,
    rollbackTag,
} from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, indexOf, pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, poolFor, rawManifest, statusOf } from "./world";

let hub: EmbeddedRegistry;
let ghcr: EmbeddedRegistry;

beforeEach(async () => {
    hub = await embedded();
    ghcr = await embedded();
});

function catalogOf(target: Host = ghcr, tags: readonly string[] = ["1"], more: object = {}): Catalog {
    return catalogFor(
        { hub, ghcr: target },
        { app: { source: `${hub.host}/acme/app`, tags, targets: ["ghcr"], ...more } },
    );
}

async function judgedOf(catalog: Catalog, options: ComparerOptions = {}): Promise<JudgedCopy[]> {
    const compare = new ContentComparer(options);
    return look(catalog, listCopies(catalog), circumstancesOf(catalog), poolFor(catalog), { compare });
}

async function repaired(catalog: Catalog, manifests = new ManifestCache()): Promise<Reconciliation> {
    const judged = await judgedOf(catalog, { manifests });
    return reconcile(catalog, judged, circumstancesOf(catalog), poolFor(catalog), { manifests });
}

async function pushBoth(wanted: ImageTree, other: ImageTree, tag = "1", target: Host = ghcr): Promise<void> {
    await pushTree(hub.host, "acme/app", wanted, { tag });
    await pushTree(target.host, "mirror/acme/app", other, { tag });
    hub.requests.reset();
    ghcr.requests.reset();
}

const told = (copy: JudgedCopy | undefined) => `${copy?.verdict}/${copy?.action}: ${copy?.reason}`;

describe("a copy with another digest", () => {
    it("is the same content where only the manifest was converted, for one GET at each side", async () => {
        await pushBoth(singleImage({ seed: "a" }), singleImage({ seed: "a", family: "docker" }));
        const [, copy] = await judgedOf(catalogOf());
        expect(told(copy)).toBe(
            "same-content/carry: it has the same config and layers in another manifest: converted from OCI's format to Docker's",
        );
        for (const registry of [hub, ghcr]) {
            expect(registry.requests.snapshot()).toEqual({ "GET manifest": 1, "HEAD manifest": 1 });
        }
    });

    it("is carried again, though nobody carried it before, and what was there gets a tag", async () => {
        const [wanted, other] = [imageIndex({ seed: "a" }), imageIndex({ seed: "a", family: "docker" })];
        await pushBoth(wanted, other);
        const done = await repaired(catalogOf());
        expect(done.failures).toEqual([]);
        expect(done.judged.map(({ verdict }) => verdict)).toEqual(["consistent", "consistent"]);
        expect((await rawManifest(ghcr, "mirror/acme/app", "1")).digest).toBe(wanted.root);
        expect((await rawManifest(ghcr, "mirror/acme/app", rollbackTag("1", other.root))).digest).toBe(other.root);
        // The look has read the index and its children; the carry does not read them again.
        expect(hub.requests.count({ method: "GET", kind: "manifest" })).toBe(3);
    });

    it("is different where a layer is, says in what, and is left alone", async () => {
        const platforms = ["linux/amd64", "linux/arm64"] as const;
        const amd64 = singleImage({ seed: "a" });
        const arm64 = singleImage({ seed: "z", platform: "linux/arm64" });
        await pushBoth(
            imageIndex({ seed: "a" }),
            indexOf([
                [platforms[0], amd64],
                [platforms[1], arm64],
            ]),
        );
        const [, copy] = await judgedOf(catalogOf());
        expect(told(copy)).toBe(
            "different/refuse: the digest here was never ours; it has other layers for linux/arm64",
        );
    });

    it("is compared with what is wanted of it, where that is some platforms", async () => {
        await pushBoth(imageIndex({ seed: "a" }), singleImage({ seed: "a", family: "docker" }));
        const [, copy] = await judgedOf(catalogOf(ghcr, ["1"], { platforms: ["linux/amd64"] }));
        expect(told(copy)).toMatch(/^same-content\/carry: .*only platform/);
    });

    it("is not read where the lock knows its digest: then it is stale", async () => {
        const old = singleImage({ seed: "old" });
        await pushBoth(singleImage({ seed: "a" }), old);
        const catalog = catalogOf();
        const since = "2026-11-01T10:00:00.000Z";
        const entry = { digest: singleImage({ seed: "a" }).root, history: [old.root], since };
        const circumstances = circumstancesOf(catalog, { history: [{ app: { "1": entry } }] });
        const options = { compare: new ContentComparer() };
        const [, copy] = await look(catalog, listCopies(catalog), circumstances, poolFor(catalog), options);
        expect(told(copy)).toBe("stale/carry: the source had this digest before; it was locked until 2026-11-01");
        expect(copy?.keeps).toBe(old.root);
        expect([hub, ghcr].map(({ requests }) => requests.snapshot())).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
    });

    it("is compared for fifty pairs of a look at most, one for copies that are alike", async () => {
        const tags = ["1", "2", "3"];
        for (const tag of tags) {
            await pushBoth(singleImage({ seed: tag }), singleImage({ seed: tag, family: "docker" }), tag);
        }
        const verdicts = (await judgedOf(catalogOf(ghcr, tags), { limit: 2 })).filter(({ role }) => role === "target");
        expect(verdicts.map(({ verdict }) => verdict)).toEqual(["same-content", "same-content", "different"]);
        expect(verdicts[2]?.reason).toMatch(/its content was not compared, since that of 2 others was$/);
    });
});

describe("a source whose pulls are counted", () => {
    const limited = (keepRemaining: number): Catalog =>
        catalogFor(
            { hub, ghcr },
            { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } },
            { hub: { keepRemaining } },
        );

    beforeEach(async () => {
        hub = await embedded({ pullLimit: { limit: 20 } });
        await pushBoth(singleImage({ seed: "a" }), singleImage({ seed: "a", family: "docker" }));
    });

    it("pays one pull for a single manifest", async () => {
        expect((await judgedOf(limited(19)))[1]?.verdict).toBe("same-content");
        expect((await judgedOf(limited(19)))[1]?.verdict).toBe("different");
    });

    it("is not read below keepRemaining: then the copy stays different, and says why", async () => {
        const [, copy] = await judgedOf(limited(20));
        expect(told(copy)).toMatch(
            /^different\/refuse: .*; its content was not compared, which would cost pulls of .* that are kept back$/,
        );
        expect(hub.requests.count({ method: "GET" })).toBe(0);
    });

    it("is not read where another target shows the wanted digest: pulls are not counted there", async () => {
        const ecr = await embedded();
        await pushTree(ecr.host, "mirror/acme/app", singleImage({ seed: "a" }), { tag: "1" });
        const catalog = catalogFor(
            { hub, ghcr, ecr },
            { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr", "ecr"] } },
        );
        expect((await judgedOf(catalog)).map(({ verdict }) => verdict)).toEqual([
            "consistent",
            "same-content",
            "consistent",
        ]);
        expect(hub.requests.count({ method: "GET" })).toBe(0);
        expect(ecr.requests.snapshot()).toMatchObject({ "GET manifest": 1 });
    });
});

describeWith(["docker-registry", "skopeo"], "what skopeo converted on its way to a real registry", (programs) => {
    const { "docker-registry": program, skopeo } = programs;
    it.each([
        ["v2s2", "oci", "converted from OCI's format to Docker's"],
        ["oci", "docker", "converted from Docker's format to OCI's"],
    ] as const)("--format %s is the same content, and is put right", async (format, family, words) => {
        const target = await startDockerRegistry(program);
        try {
            const tree = imageIndex({ seed: "s", family });
            await pushTree(hub.host, "acme/app", tree, { tag: "1" });
            const [from, to] = [`docker://${hub.host}/acme/app:1`, `docker://${target.host}/mirror/acme/app:1`];
            const flags = ["--src-tls-verify=false", "--dest-tls-verify=false", "--all", "--format", format];
            await promisify(execFile)(skopeo, ["--insecure-policy", "copy", "-q", ...flags, from, to]);
            const [, copy] = await judgedOf(catalogOf(target));
            expect(told(copy)).toMatch(new RegExp(`^same-content/carry: .*${words}`));
            const done = await repaired(catalogOf(target));
            expect(done.judged[1]?.verdict).toBe("consistent");
            expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(tree.root);
            const kept = rollbackTag("1", copy?.keeps ?? "");
            expect(await statusOf(target, "mirror/acme/app", kept)).toBe(200);
        } finally {
            await target.close();
        }
    });
});
