import type { Verdict } from "../../mirror";
import type { CopyDocument } from "../document";
import { groupBy } from "../group-by";
import { VERDICT_ORDER, VERDICTS } from "../verdicts";
import { gauge, type Labels, type MetricFamily, sample } from "./family";

/** Verdicts that prove a copy to be what the catalogue wants. */
const WELL: ReadonlySet<Verdict> = new Set(["consistent", "subset"]);

/**
 * How each copy stands. All families but the count have the same labels, so that `and` and `unless` need no list of
 * them. A copy of which nothing is proven, one way or the other, has no sample of `transship_image_consistent`.
 */
export function copyFamilies(environment: string, copies: readonly CopyDocument[]): MetricFamily[] {
    const labelled = copies.map((copy) => ({ ...copy, labels: labelsOf(environment, copy) }));
    return [
        gauge(
            "transship_image_consistent",
            "1 if the copy is proven to be what the catalogue wants, 0 if it is proven not to be; absent where neither is proven.",
            labelled.flatMap(({ verdict, labels }) => {
                const value = WELL.has(verdict) ? 1 : VERDICTS[verdict].isWrong ? 0 : undefined;
                return value === undefined ? [] : [sample(labels, value)];
            }),
        ),
        gauge(
            "transship_image_verdict",
            "Always 1: the verdict on a copy that is not plainly consistent.",
            labelled.flatMap(({ verdict, labels }) =>
                verdict === "consistent" ? [] : [sample({ ...labels, verdict }, 1)],
            ),
        ),
        gauge(
            "transship_image_waived",
            "Always 1: a waiver or a maintenance window covers the copy's drift now.",
            labelled.flatMap(({ waived, labels }) => (waived === undefined ? [] : [sample(labels, 1)])),
        ),
        gauge(
            "transship_image_waiver_end_timestamp_seconds",
            "When the waiver of a copy's drift ends.",
            labelled.flatMap(({ waived, labels }) => {
                const end = Date.parse(waived?.until ?? "") / 1000;
                return Number.isNaN(end) ? [] : [sample(labels, end)];
            }),
        ),
        countFamily(environment, copies),
    ];
}

function countFamily(environment: string, copies: readonly CopyDocument[]): MetricFamily {
    const byRegistry = [...groupBy(copies, ({ registry }) => registry)];
    return gauge(
        "transship_copies",
        "Copies by verdict.",
        byRegistry.flatMap(([registry, there]) => {
            const byVerdict = groupBy(there, ({ verdict }) => verdict);
            return VERDICT_ORDER.map((verdict) =>
                sample({ environment, registry, verdict }, byVerdict.get(verdict)?.length ?? 0),
            );
        }),
    );
}

function labelsOf(environment: string, { image, tag, registry, repository, reference }: CopyDocument): Labels {
    return { environment, image, tag, registry, repository, reference };
}
