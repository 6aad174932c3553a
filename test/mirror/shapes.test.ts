import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { fallbackTag } from "../../core/registry";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded, temporaryFolder } from "../support/embedded";
import { FAMILIES, type ImageTree, imageIndex, noise, pushTree, sha256, type TreeManifest } from "../support/images";
import { describeWith } from "../support/require-program";
import { tarOf } from "../support/tar";
import { snapshot } from "./referrers/snapshot";
import { catalogFor, type Host, sync } from "./world";

const INDEX = FAMILIES.oci.index;
const MANIFEST = FAMILIES.oci.manifest;
const EMPTY = Buffer.from("{}");
const LAYER = "application/vnd.oci.image.layer.v1.tar";

interface Part {
    readonly type: string;
    readonly bytes: Buffer;
}

const sha512 = (bytes: Uint8Array): string => `sha512:${createHash("sha512").update(bytes).digest("hex")}`;

/** A manifest over these parts, and what a push of it sends. */
function tree(body: object, config: Part, layers: readonly Part[], digestOf = sha256): ImageTree {
    const shown = ({ type, bytes }: Part) => ({ mediaType: type, digest: digestOf(bytes), size: bytes.length });
    const manifest = {
        schemaVersion: 2,
        mediaType: MANIFEST,
        ...body,
        config: shown(config),
        layers: layers.map(shown),
    };
    const bytes = Buffer.from(JSON.stringify(manifest, null, 2));
    const digest = digestOf(bytes);
    const blobs = [config, ...layers].map((part) => [digestOf(part.bytes), part.bytes] as const);
    return {
        root: digest,
        mediaType: MANIFEST,
        blobs: new Map(blobs),
        manifests: [{ digest, bytes, mediaType: MANIFEST }],
    };
}

function indexOver(children: readonly ImageTree[], body: object = {}, more: readonly object[] = []): ImageTree {
    const shown = children.map(({ root, mediaType, manifests }) => ({
        mediaType,
        digest: root,
        size: manifests.at(-1)?.bytes.length ?? 0,
    }));
    const bytes = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: INDEX, ...body, manifests: [...shown, ...more] }),
    );
    return {
        root: sha256(bytes),
        mediaType: INDEX,
        blobs: new Map(children.flatMap((child) => [...child.blobs])),
        manifests: [
            ...children.flatMap((child) => child.manifests),
            { digest: sha256(bytes), bytes, mediaType: INDEX },
        ],
    };
}

const tar = (seed: string): Buffer => tarOf([{ path: seed, bytes: noise(seed, 3000) }]);

/** A zstd frame of one raw block (RFC 8878), since Node 20 has no zstd. At most 128 KiB. */
function zstdFrame(bytes: Buffer): Buffer {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(0xfd2fb528);
    // One segment, its size in four bytes.
    header.writeUInt8(0xa0, 4);
    header.writeUInt32LE(bytes.length, 5);
    header.writeUIntLE(1 | (bytes.length << 3), 9, 3);
    return Buffer.concat([header, bytes]);
}

/** An image whose layers are packed in one way; the config's diff_ids are right, so that other tools take it. */
function packed(seed: string, suffix: string, pack: (bytes: Buffer) => Buffer): ImageTree {
    const layer = tar(seed);
    const rootfs = { type: "layers", diff_ids: [sha256(layer)] };
    const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", config: {}, rootfs }));
    return tree({}, { type: FAMILIES.oci.config, bytes: config }, [{ type: LAYER + suffix, bytes: pack(layer) }]);
}

const empty: Part = { type: "application/vnd.oci.empty.v1+json", bytes: EMPTY };

/** What registries of today hold besides plain images, by what it is. */
const shapes: Record<string, () => ImageTree> = {
    "zstd layers": () => packed("zstd", "+zstd", zstdFrame),
    "an uncompressed layer": () => packed("plain", "", (bytes) => bytes),
    "one layer twice": () => {
        const layer = { type: `${LAYER}+gzip`, bytes: gzipSync(tar("twice")) };
        return tree({}, { type: FAMILIES.oci.config, bytes: Buffer.from('{"os":"linux"}') }, [layer, layer]);
    },
    "an artifact of any type with an empty config": () =>
        tree({ artifactType: "application/vnd.acme.rocket; v=1", annotations: { a: "<&>" } }, empty, [empty]),
    "an artifact by its config's type, as Helm's charts": () =>
        tree({}, { type: "application/vnd.cncf.helm.config.v1+json", bytes: Buffer.from('{"name":"x"}') }, [
            { type: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes: gzipSync(tar("chart")) },
        ]),
    "an index with attestations": () => imageIndex({ attestations: true }),
    "an index of indexes, with an artifact type": () =>
        indexOver([indexOver([packed("inner", "+gzip", gzipSync)]), packed("outer", "+gzip", gzipSync)], {
            artifactType: "application/vnd.acme.bundle",
            annotations: { "org.example": "index" },
        }),
    "an index without children": () => indexOver([]),
};

