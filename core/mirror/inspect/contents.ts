import { isManifestType } from "../../oci";
import { isGone } from "../../registry";
import { blobsOf } from "../blobs-of";
import { eachLimited } from "../each-limited";
import type { RawManifest } from "../image-carrier";
import { readFirst } from "../manifest-cache";
import type { Registries } from "../observe";
import type { Place } from "../plan";
import { nameChild } from "../sparse";

/** An index in an index in an index is legal; deeper than this is an attack. */
const MAXIMUM_DEPTH = 8;
/** Children of one index that are read at a time. */
const AT_ONCE = 8;

/** What an image consists of, below the manifest that its tag names. */
export interface ImageContents {
    /** Children, each once: digest -> its platform, else its digest. */
    readonly manifests: ReadonlyMap<string, string>;
    /** Of all that could be read. Without non-distributable layers. */
    readonly blobs: ReadonlySet<string>;
}

/**
 * Reads all manifests of an image, each once, from wherever it costs least, since they are named by their digests. A
 * child that no place has is in the list, and what is below it nobody knows. Throws what could not be asked.
 *
 * @param root places that show the digest
 * @param all places that may have its children
 */
export async function readContents(
    digest: string,
    root: readonly Place[],
    all: readonly Place[],
    registries: Registries,
): Promise<ImageContents> {
    const manifests = new Map<string, string>();
    const blobs = new Set<string>();
    const add = async ({ content }: RawManifest, depth: number): Promise<void> => {
        if (depth > MAXIMUM_DEPTH) {
            throw new Error(`its indexes are nested more than ${MAXIMUM_DEPTH} deep`);
        }
        for (const blob of blobsOf(content)) {
            blobs.add(blob.digest);
        }
        for (const other of content.manifests.filter(({ mediaType }) => !isManifestType(mediaType))) {
            blobs.add(other.digest);
        }
        const children = content.manifests.filter(
            (child) => isManifestType(child.mediaType) && !manifests.has(child.digest),
        );
        for (const child of children) {
            manifests.set(child.digest, nameChild(child));
        }
        await eachLimited(children, AT_ONCE, async (child) => {
            const read = await readChild(child.digest, all, registries);
            if (read !== undefined) {
                await add(read, depth + 1);
            }
        });
    };
    await add(await readFirst(digest, root, registries), 0);
    return { manifests, blobs };
}

/** `undefined` where every place proves not to have it. */
async function readChild(
    digest: string,
    places: readonly Place[],
    registries: Registries,
): Promise<RawManifest | undefined> {
    let unknown: unknown;
    for (const place of places) {
        try {
            return await readFirst(digest, [place], registries);
        } catch (error) {
            unknown = isGone(error) ? unknown : (unknown ?? error);
        }
    }
    if (unknown !== undefined) {
        throw unknown;
    }
    return undefined;
}
