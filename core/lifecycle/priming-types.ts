import type { CompactCatalog } from "../catalog";

/** The inputs of `transship:EcrPriming`. */
export interface PrimingInputs {
    /** Images with their sources, and the cache as the one target of each. */
    readonly catalog: CompactCatalog;
    /** Whether an image that the cache cannot fetch ends the deploy. */
    readonly onFailure: "warn" | "fail";
}

/** What its state holds beside its inputs. */
export interface PrimingOutputs extends PrimingInputs {
    /** Image -> tag -> what the cache showed when it was primed. */
    readonly digests: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** Lines for people: where the cache showed something else than the source at that moment. */
    readonly different: readonly string[];
    /** Lines for people: what could not be primed. */
    readonly failed: readonly string[];
}
