import type { Catalog, CatalogImage, Lock, LockEntry, TagSelector } from "../catalog";
import type { Protection } from "./types";

/**
 * What a catalogue shows of its images, and what its locks remember: those digests anywhere, the tags in this
 * repository. The tags that selectors choose are chosen among the repository's own, so nobody is asked.
 *
 * @param host the registry's, as `Registry.host` has it: two names may be one place
 * @param locks those of every environment, and what a stack has proven: whatever somebody may roll back to
 */
export function protectionOf(
    catalog: Pick<Catalog, "images" | "registries">,
    host: string,
    repository: string,
    locks: readonly Lock[],
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
    return { tags, selectors, digests: lockedDigests(locks) };
}

function lockedDigests(locks: readonly Lock[]): Map<string, string> {
    const present = new Map<string, string>();
    const older = new Map<string, string>();
    for (const [image, tag, entry] of locks.flatMap(entriesOf)) {
        present.set(entry.digest, `digest of ${image}:${tag} in the lock`);
        if (entry.subset !== undefined) {
            present.set(entry.subset.digest, `digest of ${image}:${tag} in the lock`);
        }
        for (const digest of [...(entry.history ?? []), ...(entry.olderSubsets ?? [])]) {
            older.set(digest, `roll-back digest of ${image}:${tag} in the lock`);
        }
    }
    return new Map([...older, ...present]);
}

function entriesOf(lock: Lock): [image: string, tag: string, entry: LockEntry][] {
    return Object.entries(lock).flatMap(([image, tags]) =>
        Object.entries(tags).map(([tag, entry]): [string, string, LockEntry] => [image, tag, entry]),
    );
}
