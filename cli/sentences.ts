import { describeError, TransshipError } from "../core/errors";

/** A line for each thing that is wrong: a catalogue tells all its problems at once, everything else is one sentence. */
export function sentences(error: unknown): string[] {
    const lines = describeError(error).split("\n");
    const text = error instanceof TransshipError ? lines : [`${lines.join(" ")}${codeOf(error)}`];
    const debug = process.env.TRANSSHIP_DEBUG && error instanceof Error && error.stack ? [error.stack] : [];
    return [...text.map((line) => `transship: ${line}`), ...debug];
}

/** An error of Node's or of a library has no sentence of ours: its code is what can be searched for. */
function codeOf(error: unknown): string {
    const code = (error as { code?: unknown } | undefined)?.code;
    return typeof code === "string" ? ` (${code}; TRANSSHIP_DEBUG=1 shows where)` : " (TRANSSHIP_DEBUG=1 shows where)";
}
