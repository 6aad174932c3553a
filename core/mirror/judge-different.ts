import type { Circumstances, JudgedCopy, ObservedCopy, PastDigest } from "./types";
import type { Wish } from "./wish";

type Judgement = Pick<JudgedCopy, "verdict" | "reason" | "action" | "keeps">;

/**
 * A target that shows another digest than the wanted one. One of ours is `stale`; one with the very content that is
 * wanted is `same-content`, whoever pushed it; both are replaced, and kept under a tag of their own. Anything else is
 * somebody's work, and left alone unless the user says otherwise. Pure.
 */
export function judgeDifferent(
    copy: ObservedCopy,
    digest: string,
    wish: Wish & { readonly digest: string },
    circumstances: Circumstances,
): Judgement {
    const authority = wish.by === "lock" ? "the lock" : wish.by === "source" ? "the source" : "the first target";
    const past = pastOf(copy, digest, wish.digest, circumstances);
    if (past !== undefined) {
        return { verdict: "stale", reason: describePast(past, authority), action: "carry", keeps: digest };
    }
    const { comparison } = copy;
    const told = comparison?.digest === digest && comparison.wanted === wish.digest ? comparison : undefined;
    if (told?.same) {
        return { verdict: "same-content", reason: told.words, action: "carry", keeps: digest };
    }
    const more = told === undefined ? "" : `; ${told.words}`;
    return circumstances.onForeignDigest === "overwrite"
        ? {
              verdict: "different",
              reason: `${authority} has another digest; the one here was never ours${more}`,
              action: "carry",
          }
        : { verdict: "different", reason: `the digest here was never ours${more}`, action: "refuse" };
}

function pastOf(
    copy: ObservedCopy,
    digest: string,
    wanted: string,
    circumstances: Circumstances,
): PastDigest | undefined {
    const past = circumstances.past(copy.image, copy.tag, digest);
    // A part of an older image of ours; what calls itself a part of the wanted one, and is none, is somebody's work.
    const whole = copy.origin?.of === wanted ? undefined : copy.origin?.of;
    const isPart = whole !== undefined && circumstances.known(copy.image, copy.tag).has(whole);
    return past ?? (isPart ? { isSubset: true } : undefined);
}

function describePast({ until, isSubset }: PastDigest, authority: string): string {
    if (isSubset) {
        return `it is a subset of a digest that ${authority} had before`;
    }
    const end = until === undefined ? "" : `; it was locked until ${until.slice(0, 10)}`;
    return `${authority} had this digest before${end}`;
}
