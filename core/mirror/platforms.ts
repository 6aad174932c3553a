import { formatPlatform, isIndexType, type Manifest, type Platform, parseManifest } from "../oci";
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
    const platform = await platformOfImage(manifest, place, registries);
    if (platform === undefined) {
        return {};
    }
    const { "os.version": _version, ...named } = platform;
    return { [formatPlatform(named)]: digest };
}

/** The platform that an image's config names; one GET of it. */
export async function platformOfImage(
    { config }: Manifest,
    place: Place,
    registries: Registries,
): Promise<Platform | undefined> {
    if (config === undefined || config.size > MAXIMUM_CONFIG_BYTES) {
        return undefined;
    }
    const { body } = await registries.client(place.registry).getBlob(place.repository, config.digest);
    return platformOfConfig(await collect(body));
}

async function readManifest(digest: string, place: Place, client: RegistryClient): Promise<Manifest> {
    const { bytes, mediaType } = await client.getManifest(place.repository, digest);
    return parseManifest(bytes, mediaType);
}

function platformOfConfig(config: Buffer): Platform | undefined {
    try {
        const { os, architecture, variant, "os.version": version } = JSON.parse(config.toString("utf8"));
        if (typeof os === "string" && typeof architecture === "string") {
            return {
                os,
                architecture,
                ...(typeof variant === "string" ? { variant } : {}),
                ...(typeof version === "string" ? { "os.version": version } : {}),
            };
        }
    } catch {
        // An artifact's config need not be JSON: it has no platform.
    }
    return undefined;
}

/** All bytes of a body that is known to be small. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
