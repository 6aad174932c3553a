import type { Finding, JudgedCopy, SelectionFailure } from "../core/mirror";
import {
    count,
    lookOf,
    nameOf,
    outcomeOf,
    renderExceptions,
    renderFindings,
    renderMatrix,
    renderSelectionFailures,
    renderSummary,
} from "../core/report";
import type { Output } from "./output";

/** What the look cost. */
export interface Cost {
    readonly requests: Readonly<Record<string, number>>;
    /** Absent for a look of another run. */
    readonly milliseconds?: number;
}

/**
 * The matrix, the lines of what is not consistent, the summary; a quiet run has only the lines of what is wrong.
 *
 * @param failures images whose tags are not decided
 * @param told copies of which a line was printed already
 */
export function printJudgement(
    judged: readonly JudgedCopy[],
    failures: readonly SelectionFailure[],
    output: Output,
    cost: Cost,
    told: readonly JudgedCopy[] = [],
    findings: readonly Finding[] = [],
): void {
    // To lay out a matrix of 2,000 copies takes 50 ms: not for a document's reader.
    if (!output.json) {
        printText(judged, failures, output, cost, told, findings);
    }
    if (output.quiet) {
        return;
    }
    if (judged.some(({ state }) => state.status === "unknown" && state.message.includes("transship:credentials"))) {
        output.note(
            'transship: what "from: config" means in a stack, the command takes from TRANSSHIP_CREDENTIALS, a JSON object ' +
                "of { username, password } by key.",
        );
    }
    if (outcomeOf(judged, failures, findings) === "unknown") {
        const what =
            outcomeOf(judged, failures) === "unknown" ? "every registry could be asked" : "everything is known";
        output.note(`transship: nothing is proven wrong, but not ${what}.`);
    }
}

function printText(
    judged: readonly JudgedCopy[],
    failures: readonly SelectionFailure[],
    output: Output,
    cost: Cost,
    told: readonly JudgedCopy[],
    findings: readonly Finding[],
): void {
    const { text } = output;
    const names = new Set(told.map(nameOf));
    const untold = judged.filter((copy) => !names.has(nameOf(copy)));
    if (output.quiet) {
        const wrong = untold.filter((copy) => lookOf(copy).isWrong || copy.verdict === "unknown");
        const undecided = failures.filter(({ status }) => status !== "waiting");
        const grave = findings.filter(({ severity, waived }) => severity !== "warning" && waived === undefined);
        const lines = [
            ...renderFindings(grave, text),
            ...renderSelectionFailures(undecided, text),
            ...renderExceptions(wrong, text),
        ];
        for (const line of lines) {
            output.line(line);
        }
        return;
    }
    const exceptions = [
        ...renderSelectionFailures(failures, text),
        ...renderExceptions(untold, text),
        ...renderFindings(findings, text),
    ];
    const blocks = [
        renderMatrix(judged, text),
        exceptions.join("\n"),
        `${renderSummary(judged, text, failures, findings)}; ${costOf(cost)}`,
    ];
    output.line(blocks.filter((block) => block !== "").join("\n\n"));
}

function costOf({ requests, milliseconds }: Cost): string {
    const total = Object.values(requests).reduce((sum, number) => sum + number, 0);
    const took = milliseconds === undefined ? "" : ` in ${(milliseconds / 1000).toFixed(1)} s`;
    return count(total, "request") + took;
}
