import type { Copy, OnForeignDigest, Upstream } from "../catalog";

/** What the world looks like: the state of one tag at one registry. */
export type CopyState =
    | { readonly status: "present"; readonly digest: string; readonly mediaType: string; readonly size: number }
    /** Only a proven 404. */
    | { readonly status: "missing" }
    /** Could not be asked: 401, 403, 429, 5xx, network. Never drift, never consistent. */
    | { readonly status: "unknown"; readonly code: string; readonly message: string };

export interface ObservedCopy extends Copy {
    readonly state: CopyState;
}

export interface Observation {
    /** In the catalogue's order: image, tag, source first, then the targets. */
    readonly copies: readonly ObservedCopy[];
}

/**
 * The verdict on one copy.
 *
 * - `pending`: never carried yet; work, not drift.
 * - `waiting`: held back until the previous environment has proven its digest.
 * - `missing`, `different`, `locked-mismatch`: proven drift.
 * - `moved-upstream`: news under `locked`, not drift.
 * - `unknown`: could not be asked, or could not be judged since its source could not be asked.
 */
export type Verdict =
    | "consistent"
    | "pending"
    | "waiting"
    | "missing"
    | "different"
    | "moved-upstream"
    | "locked-mismatch"
    | "unknown";

/** What a repair does with a copy; `refuse`: the digest there was never ours; `impossible`: nothing that we may do helps. */
export type Action = "none" | "carry" | "refuse" | "impossible";

export interface JudgedCopy extends ObservedCopy {
    readonly verdict: Verdict;
    /** The digest that it should have, where that is known. */
    readonly wanted?: string;
    /** In words, why: one clause without a full stop. */
    readonly reason: string;
    /** What the authority's registry said, where `reason` is that it could not be asked; a full sentence. */
    readonly cause?: string;
    readonly action: Action;
    /** The digest at a target which a roll-back needs; it gets a tag of its own before the tag moves. */
    readonly keeps?: string;
}

/** What a judgement needs beside the catalogue and the look. */
export interface Circumstances {
    readonly upstream: Upstream;
    readonly onForeignDigest: OnForeignDigest;
    /** The wish for one tag under `locked`. */
    wish(image: string, tag: string): string | undefined;
    /** Every digest that was ever ours for this tag: the lock's and its history. */
    known(image: string, tag: string): ReadonlySet<string>;
    /** Whether this copy was proven before, so that its absence is drift and not work. */
    carried(copy: Copy): boolean;
    /** With `promoteFrom`, a tag without a wish waits. */
    readonly promoteFrom?: string;
    /** Why a tag without a wish waits for another reason, as a clause. */
    readonly waits?: (image: string, tag: string) => string | undefined;
}