const sha512Shapes: Record<string, () => ImageTree> = {
    "blobs and a child of sha512 digests": () => {
        const child = tree({}, empty, [{ type: "text/plain", bytes: Buffer.from("long digest") }], sha512);
        return indexOver([child]);
    },
};

async function expectSame(source: Host, target: Host, name: string, shape: ImageTree): Promise<string> {
    const repository = `acme/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
    await pushTree(source.host, repository, shape, { tag: "1" });
    const app = { source: `${source.host}/${repository}`, tags: ["1"], targets: ["ghcr"], referrers: true };
    const done = await sync(catalogFor({ hub: source, ghcr: target }, { app }));
    expect(done.failures).toEqual([]);
    const copy = await snapshot(target, `mirror/${repository}`);
    expect(copy).toEqual(await snapshot(source, repository));
    expect(Object.keys(copy.manifests).sort()).toEqual(
        [...new Set(shape.manifests.map(({ digest }) => digest))].sort(),
    );
    expect(Object.keys(copy.blobs).sort()).toEqual([...shape.blobs.keys()].sort());
    return `mirror/${repository}`;
}

describe("from one embedded registry to another", () => {
    it.each(Object.keys({ ...shapes, ...sha512Shapes }))("carries %s, byte for byte", async (name) => {
        const shape = ({ ...shapes, ...sha512Shapes }[name] as () => ImageTree)();
        await expectSame(await embedded(), await embedded(), name, shape);
    });

    it("carries the referrers of a manifest with a sha512 digest, listed under the tag of its first 64 digits", async () => {
        const noApi = { quirks: { noReferrersApi: true } };
        const [source, target] = [await embedded(noApi), await embedded(noApi)];
        const child = tree({}, empty, [{ type: "text/plain", bytes: Buffer.from("subject") }], sha512);
        const { mediaType, bytes, digest } = child.manifests[0] as TreeManifest;
        const sbom = tree(
            { artifactType: "application/spdx+json", subject: { mediaType, digest, size: bytes.length } },
            empty,
            [empty],
        );
        await pushTree(source.host, "acme/app", indexOver([child]), { tag: "1" });
        await pushTree(source.host, "acme/app", indexOver([sbom]), { tag: fallbackTag(digest) });
        const app = { source: `${source.host}/acme/app`, tags: ["1"], targets: ["ghcr"], referrers: true };
        const done = await sync(catalogFor({ hub: source, ghcr: target }, { app }));
        expect([done.failures, done.warnings]).toEqual([[], []]);
        const copy = await snapshot(target, "mirror/acme/app");
        expect(copy.referrers[digest]).toMatchObject([{ digest: sbom.root, artifactType: "application/spdx+json" }]);
        expect(Object.keys(copy.tags).sort()).toEqual(["1", `sha512-${digest.slice(7, 71)}`]);
    });
});

describeWith(["docker-registry", "skopeo", "regctl", "crane"], "with Debian's docker-registry", (programs) => {
    let registry: DockerRegistry;

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        return () => registry.close();
    });

    it.each(Object.keys(shapes))("carries %s, byte for byte, and three other tools read that digest", async (name) => {
        const shape = (shapes[name] as () => ImageTree)();
        const repository = await expectSame(await embedded(), registry, name, shape);
        const reference = `${registry.host}/${repository}:1`;
        const env = { PATH: process.env.PATH, HOME: await temporaryFolder() };
        const run = async (program: string, ...args: string[]) =>
            (await promisify(execFile)(program, args, { encoding: "buffer", env })).stdout;
        const [skopeo, regctl, crane] = await Promise.all([
            run(
                programs.skopeo,
                "--insecure-policy",
                "inspect",
                "--tls-verify=false",
                "--raw",
                `docker://${reference}`,
            ),
            run(
                programs.regctl,
                "manifest",
                "get",
                "--format",
                "raw-body",
                reference,
                "--host",
                `reg=${registry.host},tls=disabled`,
            ),
            run(programs.crane, "manifest", "--insecure", reference),
        ]);
        expect([skopeo, regctl, crane].map(sha256)).toEqual([shape.root, shape.root, shape.root]);
    });
});
