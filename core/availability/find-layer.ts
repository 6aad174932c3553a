import type { Copy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { type Descriptor, isForeignLayerType, isUnknownPlatform, type Manifest, parseManifest } from "../oci";
import type { RegistryPool } from "../registry";

/** A copy that a survey found. */
export interface FoundCopy {
    readonly copy: Copy;
    readonly digest: string;
}

/** The layer of an image which is read, or why there is none. */
export type FoundLayer =
    | { readonly digest: string; readonly size: number }
    | { readonly size?: undefined; readonly code: string; readonly reason: string };

/**
 * The layer to read of one digest: the smallest of at least `bytes`, else the largest. Its manifest is read where that
 * is free, since equal digests are equal bytes; at a registry that counts pulls it costs two, an index and a child, and
 * is not sent where it would go below `keepRemaining`.
 *
 * @param places where the digest is; one at least
 */
export async function findLayer(places: readonly FoundCopy[], bytes: number, pool: RegistryPool): Promise<FoundLayer> {
    const free = ({ copy }: FoundCopy) => pool.client(copy.registry).pullsOf(copy.repository) === undefined;
    let failure: FoundLayer | undefined;
    for (const place of [...places].sort((a, b) => Number(free(b)) - Number(free(a)))) {
        try {
            return chooseLayer(await readImage(place, pool), bytes);
        } catch (error) {
            const code = error instanceof TransshipError ? error.code : "INTERNAL";
            failure ??= { code, reason: describeError(error) };
        }
    }
    return failure ?? NOTHING;
}

const NOTHING: FoundLayer = { code: "NO_LAYER", reason: "The image has no layer that a registry keeps." };

async function readImage({ copy, digest }: FoundCopy, pool: RegistryPool): Promise<Manifest> {
    const client = pool.client(copy.registry);
    const root = await client.getManifest(copy.repository, digest);
    const manifest = parseManifest(root.bytes, root.mediaType);
    const child = manifest.kind === "index" ? chooseChild(manifest.manifests) : undefined;
    if (child === undefined) {
        return manifest;
    }
    const { bytes, mediaType } = await client.getManifest(copy.repository, child.digest);
    return parseManifest(bytes, mediaType);
}

/** What most machines pull; attestations have an unknown platform and no layer that anybody waits for. */
function chooseChild(children: readonly Descriptor[]): Descriptor | undefined {
    const images = children.filter(({ platform }) => platform === undefined || !isUnknownPlatform(platform));
    const common = images.find(({ platform }) => platform?.os === "linux" && platform.architecture === "amd64");
    return common ?? images[0];
}

function chooseLayer({ layers }: Manifest, bytes: number): FoundLayer {
    const own = layers
        .filter(({ mediaType, size }) => !isForeignLayerType(mediaType) && size > 0)
        .sort((a, b) => a.size - b.size);
    const chosen = own.find(({ size }) => size >= bytes) ?? own.at(-1);
    return chosen === undefined ? NOTHING : { digest: chosen.digest, size: chosen.size };
}
