import { describeError, TransshipError } from "../errors";
import type { Check, CheckName } from "./types";

/** Faults that pass: they say nothing of whether it works otherwise. */
const PASSING: ReadonlySet<string> = new Set(["RATE_LIMITED", "PULL_BUDGET", "ABORTED"]);
/** No answer came: what to do stands behind a semicolon, since the colon is before what happened. */
const UNANSWERED: ReadonlySet<string> = new Set([
    "NETWORK_ERROR",
    "HOST_UNKNOWN",
    "CONNECTION_REFUSED",
    "TLS_ERROR",
    "TIMEOUT",
]);

/** A client's error as a line: what happened, and what to do. */
export function faultOf(check: CheckName, error: unknown): Check {
    const code = error instanceof TransshipError ? error.code : "INTERNAL";
    const mark = UNANSWERED.has(code) ? "; " : ": ";
    const status = PASSING.has(code) ? "unknown" : "wrong";
    return { check, status, ...halvesOf(describeError(error), mark), code };
}

/** What happened stands before the mark, what to do behind it: the first semicolon, the last colon. */
export function halvesOf(sentence: string, mark: "; " | ": "): Pick<Check, "message" | "remedy"> {
    const text = sentence.replace(/\.$/, "");
    const at = mark === "; " ? text.indexOf(mark) : text.lastIndexOf(mark);
    return at < 0 ? { message: text } : { message: text.slice(0, at), remedy: text.slice(at + mark.length) };
}
