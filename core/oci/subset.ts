import { TransshipError } from "../errors";
import type { Descriptor } from "./descriptor";
import { digestOf } from "./digest";
import { itemsOf, membersOf } from "./json-spans";
import { InvalidManifestError, type Manifest } from "./manifest";
import { MediaType } from "./media-types";
import { formatPlatform, isUnknownPlatform, matchesPlatform, type Platform, parsePlatform } from "./platform";

/** On an index that was made of some children of another: that one's digest. */
export const SUBSET_OF = "io.transship.subset-of";

/** BuildKit's mark on an attestation: the child that it is about. */
const ATTESTED = "vnd.docker.reference.digest";

/** An index with some children of another one; its very bytes where none is left out. */
export interface IndexSubset {
    readonly bytes: Buffer;
    readonly digest: string;
    /** The platforms that it has, in the order of the index. */
    readonly platforms: readonly string[];
    /** How many platforms there were. Attestations are none. */
    readonly total: number;
}

/** The source has no such platform. Code `PLATFORM_MISSING`. */
export class PlatformMissingError extends TransshipError {
    override readonly name: string = "PlatformMissingError";

    /** @param have platforms that there are */
    constructor(lacking: readonly string[], have: readonly string[]) {
        const known = have.length === 0 ? "it names none at all" : `it has ${[...new Set(have)].join(", ")}`;
        super(
            "PLATFORM_MISSING",
            `it has no ${lacking.join(" and no ")}, ${known}; correct "platforms" in the catalogue`,
        );
    }
}

/**
 * The index with only these platforms, and the attestations about them. The same index and platforms give the same
 * bytes, for ever: descriptors and whatever else the index says stand as they are written there, white space around
 * them aside. An OCI index says in an annotation what it was made of; Docker's list has no place for that. Where every
 * child that names a platform is wanted the index itself is the answer. Pure.
 *
 * @param digest the index's own
 * @param wanted `linux/arm64`; an order means nothing
 * @throws PlatformMissingError
 */
export function subsetIndex(bytes: Buffer, content: Manifest, digest: string, wanted: readonly string[]): IndexSubset {
    const runnable = content.manifests.filter((child) => platformOf(child) !== undefined);
    const names = (children: readonly Descriptor[]) =>
        children.map((child) => formatPlatform(child.platform as Platform));
    const patterns = wanted.map(parsePlatform);
    const lacking = wanted.filter(
        (_, index) => !runnable.some((child) => isFor(child, patterns.slice(index, index + 1))),
    );
    if (lacking.length > 0) {
        throw new PlatformMissingError(lacking, names(runnable));
    }
    const chosen = runnable.filter((child) => isFor(child, patterns));
    const facts = { platforms: names(chosen), total: runnable.length };
    if (chosen.length === runnable.length) {
        return { bytes, digest, ...facts };
    }
    const digests = new Set(chosen.map((child) => child.digest));
    const isKept = (child: Descriptor): boolean =>
        platformOf(child) === undefined ? digests.has(child.annotations?.[ATTESTED] ?? "") : isFor(child, patterns);
    const made = write(bytes, content, digest, isKept);
    return { bytes: made, digest: digestOf(made), ...facts };
}

/** Whether an image of one platform is all that is wanted of it. @throws PlatformMissingError */
export function requirePlatforms(actual: Platform, wanted: readonly string[]): void {
    const lacking = wanted.filter((text) => !matchesPlatform(parsePlatform(text), actual));
    if (lacking.length > 0) {
        throw new PlatformMissingError(lacking, [formatPlatform(actual)]);
    }
}

/** What an index says that it is a subset of. */
export function subsetOrigin({ annotations }: Manifest): string | undefined {
    return annotations !== undefined && Object.hasOwn(annotations, SUBSET_OF) ? annotations[SUBSET_OF] : undefined;
}

function platformOf({ platform }: Descriptor): Platform | undefined {
    return platform === undefined || isUnknownPlatform(platform) ? undefined : platform;
}

function isFor(child: Descriptor, patterns: readonly Platform[]): boolean {
    const platform = platformOf(child);
    return platform !== undefined && patterns.some((pattern) => matchesPlatform(pattern, platform));
}

function write(bytes: Buffer, content: Manifest, digest: string, isKept: (child: Descriptor) => boolean): Buffer {
    const members = membersOf(bytes.toString("utf8"));
    if (new Set(members.map(({ key }) => key)).size < members.length) {
        const why = "a key of its index stands there twice, so that two readers could disagree";
        throw new InvalidManifestError("MANIFEST_INVALID", `This index cannot be taken apart: ${why}.`);
    }
    const texts = members.flatMap(({ key, text, value }) => {
        if (key === "manifests") {
            const kept = itemsOf(value).filter((_, index) => isKept(content.manifests[index] as Descriptor));
            return [`"manifests":[${kept.join(",")}]`];
        }
        return key === "annotations" && content.mediaType === MediaType.ociIndex ? [] : [text];
    });
    if (content.mediaType === MediaType.ociIndex) {
        const others = Object.entries(content.annotations ?? {}).filter(([key]) => key !== SUBSET_OF);
        texts.push(`"annotations":${JSON.stringify(Object.fromEntries([...others, [SUBSET_OF, digest]]))}`);
    }
    return Buffer.from(`{${texts.join(",")}}`);
}
