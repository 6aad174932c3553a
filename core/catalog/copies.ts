import type { Catalog, CatalogImage } from "./types";

/** One tag of one image at one registry: a place to look at, or to pull from. */
export interface Copy {
    readonly image: string;
    /** The tag at the source: the image's own name for it. */
    readonly tag: string;
    readonly role: "source" | "target";
    /** Key in the catalogue's registries. */
    readonly registry: string;
    readonly repository: string;
    /** The tag at this registry. */
    readonly reference: string;
}

/** Every place that a look asks: one HEAD for each. After the cut-over of a `migrate` image its source is none. */
export function listCopies(catalog: Catalog, images?: readonly string[]): Copy[] {
    const wanted = images === undefined ? undefined : new Set(images);
    return Object.values(catalog.images)
        .filter((image) => wanted === undefined || wanted.has(image.name))
        .flatMap(copiesOfImage);
}

/** The same for one image, whose tags are decided (`decideImage`): an image without tags would be one that nobody looks at. */
export function copiesOfImage(image: CatalogImage): Copy[] {
    if (image.selectors !== undefined) {
        throw new Error(`the tags of the image "${image.name}" are not decided`);
    }
    const copies: Copy[] = [];
    for (const tag of image.tags) {
        if (!hasCutOver(image)) {
            copies.push({ image: image.name, tag, role: "source", ...image.source, reference: tag });
        }
        for (const target of image.targets) {
            for (const pair of target.tags) {
                if (pair.from === tag) {
                    const { registry, repository } = target;
                    copies.push({ image: image.name, tag, role: "target", registry, repository, reference: pair.to });
                }
            }
        }
    }
    return copies;
}

/** After the cut-over the first target is the authority and the source is no longer asked. */
export function hasCutOver(image: CatalogImage): boolean {
    return image.policy === "migrate" && image.phase === "cut-over";
}

/** One string for one place, for maps and sets. */
export function copyKey(copy: Pick<Copy, "registry" | "repository" | "reference">): string {
    return `${copy.registry}/${copy.repository}:${copy.reference}`;
}

/** `image:tag@registry`, or with a rename `image:tag as stable@registry`: how messages and a fleet's state name a copy. */
export function nameCopy(copy: Copy): string {
    const renamed = copy.reference === copy.tag ? "" : ` as ${copy.reference}`;
    return `${copy.image}:${copy.tag}${renamed}@${copy.registry}`;
}
