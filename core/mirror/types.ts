/** What the world looks like: the state of one tag at one registry. */
export type CopyState =
    | { readonly status: "present"; readonly digest: string; readonly mediaType: string; readonly size: number }
    /** Only a proven 404. */
    | { readonly status: "missing" }
    /** Could not be asked: 401, 403, 429, 5xx, network. Never drift, never consistent. */
    | { readonly status: "unknown"; readonly code: string; readonly message: string };

/** One tag of one image at one registry. */
export interface ObservedCopy {
    readonly image: string;
    /** The tag at the source: the image's own name for it. */
    readonly tag: string;
    readonly role: "source" | "target";
    /** Key in the catalogue's registries. */
    readonly registry: string;
    readonly repository: string;
    /** The tag at this registry. */
    readonly reference: string;
    readonly state: CopyState;
}

export interface Observation {
    readonly copies: readonly ObservedCopy[];
    /** Requests spent, by registry. */
    readonly requests: Readonly<Record<string, number>>;
}

/** The verdict on one copy. `pending` is work that was never done: not drift. `waiting` is held back until the previous environment has proven its digest. */
export type Verdict =
    | "consistent"
    | "pending"
    | "waiting"
    | "missing"
    | "different"
    | "moved-upstream"
    | "locked-mismatch"
    | "unknown";

export interface JudgedCopy extends ObservedCopy {
    readonly verdict: Verdict;
    /** The digest it should have, where that is known. */
    readonly wanted?: string;
    /** In words, why; one sentence. */
    readonly reason: string;
    /** What a repair does: nothing, copy, or refuse since the digest there was never ours. */
    readonly action: "none" | "carry" | "refuse" | "impossible";
}
