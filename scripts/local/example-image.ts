import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Descriptor, digestOf, MediaType } from "../../core/oci";
import { tar } from "./tar";

/** A manifest as it is pushed. */
export interface ExampleManifest {
    readonly bytes: Buffer;
    readonly mediaType: string;
    readonly digest: string;
}

/** A small image for two platforms, with everything that a push needs, in its order. */
export interface ExampleImage {
    readonly blobs: readonly { readonly digest: string; readonly bytes: Buffer }[];
    /** The platforms' manifests, in the root's order. */
    readonly children: readonly ExampleManifest[];
    /** The index (or Docker's manifest list) that the tag names. */
    readonly root: ExampleManifest;
}

export interface ExampleImageOptions {
    /** What the image is called inside; equal names and tags make equal bytes. */
    readonly name: string;
    readonly tag: string;
    /** @default oci */
    readonly family?: "oci" | "docker";
    /** Bytes of each platform's own layer before compression, which they withstand. @default 48 KiB */
    readonly layerBytes?: number;
}

const PLATFORMS = [
    { os: "linux", architecture: "amd64" },
    { os: "linux", architecture: "arm64" },
] as const;

const TYPES = {
    oci: {
        index: MediaType.ociIndex,
        manifest: MediaType.ociManifest,
        config: "application/vnd.oci.image.config.v1+json",
        layer: "application/vnd.oci.image.layer.v1.tar+gzip",
    },
    docker: {
        index: MediaType.dockerList,
        manifest: MediaType.dockerManifest,
        config: "application/vnd.docker.container.image.v1+json",
        layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    },
} as const;

/** Builds the image: a layer that all tags and platforms share, and one of each platform's own. */
export function exampleImage(options: ExampleImageOptions): ExampleImage {
    const types = TYPES[options.family ?? "oci"];
    const blobs = new Map<string, Buffer>();
    const add = (bytes: Buffer, mediaType: string): Descriptor => {
        const digest = digestOf(bytes);
        blobs.set(digest, bytes);
        return { mediaType, digest, size: bytes.length };
    };
    const children = PLATFORMS.map((platform) => {
        const layers = [sharedLayer(options), platformLayer(options, platform.architecture)];
        const config = add(json(configOf(platform, layers)), types.config);
        const described = layers.map((layer) => add(gzipSync(layer, { level: 9 }), types.layer));
        return manifest({ config, layers: described }, types.manifest);
    });
    const manifests = children.map(({ mediaType, digest, bytes }, index) => ({
        mediaType,
        digest,
        size: bytes.length,
        platform: PLATFORMS[index],
    }));
    const entries = [...blobs].map(([digest, bytes]) => ({ digest, bytes }));
    return { blobs: entries, children, root: manifest({ manifests }, types.index) };
}

function sharedLayer({ name }: ExampleImageOptions): Buffer {
    const release = `NAME="Transship example"\nID=transship-example\nPRETTY_NAME="${name}, an example without a program"\n`;
    return tar([{ path: "etc/os-release", content: Buffer.from(release) }]);
}

function platformLayer(options: ExampleImageOptions, architecture: string): Buffer {
    const content = noise(`${options.name}:${options.tag} ${architecture}`, options.layerBytes ?? 48 * 1024);
    const version = Buffer.from(`${options.tag}\n`);
    return tar([
        { path: "usr/share/example/payload", content },
        { path: "usr/share/example/version", content: version },
    ]);
}

/** Bytes that look random and are not: what a program's own layer costs to carry. */
function noise(seed: string, length: number): Buffer {
    const parts: Buffer[] = [];
    for (let index = 0; index * 64 < length; index += 1) {
        parts.push(createHash("sha512").update(`${seed} ${index}`).digest());
    }
    return Buffer.concat(parts).subarray(0, length);
}

function configOf(platform: (typeof PLATFORMS)[number], layers: readonly Buffer[]): object {
    return {
        created: "2024-01-01T00:00:00Z",
        ...platform,
        config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
        rootfs: { type: "layers", diff_ids: layers.map((layer) => digestOf(layer)) },
        history: layers.map(() => ({ created: "2024-01-01T00:00:00Z", created_by: "transship example" })),
    };
}

function manifest(body: object, mediaType: string): ExampleManifest {
    const bytes = json({ schemaVersion: 2, mediaType, ...body });
    return { bytes, mediaType, digest: digestOf(bytes) };
}

function json(value: object): Buffer {
    return Buffer.from(JSON.stringify(value));
}
