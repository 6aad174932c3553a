import type { CatalogImage, LockedSubset } from "../catalog";
import { samePlatforms } from "../oci";
import type { Circumstances, JudgedCopy, ObservedCopy } from "./types";
import type { Wish } from "./wish";

type Judgement = Pick<JudgedCopy, "verdict" | "reason" | "action" | "keeps" | "subset" | "claimed">;

/** The platforms that a target is to have of a wish; undefined for all of them. */
export function wantedPlatforms(image: CatalogImage, wish: Wish): readonly string[] | undefined {
    // What the first target shows after the cut-over is the image: it is equal, or not, whatever it was made of.
    return image.platforms === "all" || wish.by === "first-target" ? undefined : image.platforms;
}

/** What is known to be the subset of a digest for these platforms. */
export function knownSubset(
    { image, tag }: ObservedCopy,
    wanted: string,
    platforms: readonly string[],
    circumstances: Circumstances,
): LockedSubset | undefined {
    const found = circumstances
        .subsets(image, tag)
        .find((one) => one.of === wanted && samePlatforms(one.platforms, platforms));
    return found && { digest: found.digest, platforms };
}

/** Whether only the target's manifest can tell what it is: no lock knows its digest, or whether it is the whole. */
export function isOpen(
    copy: ObservedCopy,
    wanted: string,
    platforms: readonly string[],
    circumstances: Circumstances,
): boolean {
    const { state } = copy;
    return (
        copy.role === "target" &&
        state.status === "present" &&
        knownSubset(copy, wanted, platforms, circumstances) === undefined &&
        (state.digest === wanted || !circumstances.known(copy.image, copy.tag).has(state.digest))
    );
}

/** Whether a target shows the wanted image, but with other platforms than are wanted now. */
export function isOfWanted(
    { image, tag }: ObservedCopy,
    digest: string,
    wanted: string,
    platforms: readonly string[] | undefined,
    circumstances: Circumstances,
): boolean {
    return digest === wanted
        ? platforms !== undefined
        : circumstances.subsets(image, tag).some((one) => one.of === wanted && one.digest === digest);
}

/** It is carried again with the platforms that are wanted now: the catalogue has changed, not the copy. */
export function redo(digest: string): Judgement {
    return { verdict: "pending", reason: "it has other platforms than are wanted now", action: "carry", keeps: digest };
}

/**
 * The verdict on a target that is to have some platforms of the wanted digest, where it has them or may have. Undefined
 * where it is to be carried: then it is judged like any other.
 */
export function judgeSubset(
    copy: ObservedCopy,
    digest: string,
    wanted: string,
    platforms: readonly string[],
    circumstances: Circumstances,
): Judgement | undefined {
    const list = platforms.join(", ");
    const subset = knownSubset(copy, wanted, platforms, circumstances);
    const part = { verdict: "subset", reason: `same image, fewer platforms: ${list}`, action: "none" } as const;
    const whole = { verdict: "consistent", reason: `it is the same digest, of ${list} only`, action: "none" } as const;
    if (subset?.digest === digest) {
        return { ...(digest === wanted ? whole : part), subset };
    }
    const { origin } = copy;
    if (subset !== undefined || origin === undefined) {
        return undefined;
    }
    if (origin.of === undefined) {
        const assumed = digest === wanted ? whole : part;
        return origin.deferred ? assumed : { verdict: "unknown", reason: origin.unproven, action: "none" };
    }
    if (origin.of !== wanted) {
        return undefined;
    }
    if (!origin.fits) {
        return redo(digest);
    }
    return digest === wanted
        ? { ...whole, subset: { digest, platforms } }
        : { ...part, reason: `${part.reason}; it says so itself, which nothing has proven yet`, claimed: true };
}
