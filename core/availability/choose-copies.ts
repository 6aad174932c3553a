import { type Catalog, type Copy, decideCatalog, listCopies } from "../catalog";

/** Images that are tried at one registry until one is there. */
const TRIED = 3;

/**
 * What a probe asks each registry for: by registry, at most three copies of different images, the best first. That is
 * the image which the user names, then the one that lies at the most registries, so that the same layer is read at as
 * many as can be. Of images with selectors the tags that the lock knows, since nothing is listed for a probe. Pure.
 */
export function chooseCopies(catalog: Catalog, image?: string): ReadonlyMap<string, readonly Copy[]> {
    const known = Object.fromEntries(Object.keys(catalog.images).map((name) => [name, lockedTags(catalog, name)]));
    const copies = listCopies(decideCatalog(catalog, known));
    const places = new Map<string, Set<string>>();
    for (const copy of copies) {
        places.set(copy.image, (places.get(copy.image) ?? new Set()).add(copy.registry));
    }
    const rank = ({ image: name }: Copy): number => (name === image ? Infinity : (places.get(name)?.size ?? 0));
    const chosen = new Map<string, Copy[]>();
    // The sort is stable: between equals the catalogue's order decides.
    for (const copy of [...copies].sort((a, b) => (rank(b) > rank(a) ? 1 : rank(b) < rank(a) ? -1 : 0))) {
        const own = chosen.get(copy.registry) ?? [];
        if (own.length < TRIED && own.every((other) => other.image !== copy.image)) {
            chosen.set(copy.registry, [...own, copy]);
        }
    }
    return chosen;
}

function lockedTags(catalog: Catalog, image: string): string[] {
    return Object.hasOwn(catalog.lock, image) ? Object.keys(catalog.lock[image] ?? {}) : [];
}
