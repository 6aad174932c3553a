import type { Finding, JudgedCopy, SelectionFailure, Verdict } from "../mirror";
import { count, painter, type TextOptions } from "./paint";
import { VERDICT_ORDER, VERDICTS } from "./verdicts";

/** `drift`: something is proven wrong, and that wins; `unknown`: nothing is, but not all could be asked. */
export type Outcome = "consistent" | "drift" | "unknown";

export interface Summary {
    readonly images: number;
    /** Tags of all images, each counted once however many copies it has. */
    readonly tags: number;
    readonly copies: number;
    readonly verdicts: Readonly<Record<Verdict, number>>;
    /** Of them those whose drift is waived; absent in reports that are older than waivers. */
    readonly waived?: number;
}

export function summarize(judged: readonly JudgedCopy[]): Summary {
    const verdicts = Object.fromEntries(VERDICT_ORDER.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
    for (const { verdict } of judged) {
        verdicts[verdict] += 1;
    }
    return {
        images: new Set(judged.map(({ image }) => image)).size,
        tags: new Set(judged.map(({ image, tag }) => `${image}\n${tag}`)).size,
        copies: judged.length,
        verdicts,
        waived: judged.filter(({ waived }) => waived !== undefined).length,
    };
}

/**
 * One verdict on the whole: a copy that was never carried is missing, to whoever only looks, and so are the tags of an
 * image whose selectors choose nothing. What is waived counts neither way.
 */
export function outcomeOf(
    judged: readonly Pick<JudgedCopy, "verdict" | "waived">[],
    failures: readonly Pick<SelectionFailure, "status">[] = [],
    findings: readonly Finding[] = [],
): Outcome {
    const found = new Set(findings.flatMap(({ severity, waived }) => (waived === undefined ? [severity] : [])));
    const isWrong = judged.some(({ verdict, waived }) => VERDICTS[verdict].isWrong && waived === undefined);
    if (isWrong || found.has("drift") || failures.some(({ status }) => status === "empty")) {
        return "drift";
    }
    const isUnknown = judged.some(({ verdict }) => verdict === "unknown") || found.has("unknown");
    return isUnknown || failures.some(({ status }) => status === "unknown") ? "unknown" : "consistent";
}

/** `✗ 2 images, 3 tags, 7 copies: 1 different, 6 consistent`. */
export function renderSummary(
    judged: readonly JudgedCopy[],
    options: TextOptions = {},
    failures: readonly SelectionFailure[] = [],
    findings: readonly Finding[] = [],
): string {
    const { images, tags, copies, verdicts, waived = 0 } = summarize(judged);
    const sizes = [count(images, "image"), count(tags, "tag"), count(copies, "copy", "copies")].join(", ");
    const counts = VERDICT_ORDER.filter((verdict) => verdicts[verdict] > 0)
        .map((verdict) => `${verdicts[verdict]} ${VERDICTS[verdict].word}`)
        .join(", ");
    const known = waived === 0 ? "" : ` (${waived} waived)`;
    const outcome = outcomeOf(judged, failures, findings);
    const paint = painter(options);
    const [sign, colour] =
        outcome === "consistent"
            ? (["✓", "green"] as const)
            : outcome === "drift"
              ? (["✗", "red"] as const)
              : (["?", "yellow"] as const);
    return `${paint(colour, sign)} ${sizes}${counts === "" ? "" : `: ${counts}`}${known}`;
}
