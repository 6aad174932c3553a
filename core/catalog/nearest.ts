import { distance } from "fastest-levenshtein";

/** Longer names are not compared: the cost is the product of both lengths. */
const LONGEST = 100;
const MOST_LISTED = 10;

/**
 * The candidate that was probably meant: equal but for case, or at most a third of its letters (two at least) away.
 * Nothing where no candidate is that near: a wild guess is worse than none.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
    if (name.length > LONGEST) {
        return undefined;
    }
    const wanted = name.toLowerCase();
    let best: string | undefined;
    let shortest = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
        if (candidate.length > LONGEST) {
            continue;
        }
        const letters = Math.max(2, Math.floor(candidate.length / 3));
        const steps = distance(wanted, candidate.toLowerCase());
        // A name as short as the number of steps allowed would be near to anything.
        if (steps <= letters && steps < Math.max(wanted.length, candidate.length) && steps < shortest) {
            best = candidate;
            shortest = steps;
        }
    }
    return best;
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

const LONGEST_QUOTE = 120;

/** Somebody's text inside one of our sentences: quoted, without control characters, never longer than a line. */
export function quote(text: string): string {
    return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}
