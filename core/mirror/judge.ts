import type { Catalog, CatalogImage } from "../catalog";
import { findImage } from "../catalog";
import { groupBy } from "./group-by";
import { judgeDifferent } from "./judge-different";
import { isOfWanted, judgeSubset, knownSubset, redo, wantedPlatforms } from "./judge-subset";
import type { Circumstances, JudgedCopy, Observation, ObservedCopy, Verdict } from "./types";
import { waiveCopies } from "./waivers";
import { decideWish, type Wish } from "./wish";

type Judgement = Pick<
    JudgedCopy,
    "verdict" | "wanted" | "reason" | "cause" | "action" | "keeps" | "platforms" | "subset" | "claimed" | "missing"
>;

/** The wanted digest, an intended part of it, or an upstream that has moved on from a lock, which is news and no fault. */
export function isWell(verdict: Verdict): boolean {
    return verdict === "consistent" || verdict === "subset" || verdict === "moved-upstream";
}

/** One verdict for every copy that was looked at. Pure: the same look and circumstances, the same verdicts. */
export function judge(catalog: Catalog, observation: Observation, circumstances: Circumstances): JudgedCopy[] {
    const judged = groupByTag(observation.copies).flatMap((copies) => judgeTag(catalog, copies, circumstances));
    return waiveCopies(judged, circumstances.waived);
}

/** The copies of one tag of one image together, in their first one's order. */
export function groupByTag<T extends ObservedCopy>(copies: readonly T[]): T[][] {
    return [...groupBy(copies, ({ image, tag }) => `${image}\n${tag}`).values()];
}

function judgeTag(catalog: Catalog, copies: readonly ObservedCopy[], circumstances: Circumstances): JudgedCopy[] {
    const first = copies[0];
    if (first === undefined) {
        return [];
    }
    const image = findImage(catalog, first.image);
    const wish = decideWish(image, first.tag, copies, circumstances);
    return copies.map((copy) => ({
        // A copy may have been judged before, when less was known.
        ...observed(copy),
        ...judgeWhole(
            copy,
            copy.role === "source"
                ? judgeSource(image, copy, wish, circumstances)
                : judgeTarget(image, copy, wish, circumstances),
        ),
    }));
}

/** A digest says nothing of what is below it: a copy that shows the right one, and proves not to have it all, is none. */
function judgeWhole(copy: ObservedCopy, judgement: Judgement): Judgement {
    const { lacking, state, role } = copy;
    const isShown = state.status === "present" && lacking?.digest === state.digest;
    if (lacking === undefined || !isShown || !isWell(judgement.verdict) || judgement.verdict === "moved-upstream") {
        return judgement;
    }
    const { wanted, platforms, subset } = judgement;
    const base = { wanted, ...(platforms && { platforms }), ...(subset && { subset }) };
    const reason = `the tag is there, but ${lacking.words}`;
    // We never write to a source.
    return { ...base, verdict: "missing", reason, action: role === "source" ? "impossible" : "carry" };
}

function observed(copy: ObservedCopy): ObservedCopy {
    const { image, tag, role, registry, repository, reference, state, origin, comparison, lacking } = copy;
    return {
        ...{ image, tag, role, registry, repository, reference, state },
        ...(origin && { origin }),
        ...(comparison && { comparison }),
        ...(lacking && { lacking }),
    };
}

function judgeSource(image: CatalogImage, copy: ObservedCopy, wish: Wish, { upstream }: Circumstances): Judgement {
    const { state } = copy;
    // Under a lock, an upstream that is somebody else's, or that we are leaving, may move on: news, not drift.
    const mayMove = upstream === "locked" && (image.policy === "mirror" || image.policy === "migrate");
    const wanted = wish.by === "lock" ? wish.digest : undefined;
    if (state.status === "unknown") {
        return { verdict: "unknown", reason: state.message, action: "none" };
    }
    if (state.status === "missing") {
        return mayMove && wanted !== undefined
            ? { verdict: "moved-upstream", wanted, reason: "the source no longer has this tag", action: "none" }
            : { verdict: "missing", wanted, reason: "the source has no such tag", action: "impossible" };
    }
    if (upstream === "follow" || wanted === undefined || state.digest === wanted) {
        return { verdict: "consistent", wanted: wish.digest, reason: "it is the authority", action: "none" };
    }
    return mayMove
        ? {
              verdict: "moved-upstream",
              wanted,
              reason: "the source has moved on from the locked digest",
              action: "none",
          }
        : { verdict: "locked-mismatch", wanted, reason: "it is not the locked digest", action: "impossible" };
}

function judgeTarget(image: CatalogImage, copy: ObservedCopy, wish: Wish, circumstances: Circumstances): Judgement {
    const { state } = copy;
    if (state.status === "unknown") {
        return { verdict: "unknown", wanted: wish.digest, reason: state.message, action: "none" };
    }
    if (wish.digest === undefined) {
        return judgeWithoutWish(copy, wish, circumstances);
    }
    const wanted = wish.digest;
    const platforms = wantedPlatforms(image, wish);
    const subset = platforms && knownSubset(copy, wanted, platforms, circumstances);
    const base = { wanted, ...(platforms && { platforms }), ...(subset && { subset }) };
    if (state.status === "missing") {
        return circumstances.carried(copy)
            ? { ...base, verdict: "missing", reason: "the copy is gone", action: "carry" }
            : { ...base, verdict: "pending", reason: "it was never carried yet", action: "carry" };
    }
    const part = platforms && judgeSubset(copy, state.digest, wanted, platforms, circumstances);
    if (part !== undefined) {
        return { ...base, ...part };
    }
    if (isOfWanted(copy, state.digest, wanted, platforms, circumstances)) {
        return { ...base, ...redo(state.digest) };
    }
    return state.digest === wanted
        ? { ...base, ...judgeEqual(circumstances.missing(copy.image, wanted)) }
        : { ...base, ...judgeDifferent(copy, state.digest, { ...wish, digest: wanted }, circumstances) };
}

/** Equal digests are equal images, unless the index lists what nobody could carry. */
function judgeEqual(missing: readonly string[]): Judgement {
    if (missing.length === 0) {
        return { verdict: "consistent", reason: "it is the same digest", action: "none" };
    }
    const reason = `the same index, without ${missing.join(", ")}, which its source does not have`;
    return { verdict: "subset", reason, action: "none", missing };
}

function judgeWithoutWish(
    copy: ObservedCopy,
    wish: Extract<Wish, { digest?: undefined }>,
    circumstances: Circumstances,
): Judgement {
    const reason = wish.why;
    const cause = wish.cause === undefined ? {} : { cause: wish.cause };
    if (wish.by === "waiting") {
        return { verdict: "waiting", reason, action: "none" };
    }
    if (copy.state.status === "missing") {
        return circumstances.carried(copy)
            ? { verdict: "missing", reason: `the copy is gone, and ${reason}`, ...cause, action: "impossible" }
            : { verdict: "pending", reason, ...cause, action: "impossible" };
    }
    return { verdict: "unknown", reason, ...cause, action: "none" };
}
