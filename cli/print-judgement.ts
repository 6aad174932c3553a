import type { JudgedCopy } from "../core/mirror";
import { count, outcomeOf, renderExceptions, renderMatrix, renderSummary, VERDICTS } from "../core/report";
import type { Output } from "./output";

/** What the look cost. */
export interface Cost {
    readonly requests: Readonly<Record<string, number>>;
    readonly milliseconds: number;
}

/** The matrix, the lines of what is not consistent, the summary; a quiet run has only the lines of what is wrong. */
export function printJudgement(judged: readonly JudgedCopy[], output: Output, cost: Cost): void {
    const { text } = output;
    if (output.quiet) {
        const wrong = judged.filter(({ verdict }) => VERDICTS[verdict].isWrong || verdict === "unknown");
        for (const line of renderExceptions(wrong, text)) {
            output.line(line);
        }
        return;
    }
    const exceptions = renderExceptions(judged, text);
    const blocks = [
        renderMatrix(judged, text),
        exceptions.join("\n"),
        `${renderSummary(judged, text)}; ${costOf(cost)}`,
    ];
    output.line(blocks.filter((block) => block !== "").join("\n\n"));
    if (outcomeOf(judged) === "unknown") {
        output.note("transship: nothing is proven wrong, but not every registry could be asked.");
    }
}

function costOf({ requests, milliseconds }: Cost): string {
    const total = Object.values(requests).reduce((sum, number) => sum + number, 0);
    return `${count(total, "request")} in ${(milliseconds / 1000).toFixed(1)} s`;
}
