import { type Copy, nameCopy } from "../catalog";
import { isCounted, isDrift, type JudgedCopy } from "../mirror";
import { describeWaived } from "../report";
import type { Observed } from "./types";

/** What the engine's console can show without drowning the rest. */
export const MAXIMUM_LINES = 20;

/**
 * The exceptions of a look, as state and previews hold them. Of an unknown copy only the code: what a registry says in
 * its trouble may differ each time, and is long.
 *
 * @param carried what was proven before; a copy that was not, and cannot be asked, is still to be carried
 * @param pulls what the work that is left costs of pull limits
 */
export function summarize(
    copies: readonly JudgedCopy[],
    carried: (copy: Copy) => boolean = () => true,
    pulls?: Observed["cost"]["pulls"],
): Observed {
    const targets = copies.filter(({ role }) => role === "target");
    const having = (test: (copy: JudgedCopy) => boolean, line: (copy: JudgedCopy) => string): string[] =>
        copies.filter(test).map(line);
    const drift = having(isCounted, driftLine);
    const waived = having(isKnownDrift, waivedLine);
    const unknown = having(({ verdict }) => verdict === "unknown", unknownMark);
    const pending = having((copy) => copy.verdict === "pending" || isUnreached(copy, carried), nameCopy);
    const waiting = having(({ verdict }) => verdict === "waiting", nameCopy);
    const news = having(({ verdict }) => verdict === "moved-upstream", driftLine);
    const subsets = copies.filter(({ verdict }) => verdict === "subset").length;
    const all = pending.length > 0 && pending.length === targets.length;
    return {
        copies: copies.length,
        consistent: copies.filter(({ verdict }) => verdict === "consistent").length,
        ...(subsets > 0 ? { subsets } : {}),
        ...(drift.length > 0 ? { drift } : {}),
        ...(waived.length > 0 ? { waived } : {}),
        ...(unknown.length > 0 ? { unknown } : {}),
        ...(pending.length > 0 ? { pending: all ? ("all" as const) : pending } : {}),
        ...(waiting.length > 0 ? { waiting } : {}),
        ...(news.length > 0 ? { news } : {}),
        cost: {
            heads: copies.length,
            carries: copies.filter(({ action }) => action === "carry").length,
            ...(pulls === undefined ? {} : { pulls }),
        },
    };
}

/** `vault:1.18@ghcr: have sha256:… want sha256:…`; `incomplete` where the digest is right and not all of it is there. */
export function driftLine(copy: JudgedCopy): string {
    const digest = copy.state.status === "present" ? copy.state.digest : "nothing";
    const have = copy.verdict === "missing" && copy.state.status === "present" ? `${digest}, incomplete,` : digest;
    return `${nameCopy(copy)}: have ${have} want ${copy.subset?.digest ?? copy.wanted ?? "a copy"}`;
}

/** Drift that a waiver or a maintenance window covers. */
export function isKnownDrift({ verdict, waived }: JudgedCopy): boolean {
    return isDrift(verdict) && waived !== undefined;
}

/** `vault:1.18@ghcr: have sha256:… want sha256:…; waived until 2026-12-01 18:00 UTC: …`. */
export function waivedLine(copy: JudgedCopy): string {
    return `${driftLine(copy)}${copy.waived === undefined ? "" : `; ${describeWaived(copy.waived)}`}`;
}

/** A copy that was never carried, at a registry that cannot be asked: undone work, whatever `onUnknown` says. */
export function isUnreached(copy: JudgedCopy, carried: (copy: Copy) => boolean): boolean {
    return copy.role === "target" && copy.state.status === "unknown" && !carried(copy);
}

function unknownMark(copy: JudgedCopy): string {
    return `${nameCopy(copy)}: ${copy.state.status === "unknown" ? copy.state.code : copy.reason}`;
}

export function unknownLine(copy: JudgedCopy): string {
    const why = copy.state.status === "unknown" ? `${copy.state.code}: ${copy.state.message}` : copy.reason;
    return `${nameCopy(copy)}: unknown, ${why}`;
}

/** `1 tag`, `2 tags`. */
export function count(number: number, one: string, many = `${one}s`): string {
    return `${number} ${number === 1 ? one : many}`;
}

/** The first lines, and a count for the rest. */
export function limitLines(lines: readonly string[], what: string): string[] {
    const rest = lines.length - MAXIMUM_LINES;
    return rest > 0 ? [...lines.slice(0, MAXIMUM_LINES), `… and ${rest} more ${what}`] : [...lines];
}

/** What a look says on standard error, where the engine shows it under Diagnostics. */
export function diagnose(copies: readonly JudgedCopy[]): string[] {
    const drift = copies.filter(isCounted);
    const known = copies.filter(isKnownDrift);
    const unknown = copies.filter(({ verdict }) => verdict === "unknown");
    return [
        ...limitLines(
            drift.map((copy) => `drift: ${driftLine(copy)} (${copy.reason})`),
            "drifted copies",
        ),
        ...limitLines(
            known.map((copy) => `known drift: ${waivedLine(copy)}`),
            "copies whose drift is waived",
        ),
        ...limitLines(unknown.map(unknownLine), "unknown copies"),
    ];
}
