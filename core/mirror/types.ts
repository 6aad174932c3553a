import type { Copy, LockedSubset, OnForeignDigest, Upstream } from "../catalog";

/** What the world looks like: the state of one tag at one registry. */
export type CopyState =
    | { readonly status: "present"; readonly digest: string; readonly mediaType: string; readonly size: number }
    /** Only a proven 404. */
    | { readonly status: "missing" }
    /** Could not be asked: 401, 403, 429, 5xx, network. Never drift, never consistent. */
    | { readonly status: "unknown"; readonly code: string; readonly message: string };

/** What a target's manifest tells of itself, where neither its digest nor a lock says what it is a part of. */
export type Origin =
    /** It is made of the image `of`; `fits`: it has the platforms that are wanted, and no others. */
    | { readonly of: string; readonly fits: boolean }
    /** It was not asked: the state of the stack, which is not at hand, is likely to know. */
    | { readonly of?: undefined; readonly deferred: true }
    /** It does not tell, or could not be asked; a clause. */
    | { readonly of?: undefined; readonly deferred?: undefined; readonly unproven: string };

/** How a target's content compares with what is wanted, where their digests differ. */
export interface Comparison {
    /** What the target showed, and what was wanted: of any other pair it says nothing. */
    readonly digest: string;
    readonly wanted: string;
    /** Absent where it was not, or could not be, compared. */
    readonly same?: boolean;
    /** A clause: in what the two are alike or differ, or why nobody knows. */
    readonly words: string;
}

/** What a registry proves not to have below a manifest that it shows. */
export interface Lacking {
    /** The manifest's. */
    readonly digest: string;
    /** Manifests and blobs that are gone: a 404 for each. */
    readonly gone: readonly string[];
    /** A clause: how many of how many. */
    readonly words: string;
}

export interface ObservedCopy extends Copy {
    readonly state: CopyState;
    readonly origin?: Origin;
    readonly comparison?: Comparison;
    readonly lacking?: Lacking;
}

export interface Observation {
    /** In the catalogue's order: image, tag, source first, then the targets. */
    readonly copies: readonly ObservedCopy[];
}

/**
 * The verdict on one copy.
 *
 * - `subset`: the wanted image with fewer platforms, as the catalogue lists them, or as its source still has them.
 * - `pending`: never carried yet, or with other platforms than the catalogue lists now; work, not drift.
 * - `waiting`: held back until the previous environment has proven its digest.
 * - `missing`, `different`, `stale`, `same-content`, `locked-mismatch`: proven drift. `stale`: an older digest of the
 *   lock's history; `same-content`: other bytes of the manifest, of the same config and layers.
 * - `moved-upstream`: news under `locked`, not drift.
 * - `unknown`: could not be asked, or could not be judged since its source could not be asked.
 */
export type Verdict =
    | "consistent"
    | "subset"
    | "pending"
    | "waiting"
    | "missing"
    | "different"
    | "stale"
    | "same-content"
    | "moved-upstream"
    | "locked-mismatch"
    | "unknown";

/** What a repair does with a copy; `refuse`: the digest there was never ours; `impossible`: nothing that we may do helps. */
export type Action = "none" | "carry" | "refuse" | "impossible";

export interface JudgedCopy extends ObservedCopy {
    readonly verdict: Verdict;
    /** The digest that its tag should have, where that is known: of the whole image. */
    readonly wanted?: string;
    /** The platforms of it that are wanted here, where that is not all. */
    readonly platforms?: readonly string[];
    /** What is proven to be the wanted digest's subset of these platforms: what the copy should show. */
    readonly subset?: LockedSubset;
    /** Only its own annotation calls it a subset; whoever writes asks the source before that is relied upon. */
    readonly claimed?: true;
    /** What the wanted index lists and its source does not have. */
    readonly missing?: readonly string[];
    /** In words, why: one clause without a full stop. */
    readonly reason: string;
    /** What the authority's registry said, where `reason` is that it could not be asked; a full sentence. */
    readonly cause?: string;
    readonly action: Action;
    /** The digest at a target which a roll-back needs; it gets a tag of its own before the tag moves. */
    readonly keeps?: string;
    /** The catalogue's waiver or maintenance window that covers its drift now: shown, and counted as no drift. */
    readonly waived?: Waived;
}

/** Why drift of a copy counts as none for a while. */
export interface Waived {
    /** ISO 8601; from then on it counts. */
    readonly until: string;
    readonly reason: string;
}

/**
 * What a look found beside the verdicts on digests: something that equal digests do not tell.
 *
 * - `drift`: proven wrong; counts like a drifted copy. `unknown`: could not be asked. `warning`: to be known, no fault.
 */
export interface Finding {
    /** Stable: `BLOBS_UNKNOWN`, `REFERRERS_MISSING`, `NOT_PUBLIC`, `TOO_FEW_COPIES`, … */
    readonly code: string;
    readonly severity: "drift" | "unknown" | "warning";
    readonly image: string;
    readonly tag: string;
    /** Absent where it is about all copies of the tag. */
    readonly registry?: string;
    readonly repository?: string;
    readonly reference?: string;
    /** One sentence: what is wrong with which image where, and what to do. */
    readonly message: string;
    readonly waived?: Waived;
}

/** What covers drift of a copy, or without a registry of a whole tag; undefined where nothing does. */
export type WaivedAt = (subject: Pick<Copy, "image" | "tag"> & { readonly registry?: string }) => Waived | undefined;

/** A subset, and the digest of the image that it was made of. */
export interface KnownSubset extends LockedSubset {
    readonly of: string;
}

/** What is known of a digest that a tag had before. */
export interface PastDigest {
    /** When it was replaced, ISO 8601; only the last one's time is known. */
    readonly until?: string;
    /** It was made of some platforms of what the tag was before. */
    readonly isSubset?: true;
}

/** What a judgement needs beside the catalogue and the look. */
export interface Circumstances {
    readonly upstream: Upstream;
    readonly onForeignDigest: OnForeignDigest;
    /** The wish for one tag under `locked`. */
    wish(image: string, tag: string): string | undefined;
    /** Every digest that was ever ours for this tag: the lock's and its history. */
    known(image: string, tag: string): ReadonlySet<string>;
    /** What is known of one of those; undefined for a digest that was never ours. */
    past(image: string, tag: string, digest: string): PastDigest | undefined;
    /** What was made of this tag's digests for its targets. */
    subsets(image: string, tag: string): readonly KnownSubset[];
    /** What is missing below a digest of this image; empty where nothing is known to be. */
    missing(image: string, digest: string): readonly string[];
    /** Whether this copy was proven before, so that its absence is drift and not work. */
    carried(copy: Copy): boolean;
    /** With `promoteFrom`, a tag without a wish waits. */
    readonly promoteFrom?: string;
    /** Why a tag without a wish waits for another reason, as a clause. */
    readonly waits?: (image: string, tag: string) => string | undefined;
    /** What covers drift of this copy at the moment of the look. Default: nothing. */
    readonly waived?: WaivedAt;
}
