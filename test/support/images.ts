import { createCipheriv, createHash, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tarOf } from "./tar";

export { type PushOptions, pushTree } from "./push-tree";

/** The media types by family, written out: these builders share no code with what they test. */
export const FAMILIES = {
    oci: {
        index: "application/vnd.oci.image.index.v1+json",
        manifest: "application/vnd.oci.image.manifest.v1+json",
        config: "application/vnd.oci.image.config.v1+json",
        layer: "application/vnd.oci.image.layer.v1.tar+gzip",
    },
    docker: {
        index: "application/vnd.docker.distribution.manifest.list.v2+json",
        manifest: "application/vnd.docker.distribution.manifest.v2+json",
        config: "application/vnd.docker.container.image.v1+json",
        layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    },
} as const;

export type Family = keyof typeof FAMILIES;

/** Of a large image, as the official ones are. */
export const SEVEN_PLATFORMS = [
    "linux/amd64",
    "linux/arm64",
    "linux/386",
    "linux/arm/v6",
    "linux/arm/v7",
    "linux/ppc64le",
    "linux/s390x",
];

export interface TreeManifest {
    readonly digest: string;
    readonly bytes: Buffer;
    readonly mediaType: string;
}

/** Everything that a push of one image sends. */
export interface ImageTree {
    /** Digest of the manifest that a tag would name: the last of `manifests`. */
    readonly root: string;
    readonly mediaType: string;
    readonly blobs: ReadonlyMap<string, Buffer>;
    /** Children before those that name them. */
    readonly manifests: readonly TreeManifest[];
}

export interface ImageOptions {
    /** Equal seeds give equal bytes. @default a random one */
    readonly seed?: string;
    /** @default oci */
    readonly family?: Family;
    /** How many layers each image has. @default 2 */
    readonly layers?: number;
    /** Bytes of each layer before its compression, which random bytes do not get. @default 2000 */
    readonly layerBytes?: number;
    /** 0 packs without compressing, which for large layers of random bytes saves seconds. @default zlib's 6 */
    readonly gzipLevel?: number;
    /** `linux/arm64/v8`. @default linux/amd64 */
    readonly platform?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly subject?: ImageTree;
}

export interface IndexOptions extends Omit<ImageOptions, "platform"> {
    /** @default linux/amd64, linux/arm64 */
    readonly platforms?: readonly string[];
    /** Adds a BuildKit attestation of platform unknown/unknown for each image. @default false */
    readonly attestations?: boolean;
}

/** One image for one platform. */
export function singleImage(options: ImageOptions = {}): ImageTree {
    const seed = options.seed ?? randomUUID();
    const platform = options.platform ?? "linux/amd64";
    const layers = Array.from({ length: options.layers ?? 2 }, (_, number) =>
        tarOf([
            { path: `data/${platform}/${number}`, bytes: noise(`${seed}${platform}${number}`, options.layerBytes) },
        ]),
    );
    return imageOf(layers, { ...options, platform });
}

/** An image from layers that the caller has as tars; each is compressed here. */
export function imageOf(layers: readonly Buffer[], options: ImageOptions = {}): ImageTree {
    const types = FAMILIES[options.family ?? "oci"];
    const config = jsonOf({
        ...platformOf(options.platform ?? "linux/amd64"),
        config: { Cmd: ["/bin/sh"] },
        rootfs: { type: "layers", diff_ids: layers.map(sha256) },
        history: layers.map((_, number) => ({ created_by: `layer ${number}` })),
    });
    const packed = layers.map((layer) => gzipSync(layer, { level: options.gzipLevel ?? 6 }));
    const manifest = {
        schemaVersion: 2,
        mediaType: types.manifest,
        config: descriptorOf(types.config, config),
        layers: packed.map((layer) => descriptorOf(types.layer, layer)),
        ...extras(options),
    };
    return treeOf([config, ...packed], [], types.manifest, manifest);
}

/** An image for several platforms: an OCI index, or Docker's list. */
export function imageIndex(options: IndexOptions = {}): ImageTree {
    const seed = options.seed ?? randomUUID();
    const { annotations: _, subject: __, ...common } = options;
    const images = (options.platforms ?? ["linux/amd64", "linux/arm64"]).map((platform): [string, ImageTree] => [
        platform,
        singleImage({ ...common, seed, platform }),
    ]);
    return indexOf(images, options);
}

