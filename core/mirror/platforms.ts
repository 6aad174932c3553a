import { formatPlatform, isIndexType, type Manifest, parseManifest } from "../oci";
import type { RegistryClient } from "../registry";
import type { Registries } from "./observe";
import type { Place } from "./plan";

/** A config this large is no config. */
const MAXIMUM_CONFIG_BYTES = 8 * 1024 * 1024;

/**
 * Which platforms an image is for, each with the digest of its own manifest: Lambda and ECS take no index. Costs one
 * GET of the manifest, and for a single manifest one of its config. Attestations (`unknown/unknown`) are no platforms.
 *
 * @param known the manifest, where a carry has read it already: it is not asked for again
 */
export async function describePlatforms(
    digest: string,
    place: Place,
    registries: Registries,
    known?: Manifest,
): Promise<Record<string, string>> {
    const client = registries.client(place.registry);
    const manifest = known ?? (await readManifest(digest, place, client));
    if (isIndexType(manifest.mediaType)) {
        const children = manifest.manifests.filter(
            ({ platform }) => platform !== undefined && platform.os !== "unknown",
        );
        return Object.fromEntries(
            children.map((child) => [child.platform === undefined ? "" : formatPlatform(child.platform), child.digest]),
        );
    }
    if (manifest.config === undefined || manifest.config.size > MAXIMUM_CONFIG_BYTES) {
        return {};
    }
    const { body } = await client.getBlob(place.repository, manifest.config.digest);
    const platform = platformOfConfig(await collect(body));
    return platform === undefined ? {} : { [platform]: digest };
}

async function readManifest(digest: string, place: Place, client: RegistryClient): Promise<Manifest> {
    const { bytes, mediaType } = await client.getManifest(place.repository, digest);
    return parseManifest(bytes, mediaType);
}

function platformOfConfig(config: Buffer): string | undefined {
    try {
        const { os, architecture, variant } = JSON.parse(config.toString("utf8")) as Record<string, unknown>;
        if (typeof os === "string" && typeof architecture === "string") {
            return formatPlatform({ os, architecture, ...(typeof variant === "string" ? { variant } : {}) });
        }
    } catch {
        // An artifact's config need not be JSON: it has no platform.
    }
    return undefined;
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
