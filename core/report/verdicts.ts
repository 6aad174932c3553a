import type { JudgedCopy, Verdict } from "../mirror";

export type Colour = "green" | "red" | "yellow" | "cyan" | "dim";

/** What a person sees for a verdict. A sign and a word always; colour only beside them. */
export interface VerdictLook {
    readonly sign: string;
    readonly word: string;
    readonly colour: Colour;
    /** 0 comes first in a matrix. */
    readonly rank: number;
    /** Proven drift or a missing copy, for a command that only looks. */
    readonly isWrong: boolean;
}

/** Every sign is one column wide in a terminal. */
export const VERDICTS: Readonly<Record<Verdict, VerdictLook>> = {
    different: { sign: "✗", word: "different", colour: "red", rank: 0, isWrong: true },
    "locked-mismatch": { sign: "!", word: "not the locked digest", colour: "red", rank: 1, isWrong: true },
    missing: { sign: "∅", word: "missing", colour: "red", rank: 2, isWrong: true },
    stale: { sign: "<", word: "stale (an older digest)", colour: "red", rank: 3, isWrong: true },
    "same-content": { sign: "≈", word: "same content, other manifest", colour: "red", rank: 4, isWrong: true },
    pending: { sign: "+", word: "not carried yet", colour: "yellow", rank: 5, isWrong: true },
    unknown: { sign: "?", word: "unknown", colour: "yellow", rank: 6, isWrong: false },
    waiting: { sign: "…", word: "waiting", colour: "dim", rank: 7, isWrong: false },
    "moved-upstream": { sign: "↑", word: "moved upstream", colour: "cyan", rank: 8, isWrong: false },
    subset: { sign: "⊂", word: "subset (same image, fewer platforms)", colour: "green", rank: 9, isWrong: false },
    consistent: { sign: "✓", word: "consistent", colour: "green", rank: 10, isWrong: false },
};

/** From worst to best: the order of every list of counts. */
export const VERDICT_ORDER: readonly Verdict[] = (Object.keys(VERDICTS) as Verdict[]).sort(
    (a, b) => VERDICTS[a].rank - VERDICTS[b].rank,
);

/** The look of one copy: drift that is waived keeps sign and word, and comes after all that counts. */
export function lookOf({ verdict, waived }: Pick<JudgedCopy, "verdict" | "waived">): VerdictLook {
    const look = VERDICTS[verdict];
    // Between what counts and what could not be asked.
    const rank = VERDICTS.pending.rank + 0.5;
    return waived === undefined ? look : { ...look, colour: "yellow", rank, isWrong: false };
}
