import { type Catalog, findImage } from "../catalog";
import { groupBy } from "./group-by";
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

/** One tag to set at one place, and where its bytes can come from, best first. */
export interface CarryTask {
    readonly to: JudgedCopy;
    readonly digest: string;
    readonly from: readonly Place[];
    /** As `Destination.isNew`. */
    readonly isNew: boolean;
}

/** What a repair does: waves in their order, critical images first in each, then the order of the judgement. Pure. */
export function plan(catalog: Catalog, judged: readonly JudgedCopy[]): CarryTask[] {
    const urgency = (copy: JudgedCopy): number => {
        const image = findImage(catalog, copy.image);
        return image.wave * 2 + (image.critical ? 0 : 1);
    };
    const present = judged.filter(({ state }) => state.status === "present");
    const holders = groupBy(present, ({ state }) => (state.status === "present" ? state.digest : ""));
    const inUse = new Set(present.map(memberOf));
    return judged
        .flatMap((to): CarryTask[] => {
            const digest = to.action === "carry" ? to.wanted : undefined;
            if (digest === undefined) {
                return [];
            }
            const from = sourcesFor(catalog, to, holders.get(digest) ?? []);
            return [{ to, digest, from, isNew: !inUse.has(memberOf(to)) }];
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
 * @param holders copies which show the wanted digest
 */
function sourcesFor(catalog: Catalog, to: JudgedCopy, holders: readonly JudgedCopy[]): Place[] {
    const rank = (copy: JudgedCopy): number =>
        memberOf(copy) === memberOf(to) ? 0 : copy.registry === to.registry ? 1 : copy.role === "target" ? 2 : 3;
    // Another image's source is no place of ours to read from.
    const ours = holders.filter((copy) => copy.role === "target" || copy.image === to.image);
    const ranked: Place[] = [...ours].sort((a, b) => rank(a) - rank(b));
    const places = new Map<string, Place>();
    for (const { registry, repository } of [...ranked, findImage(catalog, to.image).source]) {
        places.set(memberOf({ registry, repository }), { registry, repository });
    }
    return [...places.values()];
}
