import type { Catalog, CatalogImage, TagSelector } from "../catalog";
import type { Protection } from "./types";

/**
 * The tags that a catalogue shows in one repository. Those that its selectors choose are chosen among the repository's
 * own, so nobody is asked.
 *
 * @param host the registry's, as `Registry.host` has it: two names may be one place
 * @param digests what locks remember, by `readLockedDigests`: those of every environment, and what a stack has proven
 */
export function protectionOf(
    catalog: Pick<Catalog, "images" | "registries">,
    host: string,
    repository: string,
    digests: ReadonlyMap<string, string> = new Map(),
): Protection {
    const isHere = (place: { readonly registry: string; readonly repository: string }): boolean =>
        place.repository === repository && catalog.registries[place.registry]?.host === host;
    const tags: string[] = [];
    const selectors: TagSelector[] = [];
    for (const image of Object.values(catalog.images) as CatalogImage[]) {
        if (isHere(image.source)) {
            tags.push(...image.tags);
            selectors.push(...(image.selectors ?? []));
        }
        for (const target of image.targets.filter(isHere)) {
            tags.push(...target.tags.map(({ to }) => to));
            selectors.push(...((target.selectors === "all" ? image.selectors : target.selectors) ?? []));
        }
    }
    return { tags, selectors, digests };
}
