import type { Catalog, CatalogImage } from "../catalog";
import { TransshipError } from "../errors";
import { quote } from "../oci";
import { protectionOf } from "../retention";
import type { PackagePlace } from "./types";

/**
 * The packages of a catalogue that are ours: the targets at registries of kind `ghcr`, and there the sources of images
 * that we publish (`dual`) or move (`migrate`). What `mirror` and `keep` take from is somebody else's, or only watched.
 *
 * @param images whose packages; what is protected in them is that of the whole catalogue. @default all
 */
export function packagePlaces(catalog: Catalog, images?: readonly string[]): PackagePlace[] {
    const found = new Map<string, PackagePlace>();
    for (const image of Object.values(catalog.images) as CatalogImage[]) {
        const isWanted = images === undefined || images.includes(image.name);
        const own = image.policy === "dual" || image.policy === "migrate" ? [image.source] : [];
        for (const place of isWanted ? [...image.targets, ...own] : []) {
            const registry = catalog.registries[place.registry];
            const [owner = "", ...rest] = place.repository.split("/");
            const key = `${registry?.host}/${place.repository}`;
            if (registry?.kind === "ghcr" && rest.length > 0 && !found.has(key)) {
                const { selectors, tags } = protectionOf(catalog, registry.host, place.repository);
                const { repository } = place;
                found.set(key, { owner, name: rest.join("/"), registry: registry.name, repository, tags, selectors });
            }
        }
    }
    return [...found.values()].sort((a, b) => (a.repository < b.repository ? -1 : 1));
}

/** A package that the caller names; ghcr.io's repositories are in lower case, whatever GitHub's names are. */
export function namedPlace(
    owner: string,
    name: string,
    registry: string,
    places: readonly PackagePlace[],
): PackagePlace {
    const repository = `${owner}/${name}`.toLowerCase();
    if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)+$/.test(repository)) {
        throw new TransshipError(
            "PACKAGE_INVALID",
            `${quote(`${owner}/${name}`)} is no container package: write the owner, and the name below it without a tag.`,
        );
    }
    const known = places.find((place) => place.repository === repository);
    return known ?? { owner, name: name.toLowerCase(), registry, repository, tags: [], selectors: [] };
}
