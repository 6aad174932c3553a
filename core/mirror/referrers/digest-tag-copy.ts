import type { Manifest } from "../../oci";
import { isGone, type PutResult } from "../../registry";
import type { ImageCarrier, RawManifest } from "../image-carrier";
import type { Registries } from "../observe";
import type { Place } from "../plan";
import { ReadFailure } from "../read-failure";

export type DigestTagCopy =
    | { readonly manifest: RawManifest; readonly pushed?: PutResult; readonly kept?: undefined }
    /** Why the target's own was left alone, as a sentence. */
    | { readonly kept: string };

interface Tools {
    readonly registries: Registries;
    readonly images: ImageCarrier;
}

/**
 * Copies one tag such as `sha256-<hex>.sig` with what is below it. cosign adds to what such a tag holds: a target's that
 * has nothing beyond the source's is an older one and is replaced; one that has more is somebody's own signature, and is
 * left alone unless `overwrite` says otherwise. Costs a HEAD at either end where both are the same.
 */
export async function bringDigestTag(
    tag: string,
    from: Place,
    to: Place,
    overwrite: boolean,
    { registries, images }: Tools,
): Promise<DigestTagCopy> {
    const target = registries.client(to.registry);
    const digest = await headDigest(registries, from, tag).catch((error: unknown) => {
        throw new ReadFailure(error);
    });
    const present = await headDigest(registries, to, tag).catch((error: unknown) =>
        isGone(error) ? undefined : Promise.reject(error),
    );
    if (present === digest) {
        return { manifest: await images.read(digest, to) };
    }
    if (present !== undefined && !overwrite) {
        const [theirs, ours] = [await images.read(present, to), await images.read(digest, from)];
        if (!holdsAll(ours.content, theirs.content)) {
            return {
                kept:
                    `the tag ${tag} at ${to.registry} has ${present}, which holds what ${digest} of ${from.registry} does ` +
                    'not, and was left alone; "onForeignDigest: overwrite" would replace it',
            };
        }
    }
    const manifest = await images.bring(digest, from, {
        registry: to.registry,
        repository: to.repository,
        isNew: false,
    });
    return { manifest, pushed: await target.putManifest(to.repository, tag, manifest.bytes, manifest.mediaType) };
}

async function headDigest(registries: Registries, place: Place, tag: string): Promise<string> {
    return (await registries.client(place.registry).headManifest(place.repository, tag)).digest;
}

/** Whether one has all that the other holds. */
export function holdsAll(one: Manifest, other: Manifest): boolean {
    const parts = new Set([...one.layers, ...one.manifests].map(({ digest }) => digest));
    return [...other.layers, ...other.manifests].every(({ digest }) => parts.has(digest));
}
