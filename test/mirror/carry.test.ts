import { beforeAll, describe, expect, it } from "vitest";
import { debianImage } from "../support/debian-image";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import {
    artifact,
    FAMILIES,
    type Family,
    type ImageTree,
    imageIndex,
    indexOf,
    noise,
    pushTree,
    sha256,
    singleImage,
} from "../support/images";
import { describeWith } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, type Host, rawBlob, rawManifest, sync, verdictsOf } from "./world";

/** What registries of today hold, by what it is. */
const kinds: Record<string, () => ImageTree> = {
    "an OCI index with attestations": () => imageIndex({ attestations: true, annotations: { "org.example": "1" } }),
    "a Docker list": () => imageIndex({ family: "docker" }),
    "an OCI manifest": () => singleImage(),
    "a Docker manifest": () => singleImage({ family: "docker" }),
    "an artifact with an empty config": () => artifact(),
    "an index of indexes": () =>
        indexOf([
            ["linux/amd64", imageIndex()],
            ["linux/arm64", imageIndex({ platforms: ["linux/arm64/v8"] })],
        ]),
    "an image of four layers of 600 KB": () => singleImage({ layers: 4, layerBytes: 600_000 }),
};

type Start = () => Promise<Host>;

function carriesEverything(startSource: Start, startTarget: Start): void {
    let source: Host;
    let target: Host;

    it.each(Object.keys(kinds))("carries %s, byte for byte", async (kind) => {
        source = await startSource();
        target = await startTarget();
        const repository = `acme/${kind.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
        const tree = (kinds[kind] as () => ImageTree)();
        await pushTree(source.host, repository, tree, { tag: "1" });
        await expectCarried(source, target, repository, tree);
    });
}

/** Carries one tag and compares both ends by plain fetch; a second run finds nothing to do. */
async function expectCarried(source: Host, target: Host, repository: string, tree: ImageTree): Promise<void> {
    const catalog = catalogFor(
        { hub: source, ghcr: target },
        { app: { source: `${source.host}/${repository}`, tags: ["1"], targets: ["ghcr"] } },
    );
    const done = await sync(catalog);
    expect(done.failures).toEqual([]);
    expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr consistent"]);
    const copy = `mirror/${repository}`;
    expect(await rawManifest(target, copy, "1")).toEqual(await rawManifest(source, repository, "1"));
    for (const { digest, bytes, mediaType } of tree.manifests) {
        expect(await rawManifest(target, copy, digest)).toEqual({ bytes, mediaType, digest });
    }
    for (const [digest, bytes] of tree.blobs) {
        expect((await rawBlob(target, copy, digest))?.equals(bytes)).toBe(true);
    }
    await resolveWholly(target.host, copy, "1");
    expect((await sync(catalog)).results).toEqual([]);
}

describe("from an embedded registry to another", () => {
    carriesEverything(embedded, embedded);

    it("carries the artifact manifest of OCI 1.1's release candidates, byte for byte", async () => {
        const [source, target] = [await embedded(), await embedded()];
        const blob = noise("sbom", 300);
        const manifest = {
            mediaType: "application/vnd.oci.artifact.manifest.v1+json",
            artifactType: "application/spdx+json",
            blobs: [{ mediaType: "application/spdx+json", digest: sha256(blob), size: blob.length }],
        };
        const bytes = Buffer.from(JSON.stringify(manifest, null, 2));
        const tree: ImageTree = {
            root: sha256(bytes),
            mediaType: manifest.mediaType,
            blobs: new Map([[sha256(blob), blob]]),
            manifests: [{ digest: sha256(bytes), bytes, mediaType: manifest.mediaType }],
        };
        await pushTree(source.host, "acme/app", tree, { tag: "1" });
        await expectCarried(source, target, "acme/app", tree);
    });
});

describe("registries with ways of their own", () => {
    const app = (hub: Host) => ({ app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } });

    it("tell no digest at either end: it is computed from the bytes", async () => {
        const quirks = { noDigestHeader: true };
        const [hub, target] = [await embedded({ quirks }), await embedded({ quirks })];
        const tree = imageIndex();
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await expectCarried(hub, target, "acme/app", tree);
    });

    it("want a login by tokens, also for a mount from another repository", async () => {
        const auth = { kind: "bearer", users: { robot: "secret" } } as const;
        const hub = await embedded({ auth });
        const tree = imageIndex();
        await pushTree(hub.host, "acme/app", tree, { tag: "1", auth: { username: "robot", password: "secret" } });
        hub.requests.reset();
        const login = { credentials: { from: "config", key: "robot" } };
        const credentials = { robot: { username: "robot", password: "secret" } };
        const catalog = catalogFor({ hub, ghcr: hub }, app(hub), { hub: login, ghcr: login });
        const done = await sync(catalog, { environment: { credentials } });
        expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr consistent"]);
        expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(0);
        expect(hub.requests.count({ method: "PUT", kind: "upload" })).toBe(0);
    });

    it("keep a tag for ever: the first carry is the last, and is told so", async () => {
        const [hub, target] = [
            await embedded(),
            await embedded({ immutableTags: true, quirks: { refuseSameDigest: true } }),
        ];
        const tree = imageIndex();
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await expectCarried(hub, target, "acme/app", tree);
        await pushTree(hub.host, "acme/app", imageIndex(), { tag: "1" });
        const history = [{ app: { "1": { digest: tree.root } } }];
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)), { circumstances: { history } });
        expect(done.failures.map(({ code }) => code)).toEqual(["TAG_IMMUTABLE"]);
        expect((await rawManifest(target, "mirror/acme/app", "1")).digest).toBe(tree.root);
    });
});

describeWith(["docker-registry"], "with Debian's docker-registry", (programs) => {
    let registry: DockerRegistry;

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        return () => registry.close();
    });

    describe("as the target of the embedded one", () => carriesEverything(embedded, async () => registry));
    describe("as the source of the embedded one", () => carriesEverything(async () => registry, embedded));
});

describeWith(["apt-get", "dpkg-deb", "docker-registry"], "a real image, Debian's busybox", (programs) => {
    let registry: DockerRegistry;

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        return () => registry.close();
    });

    it.each<Family>(["oci", "docker"])("is carried there and back for two platforms, as %s", async (family) => {
        const [hub, back] = [await embedded(), await embedded()];
        const tree = await debianImage(family);
        expect(tree.mediaType).toBe(FAMILIES[family].index);
        await pushTree(hub.host, `debian/${family}`, tree, { tag: "1" });
        await expectCarried(hub, registry, `debian/${family}`, tree);
        await expectCarried(registry, back, `mirror/debian/${family}`, tree);
    });
});
