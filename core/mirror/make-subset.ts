import { TransshipError } from "../errors";
import { isIndexType, parseManifest, requirePlatforms, subsetIndex } from "../oci";
import type { RawManifest } from "./image-carrier";
import type { Registries } from "./observe";
import type { Place } from "./plan";
import { platformOfImage } from "./platforms";

/** What a carry made of an image, and what was left out. */
export interface MadeSubset {
    /** The image's digest. */
    readonly of: string;
    /** Those that were chosen, as its index names them. */
    readonly platforms: readonly string[];
    /** How many there are. */
    readonly total: number;
}

/** A manifest, and where it was made for a target what it was made of. */
export interface MadeManifest extends RawManifest {
    readonly subset?: MadeSubset;
}

/** The children that are carried of an image for these platforms. @throws PlatformMissingError */
export function childrenFor({ bytes, content, digest }: RawManifest, platforms: readonly string[]): string[] {
    if (!isIndexType(content.mediaType)) {
        return [];
    }
    const made = subsetIndex(bytes, content, digest, platforms);
    return parseManifest(made.bytes, content.mediaType).manifests.map((child) => child.digest);
}

/**
 * What is to be carried of an image for these platforms: of an index a smaller one, or the index itself where nothing is
 * left out. An image of one platform must be for the one that is wanted, which its config tells, for one GET. An
 * artifact is for no platform, and is carried as it is.
 *
 * @param from where its config can be read
 * @throws PlatformMissingError
 */
export async function makeSubset(
    image: RawManifest,
    platforms: readonly string[],
    from: Place,
    registries: Registries,
): Promise<MadeManifest> {
    const { bytes, content, digest } = image;
    if (isIndexType(content.mediaType)) {
        const made = subsetIndex(bytes, content, digest, platforms);
        const subset = { of: digest, platforms: made.platforms, total: made.total };
        return made.digest === digest
            ? { ...image, subset }
            : { ...image, ...made, content: parseManifest(made.bytes, content.mediaType), subset };
    }
    if (content.kind === "artifact") {
        return { ...image, subset: { of: digest, platforms: [], total: 0 } };
    }
    const platform = await platformOfImage(content, from, registries);
    if (platform === undefined) {
        const why = 'its config names no platform; write "platforms: all" for it in the catalogue';
        throw new TransshipError("PLATFORM_MISSING", why);
    }
    requirePlatforms(platform, platforms);
    return { ...image, subset: { of: digest, platforms: [...platforms], total: 1 } };
}
