import { type Catalog, findImage } from "../catalog";
import { groupByTag } from "./judge";
import type { JudgedCopy } from "./types";

/** A repository that holds, or may hold, the wanted digest. */
export interface Place {
    readonly registry: string;
    readonly repository: string;
}

/** One tag to set at one place, and where its bytes can come from, best first. */
export interface CarryTask {
    readonly to: JudgedCopy;
    readonly digest: string;
    readonly from: readonly Place[];
}

/** What a repair does: waves in their order, critical images first in each, then the order of the judgement. Pure. */
export function plan(catalog: Catalog, judged: readonly JudgedCopy[]): CarryTask[] {
    const urgency = (copy: JudgedCopy): number => {
        const image = findImage(catalog, copy.image);
        return image.wave * 2 + (image.critical ? 0 : 1);
    };
    return groupByTag(judged)
        .flatMap((copies) => tasksOf(catalog, copies))
        .sort((a, b) => urgency(a.to) - urgency(b.to));
}

function tasksOf(catalog: Catalog, copies: readonly JudgedCopy[]): CarryTask[] {
    return copies.flatMap((to) => {
        const digest = to.action === "carry" ? to.wanted : undefined;
        return digest === undefined ? [] : [{ to, digest, from: sourcesFor(catalog, to, digest, copies) }];
    });
}

/**
 * Nearest first: a copy at the target's own registry (its blobs are mounted, no byte travels), then another copy of
 * ours (it costs no pull at the source), then the source's tag, last the source by digest alone, since a tag that
 * moved on often leaves its old digest behind.
 */
function sourcesFor(catalog: Catalog, to: JudgedCopy, digest: string, copies: readonly JudgedCopy[]): Place[] {
    const holders = copies.filter(({ state }) => state.status === "present" && state.digest === digest);
    const rank = (copy: JudgedCopy): number => (copy.registry === to.registry ? 0 : copy.role === "target" ? 1 : 2);
    const ranked: Place[] = [...holders].sort((a, b) => rank(a) - rank(b));
    const source: Place = findImage(catalog, to.image).source;
    const places = new Map<string, Place>();
    for (const { registry, repository } of [...ranked, source]) {
        places.set(`${registry}/${repository}`, { registry, repository });
    }
    return [...places.values()];
}
