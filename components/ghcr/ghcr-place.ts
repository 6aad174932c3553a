import { type Catalog, type CatalogImage, findImage } from "../../core/catalog";
import { packageSettingsUrl } from "../../core/github-names";
import { atProperty, badArgument } from "../images/arguments";

/** Where an image is at ghcr.io. */
export interface GhcrPlace {
    readonly image: string;
    /** `ghcr.io/kuzudb/explorer`. */
    readonly reference: string;
    /** First part of the path, lower case. */
    readonly owner: string;
    /** What is below the owner: the package's name, slashes and all. */
    readonly package: string;
}

/**
 * The place of kind `ghcr` of an image of the catalogue: a target, or its source. Pure.
 *
 * @throws InputPropertyError where there is none
 */
export function ghcrPlace(catalog: Catalog, name: string, property: string): GhcrPlace {
    const image: CatalogImage = atProperty(property, () => findImage(catalog, name));
    const places = [...image.targets, image.source];
    const found = places.find(({ registry }) => catalog.registries[registry]?.kind === "ghcr");
    const host = catalog.registries[found?.registry ?? ""]?.host;
    if (found === undefined || host === undefined) {
        const reason = `the image "${name}" has no place at ghcr.io in the catalogue: give it a target of a registry with host ghcr.io/OWNER`;
        throw badArgument(property, reason);
    }
    const [owner = "", ...rest] = found.repository.split("/");
    return { image: name, reference: `${host}/${found.repository}`, owner, package: rest.join("/") };
}

/**
 * A workflow's own token pushes to packages of its repository's owner, and of nobody else. Pure.
 *
 * @throws InputPropertyError
 */
export function checkOwner({ image, owner, reference }: GhcrPlace, repository: string): void {
    const own = repository.split("/")[0] ?? "";
    if (own.toLowerCase() !== owner) {
        throw badArgument(
            "repository",
            `a workflow of ${repository} may not push ${image} to ${reference}, since its token is for packages of ${own} only: take a repository of ${owner}, or a catalogue whose ghcr registry has host ghcr.io/${own.toLowerCase()}`,
        );
    }
}

/**
 * Where people set what GitHub has no API for: a package's visibility, and which repositories' workflows may write to it.
 * While nobody asked GitHub whether the owner is an organisation, it is the package's own page, from which one gets there.
 */
export function settingsUrl(
    place: GhcrPlace,
    repository: string,
    ownerKind: "Organization" | "User" | undefined,
): string {
    return ownerKind === undefined
        ? `https://github.com/${repository}/pkgs/container/${encodeURIComponent(place.package)}`
        : packageSettingsUrl({ kind: ownerKind, login: place.owner }, place.package);
}
