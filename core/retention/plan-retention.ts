import { deletionOrder } from "./deletion-order";
import { reach } from "./reach";
import { relationsOf } from "./relations";
import { rootsOf } from "./roots";
import type { KeptVersion, Reason, RetentionInput, RetentionPlan, Unread, Version } from "./types";

/** Either a plan, or the digests that have to be read before there can be one. */
export type PlanOrQuestions =
    | { readonly plan: RetentionPlan; readonly missing?: undefined }
    | { readonly plan?: undefined; readonly missing: readonly string[] };

const UNPROVEN: Reason = {
    cause: "unproven",
    reason: "not proven to be unused, since other manifests could not be read",
};

/**
 * What of one repository may go, and why the rest stays. Nothing goes that a kept version leads to: its children, what
 * is about it, what is about those. One manifest that could not be read may lead to any other (an index of it, a
 * signature with children): then nothing at all goes. Pure; asks for what it has to know by `missing`.
 *
 * @throws TransshipError PATTERN_INVALID, RANGE_INVALID, PATTERN_SLOW
 */
export function planRetention(input: RetentionInput): PlanOrQuestions {
    const { contents, versions } = input;
    const relations = relationsOf(versions, contents);
    const roots = rootsOf(input, relations);
    const { kept, missing } = reach(roots, relations, contents);
    if (missing.length > 0) {
        return { missing };
    }
    const unknown = versions.flatMap((version) => {
        const known = contents.get(version.digest);
        return known !== undefined && "unread" in known ? [{ version, why: (known as Unread).unread }] : [];
    });
    const isKept = ({ digest }: Version): boolean => kept.has(digest);
    const candidates = versions.filter((version) => !isKept(version));
    const keep = versions.flatMap((version): KeptVersion[] => {
        const reason = kept.get(version.digest) ?? (unknown.length > 0 ? UNPROVEN : undefined);
        return reason === undefined ? [] : [{ version, ...reason }];
    });
    return {
        plan: {
            delete: unknown.length > 0 ? [] : deletionOrder(candidates, relations, contents),
            keep,
            unknown,
            orphans: roots.orphans.size,
        },
    };
}
