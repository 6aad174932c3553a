import type { JudgedCopy } from "../mirror";
import { lookOf } from "./verdicts";

/** Digits of a digest in a cell: as many as there is room for. */
export const DIGITS = [12, 8, 0] as const;

/** `✓ aaaaaaaaaaaa`: the sign, and as much of the digest as there is room for, or why there is none. */
export function cellText(copy: JudgedCopy, digits: number): string {
    const { sign, word } = lookOf(copy);
    const { state } = copy;
    const what =
        state.status === "present"
            ? state.digest.slice(state.digest.indexOf(":") + 1).slice(0, digits)
            : state.status === "unknown"
              ? state.code
              : word;
    const rename = copy.reference === copy.tag ? "" : ` as ${copy.reference}`;
    const waived = copy.waived === undefined ? "" : " waived";
    return `${sign} ${what}`.trimEnd() + waived + rename;
}