/** An index over images that the caller has. */
export function indexOf(images: readonly (readonly [string, ImageTree])[], options: IndexOptions = {}): ImageTree {
    const types = FAMILIES[options.family ?? "oci"];
    const children = images.map(([platform, tree]) => ({ ...rootOf(tree), platform: platformOf(platform) }));
    const attestations = options.attestations ? images.map(([, tree]) => attestationOf(tree)) : [];
    const index = {
        schemaVersion: 2,
        mediaType: types.index,
        manifests: [...children, ...attestations.map(({ descriptor }) => descriptor)],
        ...extras(options),
    };
    return treeOf([], [...images.map(([, tree]) => tree), ...attestations.map(({ tree }) => tree)], types.index, index);
}

/** An artifact as signatures are: an empty config and one blob; with a subject it is that image's referrer. */
export function artifact(
    options: Pick<ImageOptions, "seed" | "annotations" | "subject"> & { readonly artifactType?: string } = {},
): ImageTree {
    const artifactType = options.artifactType ?? "application/vnd.example.signature.v1";
    const empty = Buffer.from("{}");
    const payload = Buffer.from(`signature ${options.seed ?? randomUUID()}`);
    const manifest = {
        schemaVersion: 2,
        mediaType: FAMILIES.oci.manifest,
        artifactType,
        config: descriptorOf("application/vnd.oci.empty.v1+json", empty),
        layers: [descriptorOf("application/octet-stream", payload)],
        ...extras(options),
    };
    return treeOf([empty, payload], [], FAMILIES.oci.manifest, manifest);
}

/** What BuildKit adds for provenance: a child which no platform runs. */
function attestationOf(image: ImageTree) {
    const types = FAMILIES.oci;
    const statement = jsonOf({ _type: "https://in-toto.io/Statement/v0.1", subject: [{ digest: image.root }] });
    const config = jsonOf({
        architecture: "unknown",
        os: "unknown",
        config: {},
        rootfs: { type: "layers", diff_ids: [sha256(statement)] },
    });
    const tree = treeOf([config, statement], [], types.manifest, {
        schemaVersion: 2,
        mediaType: types.manifest,
        config: descriptorOf(types.config, config),
        layers: [descriptorOf("application/vnd.in-toto+json", statement)],
    });
    const annotations = {
        "vnd.docker.reference.digest": image.root,
        "vnd.docker.reference.type": "attestation-manifest",
    };
    const platform = { architecture: "unknown", os: "unknown" };
    return { tree, descriptor: { ...rootOf(tree), platform, annotations } };
}

function treeOf(blobs: readonly Buffer[], below: readonly ImageTree[], mediaType: string, body: object): ImageTree {
    const bytes = jsonOf(body);
    const digest = sha256(bytes);
    const manifests = [...below.flatMap((tree) => tree.manifests), { digest, bytes, mediaType }];
    return {
        root: digest,
        mediaType,
        blobs: new Map([
            ...below.flatMap((tree) => [...tree.blobs]),
            ...blobs.map((blob) => [sha256(blob), blob] as const),
        ]),
        manifests: manifests.filter(
            (one, index) => manifests.findIndex((other) => other.digest === one.digest) === index,
        ),
    };
}

function extras({ annotations, subject }: Pick<ImageOptions, "annotations" | "subject">): object {
    return { ...(annotations && { annotations }), ...(subject && { subject: rootOf(subject) }) };
}

function rootOf(tree: ImageTree) {
    return { mediaType: tree.mediaType, digest: tree.root, size: tree.manifests.at(-1)?.bytes.length ?? 0 };
}

function descriptorOf(mediaType: string, bytes: Buffer) {
    return { mediaType, digest: sha256(bytes), size: bytes.length };
}

function platformOf(text: string) {
    const [os, architecture, variant] = text.split("/");
    return { architecture, os, ...(variant && { variant }) };
}

/** Indented, as tools write it: whoever parses and writes it again changes the digest, and is found out. */
function jsonOf(value: object): Buffer {
    return Buffer.from(JSON.stringify(value, null, 3));
}

/** Bytes that do not compress, made from a seed. */
export function noise(seed: string, length = 2000): Buffer {
    const key = createHash("sha256").update(seed).digest();
    return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha256(bytes: Uint8Array): string {
    return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
