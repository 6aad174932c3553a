import { type Catalog, findImage } from "../../catalog";
import { groupByTag } from "../judge";
import type { Finding, JudgedCopy, Verdict } from "../types";

/** Below this an image that must never be missing hangs on one registry. */
const ENOUGH = 2;

/**
 * Tags of `critical` images with fewer than two copies that are proven: `TOO_FEW_COPIES`. The source counts, and so does
 * an intended subset; an upstream that moved on from the lock does not. It is drift where it is proven; `unknown` where
 * the copies that could not be asked would be enough; a warning where those that wait for a promotion would. Pure.
 */
export function tooFewCopies(catalog: Catalog, judged: readonly JudgedCopy[]): Finding[] {
    return groupByTag(judged).flatMap((group) => {
        const { image, tag } = group[0] as JudgedCopy;
        if (!findImage(catalog, image).critical) {
            return [];
        }
        const count = (...verdicts: Verdict[]): number =>
            new Set(
                group
                    .filter(({ verdict }) => verdicts.includes(verdict))
                    .map(({ registry, repository }) => `${registry}\n${repository}`),
            ).size;
        const well = count("consistent", "subset");
        if (well >= ENOUGH) {
            return [];
        }
        const severity =
            count("consistent", "subset", "unknown") >= ENOUGH
                ? "unknown"
                : count("consistent", "subset", "unknown", "waiting") >= ENOUGH
                  ? "warning"
                  : "drift";
        return [{ code: "TOO_FEW_COPIES", severity, image, tag, message: describe(group, well, severity) }];
    });
}

function describe(group: readonly JudgedCopy[], well: number, severity: Finding["severity"]): string {
    const { image, tag } = group[0] as JudgedCopy;
    const have = well === 0 ? "no consistent copy" : "one consistent copy";
    const others = group.filter(({ verdict }) => verdict !== "consistent" && verdict !== "subset");
    const rest = others.map(({ registry, verdict }) => `${registry} is ${verdict}`).join(", ");
    const advice =
        group.length < ENOUGH
            ? "give it a second target in the catalogue"
            : severity === "unknown"
              ? "run it again when they can be asked"
              : severity === "warning"
                ? "the others wait for their promotion"
                : "carry it with sync, or put right what hinders it";
    return `${image}:${tag} is critical and has ${have}, where two are wanted${rest === "" ? "" : ` (${rest})`}; ${advice}`;
}
