import { type Catalog, findImage, type ImageTarget } from "../catalog";
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

/** Whether another engine is to carry this copy, were it to be carried. */
export function isReplicated(catalog: Catalog, copy: JudgedCopy): boolean {
    return targetOf(catalog, copy)?.replicateWith !== undefined;
}
