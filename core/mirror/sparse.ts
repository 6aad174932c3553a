import { TransshipError } from "../errors";
import { type Descriptor, formatPlatform, isUnknownPlatform, parseManifest } from "../oci";
import { isGone, RegistryError } from "../registry";
import { eachLimited } from "./each-limited";
import type { RawManifest } from "./image-carrier";
import type { Registries } from "./observe";
import type { Place } from "./plan";
import { ReadFailure } from "./read-failure";

/** An index lists a child that the place it is read from proves not to have. Internal, as every ReadFailure. */
export class ChildGone extends ReadFailure {
    constructor(
        readonly child: Descriptor,
        cause: unknown,
    ) {
        super(cause);
    }
}

/** Turns the failure to read a child into a `ChildGone` where it is proven. */
export function markGone(child: Descriptor): (error: unknown) => never {
    return (error) => {
        const cause = error instanceof ReadFailure ? error.cause : error;
        throw isGone(cause) ? new ChildGone(child, cause) : error;
    };
}

/** Goes on without a child that is proven to be gone, where that is wanted. */
export function leaveOut(child: Descriptor, { sparse }: { readonly sparse: boolean }) {
    return (error: unknown): readonly Descriptor[] => {
        if (sparse && error instanceof ChildGone && error.child.digest === child.digest) {
            return [child];
        }
        throw error;
    };
}

/** A child for people: its platform, else its digest. */
export function nameChild({ platform, digest }: Descriptor): string {
    return platform === undefined || isUnknownPlatform(platform) ? digest : formatPlatform(platform);
}

/**
 * Why an index without some of its children could not be set. Most registries check an index's children, and refuse it
 * (distribution: 400 MANIFEST_BLOB_UNKNOWN).
 */
export function explainSparse(manifest: RawManifest, missing: readonly Descriptor[]): (error: unknown) => never {
    return (error) => {
        const refused = error instanceof RegistryError && [400, 404, 422].includes(error.status ?? 0);
        throw refused && missing.length > 0 ? sparseError(manifest, missing, error) : error;
    };
}

function sparseError({ content }: RawManifest, missing: readonly Descriptor[], cause: unknown): TransshipError {
    const lost = new Set(missing.map(({ digest }) => digest));
    const rest = content.manifests.flatMap((child) => {
        const { platform, digest } = child;
        return platform === undefined || isUnknownPlatform(platform) || lost.has(digest) ? [] : [nameChild(child)];
    });
    const way =
        rest.length === 0 ? "" : `; write "platforms: [${[...new Set(rest)].join(", ")}]" to carry what there is`;
    return new TransshipError(
        "INDEX_SPARSE",
        `its index lists ${missing.map(nameChild).join(", ")}, which its source does not have, and the target ` +
            `takes no index without all that it lists${way}`,
        { cause },
    );
}

/**
 * What an index lists and its repository does not have, asked for by one GET and a HEAD for each child: equal digests
 * say nothing about it. Throws what could not be asked. Children of children are not asked for.
 */
export async function findMissingChildren(digest: string, place: Place, registries: Registries): Promise<Descriptor[]> {
    const client = registries.client(place.registry);
    const { bytes, mediaType } = await client.getManifest(place.repository, digest);
    const { manifests } = parseManifest(bytes, mediaType);
    const missing = await eachLimited(manifests, 16, async (child) => {
        const seen = await client.headManifest(place.repository, child.digest).catch((error: unknown) => {
            return isGone(error) ? undefined : Promise.reject(error);
        });
        return seen === undefined ? [child] : [];
    });
    return missing.flat();
}
