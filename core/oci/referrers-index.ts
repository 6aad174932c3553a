import { type Descriptor, isObject, present } from "./descriptor";
import { type Manifest, parseManifest, referrerType } from "./manifest";
import { MediaType } from "./media-types";

/**
 * How a list of referrers shows a manifest: with its artifact type and its annotations pulled up, which a list without
 * them (sigstore/cosign#4641) makes its readers fetch one by one (distribution-spec 1.1, "Pushing Manifests with Subject").
 */
export function describeReferrer(manifest: Manifest, digest: string, size: number): Descriptor {
    const { mediaType, annotations = {} } = manifest;
    return {
        mediaType,
        digest,
        size,
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
        ...present("artifactType", referrerType(manifest)),
    };
}

/**
 * The bytes of a referrers index with these entries added; `undefined` where it has them all. What is in it stays as it
 * is, in its order, also what is not understood here. Written as Go's clients write it, so that whoever adds the same
 * entries to the same index gets the same digest.
 *
 * @param index the present bytes, an OCI index; none where there is no list yet
 */
export function addReferrers(index: Uint8Array | undefined, referrers: readonly Descriptor[]): Buffer | undefined {
    const known = index === undefined ? [] : parseManifest(index, MediaType.ociIndex).manifests;
    const digests = new Set(known.map(({ digest }) => digest));
    const fresh: object[] = [];
    for (const referrer of referrers) {
        if (!digests.has(referrer.digest)) {
            digests.add(referrer.digest);
            fresh.push(inOrder(referrer));
        }
    }
    if (fresh.length === 0) {
        return undefined;
    }
    const empty = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [] };
    const body: unknown = index === undefined ? empty : JSON.parse(Buffer.from(index).toString("utf8"));
    const written = isObject(body) && Array.isArray(body.manifests) ? body.manifests : [];
    return Buffer.from(asGoWrites({ ...(body as object), manifests: [...written, ...fresh] }));
}

/** The keys in the order of the specification's own Go types; annotations by name. */
function inOrder(descriptor: Descriptor): object {
    const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = descriptor;
    const names = Object.keys(annotations ?? {}).sort();
    const sorted = annotations && Object.fromEntries(names.map((name) => [name, annotations[name]]));
    return { mediaType, digest, size, urls, annotations: sorted, data, platform, artifactType };
}

/** JSON as Go's encoding/json has it: five characters are escaped that JavaScript leaves as they are. */
function asGoWrites(value: unknown): string {
    return JSON.stringify(value).replace(
        /[<>&\u2028\u2029]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
