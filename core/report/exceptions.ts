import type { JudgedCopy } from "../mirror";
import { groupBy } from "./group-by";
import { isAsIntended } from "./matrix-rows";
import { count, painter, type TextOptions } from "./paint";
import { lookOf, VERDICTS } from "./verdicts";
import { describeWaived } from "./waived";

/**
 * One line for each copy that is not as it was asked to be, worst first, with whole digests: what a person copies from.
 * Unknown copies of one registry that failed alike are one line, since a registry that is down fails for all of them.
 */
export function renderExceptions(judged: readonly JudgedCopy[], options: TextOptions = {}): string[] {
    const paint = painter(options);
    const known = judged
        .filter((copy) => copy.verdict !== "unknown" && !isAsIntended(copy))
        .sort((a, b) => lookOf(a).rank - lookOf(b).rank)
        .map((copy) => {
            const { sign, colour } = lookOf(copy);
            return `${paint(colour, sign)} ${describeCopy(copy)}`;
        });
    const { sign, colour } = VERDICTS.unknown;
    return [...known, ...unknownLines(judged).map((line) => `${paint(colour, sign)} ${line}`)];
}

/** `vault:1.18@ecr: have sha256:… want sha256:… (the source has another digest)`. */
export function describeCopy(copy: JudgedCopy): string {
    const have = copy.state.status === "present" ? copy.state.digest : "nothing";
    // What a subset's digest will be is known once it was made.
    const part = copy.platforms === undefined ? "" : `${copy.platforms.join(", ")} of `;
    const wanted = copy.subset?.digest ?? (copy.wanted && part + copy.wanted);
    const digests =
        copy.verdict === "subset"
            ? `a subset, ${have}`
            : copy.verdict === "missing" && copy.state.status === "present"
              ? `incomplete, ${have}`
              : wanted === undefined
                ? VERDICTS[copy.verdict].word
                : `have ${have} want ${wanted}`;
    const isRefused = copy.action === "refuse" && copy.waived === undefined;
    const refused = isRefused ? '; left alone unless onForeignDigest is "overwrite"' : "";
    const waived = copy.waived === undefined ? "" : `; ${describeWaived(copy.waived)}`;
    return `${nameOf(copy)}: ${digests} (${copy.reason}${refused})${waived}`;
}

/** `image:tag@registry`, with the tag's other name where it has one. */
export function nameOf(copy: Pick<JudgedCopy, "image" | "tag" | "reference" | "registry">): string {
    const rename = copy.reference === copy.tag ? "" : ` as ${copy.reference}`;
    return `${copy.image}:${copy.tag}${rename}@${copy.registry}`;
}

function unknownLines(judged: readonly JudgedCopy[]): string[] {
    const unknown = judged.filter(({ verdict }) => verdict === "unknown");
    // A copy that was seen, but whose authority was not, has no code: its reason names the authority.
    const groups = groupBy(
        unknown,
        ({ registry, state, reason }) => `${registry}\n${state.status === "unknown" ? state.code : reason}`,
    );
    return [...groups.values()].flatMap((copies) => {
        const first = copies[0];
        if (first === undefined) {
            return [];
        }
        const more = copies.length - 1;
        const rest = more === 0 ? "" : ` (and ${count(more, "more copy", "more copies")} there)`;
        return [`${nameOf(first)}${rest}: unknown: ${first.reason}`];
    });
}
