import { type Catalog, findImage, type ImageTarget, type Replicator } from "../catalog";
import type { JudgedCopy } from "../mirror";

/** The target of the catalogue that a copy is of; undefined for a source. */
export function targetOf(catalog: Catalog, copy: JudgedCopy): ImageTarget | undefined {
    if (copy.role === "source") {
        return undefined;
    }
    const here = findImage(catalog, copy.image).targets.filter(
        ({ registry, repository }) => registry === copy.registry && repository === copy.repository,
    );
    // Tags that selectors chose are in no list, unless the catalogue was decided.
    return (
        here.find(({ tags }) => tags.some(({ from, to }) => from === copy.tag && to === copy.reference)) ??
        here.find(({ selectors }) => selectors !== undefined)
    );
}

/**
 * The engine that is to carry this copy, were it to be carried; undefined for ourselves. A tag with the right digest and
 * not all that is below it is there to every engine but ours.
 */
export function engineOf(catalog: Catalog, copy: JudgedCopy): Replicator | undefined {
    const isIncomplete = copy.verdict === "missing" && copy.state.status === "present";
    return isIncomplete ? undefined : targetOf(catalog, copy)?.replicateWith;
}

/** Whether another engine is to carry this copy, were it to be carried. */
export function isReplicated(catalog: Catalog, copy: JudgedCopy): boolean {
    return engineOf(catalog, copy) !== undefined;
}
