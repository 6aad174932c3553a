import { distance } from "fastest-levenshtein";
import { quote } from "../oci";

/** Longer names are not compared: the cost is the product of both lengths. */
const LONGEST = 100;
const MOST_LISTED = 10;

/**
 * The candidate that was probably meant: equal but for case or for the order of its letters, or at most a third of its
 * letters (two at least, and never more than half of them) away. Nothing where no candidate is that near: a wild guess
 * is worse than none.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
    const wanted = name.toLowerCase();
    let best: string | undefined;
    let shortest = Number.POSITIVE_INFINITY;
    for (const candidate of name.length > LONGEST ? [] : candidates) {
        if (candidate.length > LONGEST) {
            continue;
        }
        const other = candidate.toLowerCase();
        // Swapped letters count as two steps, which is too far for a short name.
        const steps = sortLetters(wanted) === sortLetters(other) ? 1 : distance(wanted, other);
        const longer = Math.max(wanted.length, other.length);
        const allowed = Math.min(Math.max(2, Math.floor(other.length / 3)), Math.floor(longer / 2));
        if ((steps <= allowed || wanted === other) && steps < shortest) {
            best = candidate;
            shortest = wanted === other ? 0 : steps;
        }
    }
    return best;
}

function sortLetters(text: string): string {
    return [...text].sort().join("");
}

/** `; did you mean "ghcr"?`, else `; known: ecr, ghcr` where these are few, else nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
    const known = [...candidates];
    const near = nearest(name, known);
    if (near !== undefined) {
        return `; did you mean ${quote(near)}?`;
    }
    return known.length > 0 && known.length <= MOST_LISTED ? `; known: ${known.join(", ")}` : "";
}
