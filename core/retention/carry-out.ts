import { planRetention } from "./plan-retention";
import type { KeptVersion, RetentionInput, RetentionPlan, Version } from "./types";

/** What a registry made of one deletion; that it did not answer is an exception instead. */
export type Deleted = "deleted" | { readonly refused: string };

export interface CarryOutOptions {
    /** Deletes one version; what it throws ends the work. */
    readonly remove: (version: Version) => Promise<Deleted>;
    /** Versions that are deleted at most. @default all */
    readonly atMost?: number;
    readonly signal?: AbortSignal;
}

export interface CarriedOut {
    /** In the order in which they went. */
    readonly deleted: readonly Version[];
    /** What the registry does not let go. */
    readonly refused: readonly KeptVersion[];
    /** Due, but beyond `atMost`, or after what stopped the work. */
    readonly left: number;
    /** What stopped the work: it proves nothing, so nothing is deleted after it. */
    readonly error?: unknown;
}

/**
 * Deletes what a plan says, one after the other. What the registry refuses to delete stays with all that it leads to, as
 * if a rule had kept it: by the plan's order nothing of it is gone yet.
 *
 * @param input from which the plan was made, everything read
 */
export async function carryOut(
    input: RetentionInput,
    plan: RetentionPlan,
    { atMost = Number.POSITIVE_INFINITY, remove, signal }: CarryOutOptions,
): Promise<CarriedOut> {
    const deleted: Version[] = [];
    const refused = new Map<string, KeptVersion>();
    let due = plan.delete;
    for (let next = due[0]; next !== undefined && deleted.length < atMost; next = due[0]) {
        try {
            signal?.throwIfAborted();
            const result = await remove(next);
            if (result === "deleted") {
                deleted.push(next);
                due = due.slice(1);
            } else {
                refused.set(next.digest, { version: next, cause: "refused", reason: result.refused });
                due = planAgain(input, deleted, refused).filter(({ digest }) => !refused.has(digest));
            }
        } catch (error) {
            return { deleted, refused: [...refused.values()], left: due.length, error };
        }
    }
    return { deleted, refused: [...refused.values()], left: due.length };
}

function planAgain(
    input: RetentionInput,
    deleted: readonly Version[],
    refused: ReadonlyMap<string, KeptVersion>,
): readonly Version[] {
    const gone = new Set(deleted.map(({ digest }) => digest));
    const { plan } = planRetention({
        ...input,
        versions: input.versions.filter(({ digest }) => !gone.has(digest)),
        refused: new Map([...refused].map(([digest, { reason }]) => [digest, reason])),
        deleted: new Set([...(input.deleted ?? []), ...gone]),
    });
    // Everything that could go was read before the first plan, so there is nothing left to ask.
    return plan?.delete ?? [];
}
