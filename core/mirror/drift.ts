import type { Verdict } from "./types";

const DRIFT: ReadonlySet<Verdict> = new Set(["missing", "different", "stale", "same-content", "locked-mismatch"]);

/** Proven drift. An unknown is none, and neither are work that was never done and news from upstream. */
export function isDrift(verdict: Verdict): boolean {
    return DRIFT.has(verdict);
}
