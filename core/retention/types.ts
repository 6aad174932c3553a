import type { TagSelector } from "../catalog";

/** One manifest that a registry stores, as its own listing tells of it: an index, an image, a signature. */
export interface Version {
    readonly digest: string;
    readonly tags: readonly string[];
    /** When it was pushed, or last changed: the later of both. ISO 8601; what has no time counts as new. */
    readonly changedAt?: string;
}

/** What one manifest points at. */
export interface Contents {
    /** Of an index, in its order. `leaf`: by its media type it is one image, which has no children of its own. */
    readonly children: readonly { readonly digest: string; readonly leaf: boolean }[];
    /** What it is about: it is a signature, an attestation, an SBOM of that digest. */
    readonly subject?: string;
    /** What the registry's own API says is about it. */
    readonly referrers?: readonly string[];
}

/** A manifest that should have been read, and why it could not be: one clause. */
export interface Unread {
    readonly unread: string;
}

/** What is known of the manifests, by digest; what nobody asked for is not in it. */
export type Knowledge = ReadonlyMap<string, Contents | Unread>;

/** What stays, whatever else the rules take. */
export interface KeepRules {
    /** So many versions with a tag of their own, the last changed ones. */
    readonly newest?: number;
    /** Tags by name, and tags that a selector of the catalogue's grammar chooses among those of the repository. */
    readonly tags?: readonly (string | TagSelector)[];
    /** Milliseconds since the last change. @default one day: a push brings an index after its children */
    readonly youngerThan?: number;
    readonly digests?: readonly string[];
}

/** What of a repository is to go, and what is to stay. */
export interface RetentionRules {
    /** `untagged`: only what no tag leads to. `all`: also tagged versions that nothing keeps. @default "untagged" */
    readonly clean?: "untagged" | "all";
    readonly keep?: KeepRules;
    /**
     * Signatures and the like of images that this repository does not have: they may be of images in another one
     * (cosign's COSIGN_REPOSITORY). @default "keep"
     */
    readonly orphans?: "keep" | "delete";
}

/** What a catalogue and its locks say of one repository: no rule takes it. */
export interface Protection {
    /** Tags that the catalogue shows there. */
    readonly tags: readonly string[];
    /** The same by rules, which choose among the repository's tags. */
    readonly selectors: readonly TagSelector[];
    /** A digest, or the begin of one (`digestBegin`) -> whose: `roll-back digest of explorer:0.11.0`. */
    readonly digests: ReadonlyMap<string, string>;
}

export const NO_PROTECTION: Protection = { tags: [], selectors: [], digests: new Map() };

export interface RetentionInput {
    readonly versions: readonly Version[];
    readonly contents: Knowledge;
    readonly rules: RetentionRules;
    readonly protection?: Protection;
    /** Digest -> why the registry does not let it be deleted; found out by trying. */
    readonly refused?: ReadonlyMap<string, string>;
    /** Digests that were deleted on purpose: what is left of them belongs to no other repository. */
    readonly deleted?: ReadonlySet<string>;
    readonly now: Date;
}

/** Why a version stays, as one word for programs. */
export type KeepCause =
    | "digest"
    | "lock"
    | "refused"
    | "catalog"
    | "roll-back"
    | "tag"
    | "newest"
    | "young"
    | "age-unknown"
    | "tagged"
    | "orphan"
    | "child"
    | "referrer"
    | "subject"
    | "unproven";

export interface Reason {
    readonly cause: KeepCause;
    readonly reason: string;
}

export interface KeptVersion extends Reason {
    readonly version: Version;
    /** For people: `tag 0.11.0 is one of the 5 newest`, `child of 0.11.0`, `signature of 0.11.0`. */
    readonly reason: string;
}

export interface RetentionPlan {
    /** In the order in which it is safe to delete: whatever is still there is whole at any time. */
    readonly delete: readonly Version[];
    readonly keep: readonly KeptVersion[];
    /** What could not be read. While there is any, nothing is deleted: what it leads to is not known. */
    readonly unknown: readonly { readonly version: Version; readonly why: string }[];
    /** Signatures and the like that are kept only because their image is not in this repository. */
    readonly orphans: number;
}
