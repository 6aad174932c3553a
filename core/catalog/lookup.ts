import { formatReference, quote } from "../oci";
import { UnknownNameError } from "./error";
import { suggestion } from "./nearest";
import type { Catalog, CatalogImage, ImageTarget, Policy, Registry } from "./types";

/** @throws UnknownNameError IMAGE_UNKNOWN, with the nearest name */
export function findImage(catalog: Pick<Catalog, "images">, name: string): CatalogImage {
    const image = Object.hasOwn(catalog.images, name) ? catalog.images[name] : undefined;
    if (image === undefined) {
        const hint = suggestion(name, Object.keys(catalog.images));
        throw new UnknownNameError("IMAGE_UNKNOWN", sentence(`The catalogue has no image ${quote(name)}${hint}`));
    }
    return image;
}

/** @throws UnknownNameError REGISTRY_UNKNOWN, with the nearest name */
export function findRegistry(catalog: Catalog, name: string): Registry {
    const registry = Object.hasOwn(catalog.registries, name) ? catalog.registries[name] : undefined;
    if (registry === undefined) {
        const hint = suggestion(name, Object.keys(catalog.registries));
        throw new UnknownNameError("REGISTRY_UNKNOWN", sentence(`The catalogue has no registry ${quote(name)}${hint}`));
    }
    return registry;
}

/** The targets of an image, or those which carry one of its source tags. None for `keep`. */
export function targetsFor(image: CatalogImage, tag?: string): readonly ImageTarget[] {
    return tag === undefined
        ? image.targets
        : image.targets.filter(({ tags }) => tags.some(({ from }) => from === tag));
}

/** The waves that have images, lowest first: the order of carrying. */
export function waves(catalog: Catalog): number[] {
    const all = new Set(Object.values(catalog.images).map(({ wave }) => wave));
    return [...all].sort((a, b) => a - b);
}

/** What selects images. All that is given must hold. */
export interface ImageSelection {
    /** Names, which must exist. @default all */
    readonly images?: readonly string[];
    readonly where?: { readonly purpose?: string; readonly critical?: boolean; readonly policy?: Policy };
}

/**
 * Images by names and properties, each once, sorted by name.
 *
 * @throws UnknownNameError IMAGE_UNKNOWN
 */
export function selectImages(
    catalog: Pick<Catalog, "images">,
    { images, where = {} }: ImageSelection = {},
): CatalogImage[] {
    const chosen = new Set(images?.map((name) => findImage(catalog, name)) ?? Object.values(catalog.images));
    return [...chosen]
        .filter(
            (image) =>
                (where.purpose === undefined || image.purpose === where.purpose) &&
                (where.critical === undefined || image.critical === where.critical) &&
                (where.policy === undefined || image.policy === where.policy),
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `ghcr.io/acme/vault:1.18@sha256:…`: a person reads the tag, a machine takes the digest. */
export function pinnedReference(
    registry: Pick<Registry, "host">,
    repository: string,
    tag: string | undefined,
    digest: string | undefined,
): string {
    return formatReference({ registry: registry.host, repository, tag, digest });
}

function sentence(text: string): string {
    return /[.?]$/.test(text) ? text : `${text}.`;
}
