import { type Catalog, findImage, hasCutOver } from "../catalog";
import { groupBy } from "./group-by";
import type { ReferrersWish } from "./referrers/referrers-carrier";
import type { JudgedCopy } from "./types";

/** A repository that holds, or may hold, the wanted digest. */
export interface Place {
    readonly registry: string;
    readonly repository: string;
}

/** A repository that an image goes to. */
export interface Destination extends Place {
    /** No tag was seen in it: what an image needs is not asked for there before it is sent. */
    readonly isNew: boolean;
}

/** A place to read from. */
export interface SourcePlace extends Place {
    /** It shows the subset that is wanted, under this digest, and may not have the whole image. */
    readonly subset?: string;
}

/** One tag to set at one place, and where its bytes can come from, best first. */
export interface CarryTask {
    readonly to: JudgedCopy;
    /** Of the whole image. */
    readonly digest: string;
    /** The platforms of it that are to be carried; undefined for all. */
    readonly platforms?: readonly string[];
    readonly from: readonly SourcePlace[];
    /** As `Destination.isNew`. */
    readonly isNew: boolean;
    /** What the target shows the manifest of, and proves not to have: that a manifest is there proves nothing then. */
    readonly gone?: ReadonlySet<string>;
    /** Signatures and what else refers to it; without this they are not asked for. */
    readonly referrers?: ReferrersWish;
    /** Carry non-distributable layers too. Default: they stay at the addresses that they name. */
    readonly foreignLayers?: "carry";
}

/** What a repair does: waves in their order, critical images first in each, then the order of the judgement. Pure. */
export function plan(catalog: Catalog, judged: readonly JudgedCopy[]): CarryTask[] {
    const urgency = (copy: JudgedCopy): number => {
        const image = findImage(catalog, copy.image);
        return image.wave * 2 + (image.critical ? 0 : 1);
    };
    const present = judged.filter(({ state }) => state.status === "present");
    // Who shows a digest and does not have what is below it is no place to read from.
    const whole = present.filter(({ verdict }) => verdict !== "missing");
    const holders = groupBy(whole, ({ state }) => (state.status === "present" ? state.digest : ""));
    const inUse = new Set(present.map(memberOf));
    return judged
        .flatMap((to): CarryTask[] => {
            const digest = to.action === "carry" ? to.wanted : undefined;
            if (digest === undefined) {
                return [];
            }
            const { platforms, subset: { digest: part } = { digest } } = to;
            const parts = part === digest ? [] : (holders.get(part) ?? []);
            const showing = [...parts, ...(holders.get(digest) ?? [])];
            const gone = to.verdict === "missing" && to.lacking ? new Set(to.lacking.gone) : undefined;
            // Another tag of a repository has no more of a digest than this one.
            const others = gone === undefined ? showing : showing.filter((one) => memberOf(one) !== memberOf(to));
            const from = sourcesFor(catalog, to, others);
            const isNew = !inUse.has(memberOf(to));
            const task = { to, digest, ...(platforms && { platforms }), from, isNew, ...(gone && { gone }) };
            return [{ ...task, ...companionsOf(catalog, to, showing) }];
        })
        .sort((a, b) => urgency(a.to) - urgency(b.to));
}

/** A key for a repository at a registry. */
export function memberOf({ registry, repository }: Place): string {
    return `${registry}\n${repository}`;
}

/**
 * Nearest first: the target's own repository (another tag there shows the digest: nothing travels), a copy at its
 * registry (blobs are mounted), then another copy of ours (it costs no pull at the source), then the source's tag, last
 * the source by digest alone, since a tag that moved on often leaves its old digest behind.
 *
 * @param holders copies which show the wanted digest, or the subset of it that is wanted
 */
function sourcesFor(catalog: Catalog, to: JudgedCopy, holders: readonly JudgedCopy[]): SourcePlace[] {
    const rank = (copy: JudgedCopy): number =>
        memberOf(copy) === memberOf(to) ? 0 : copy.registry === to.registry ? 1 : copy.role === "target" ? 2 : 3;
    // Another image's source is no place of ours to read from.
    const ours = holders.filter((copy) => copy.role === "target" || copy.image === to.image);
    const ranked = [...ours].sort((a, b) => rank(a) - rank(b)).map((copy) => placeOf(copy, to.wanted));
    const places = new Map<string, SourcePlace>();
    for (const place of [...ranked, findImage(catalog, to.image).source]) {
        places.set(`${memberOf(place)}\n${"subset" in place ? place.subset : ""}`, place);
    }
    return [...places.values()];
}

function placeOf({ registry, repository, state }: JudgedCopy, wanted: string | undefined): SourcePlace {
    const shown = state.status === "present" ? state.digest : wanted;
    return shown === wanted ? { registry, repository } : { registry, repository, subset: shown };
}

function companionsOf(
    catalog: Catalog,
    to: JudgedCopy,
    holders: readonly JudgedCopy[],
): Pick<CarryTask, "referrers" | "foreignLayers"> {
    const referrers = referrersFor(catalog, to, holders);
    const { foreignLayers } = findImage(catalog, to.image);
    return { ...(referrers && { referrers }), ...(foreignLayers === "carry" ? { foreignLayers } : {}) };
}

/**
 * Where the referrers of a copy come from: its authority, which has them all, also where the image itself comes from a
 * nearer copy. The other copies that have the image are asked where it cannot answer, or does not show the digest any
 * more (a tag that moved on from its lock) and has none.
 *
 * @param holders copies which show the wanted digest, or the subset of it that is wanted
 */
export function referrersFor(
    catalog: Catalog,
    to: JudgedCopy,
    holders: readonly JudgedCopy[],
): ReferrersWish | undefined {
    const image = findImage(catalog, to.image);
    if (!image.referrers) {
        return undefined;
    }
    const authority: Place = (hasCutOver(image) ? image.targets[0] : undefined) ?? image.source;
    const ours = holders.filter(({ image: name, tag }) => name === to.image && tag === to.tag);
    const places = new Map([authority, ...ours].map((place) => [memberOf(place), place] as const));
    places.delete(memberOf(to));
    return {
        from: [...places.values()].map(({ registry, repository }) => ({ registry, repository })),
        sure: ours.some((copy) => memberOf(copy) === memberOf(authority)),
        overwrite: catalog.onForeignDigest === "overwrite",
    };
}
