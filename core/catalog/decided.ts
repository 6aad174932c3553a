import { selectTags } from "./select-tags";
import type { Catalog, CatalogImage, ImageTarget, TagPair } from "./types";

/** Image -> the tags that its selectors chose, best first. Images whose tags are all listed by name have no entry. */
export type SelectedTags = Readonly<Record<string, readonly string[]>>;

/**
 * A catalogue without selectors: every image has the tags that its selectors chose beside those that are listed. Where
 * nothing was chosen for an image, only the listed ones are left, and whoever decided has to tell it. Pure.
 */
export function decideCatalog(catalog: Catalog, selected: SelectedTags): Catalog {
    const images = Object.entries(catalog.images).map(([name, image]) => {
        const chosen = Object.hasOwn(selected, name) ? selected[name] : undefined;
        return [name, decideImage(image, chosen ?? [])] as const;
    });
    return { ...catalog, images: Object.fromEntries(images) };
}

/** The same for one image; one without selectors is given back as it is. */
export function decideImage(image: CatalogImage, chosen: readonly string[]): CatalogImage {
    const { selectors, ...decided } = image;
    if (selectors === undefined) {
        return image;
    }
    const tags = [...new Set([...image.tags, ...chosen])];
    return { ...decided, tags, targets: image.targets.map((target) => decideTarget(target, tags, chosen)) };
}

/** What a target lists wins over a chosen tag of the same name. */
function decideTarget(target: ImageTarget, tags: readonly string[], chosen: readonly string[]): ImageTarget {
    const { selectors, ...decided } = target;
    if (selectors === undefined) {
        return target;
    }
    const own = selectors === "all" ? chosen : selectors.flatMap((selector) => selectTags(selector, tags));
    const named = new Set(target.tags.map(({ to }) => to));
    const pairs: TagPair[] = [...new Set(own)].filter((tag) => !named.has(tag)).map((tag) => ({ from: tag, to: tag }));
    return { ...decided, tags: [...target.tags, ...pairs] };
}

/** The targets' selectors that chose none of an image's decided tags: a copy that nobody would miss otherwise. */
export function emptyChoices(image: CatalogImage, chosen: readonly string[]) {
    const tags = [...new Set([...image.tags, ...chosen])];
    return image.targets.flatMap(({ registry, repository, selectors }) =>
        (typeof selectors === "string" ? [] : (selectors ?? [])).flatMap((selector) =>
            selectTags(selector, tags).length > 0 ? [] : [{ registry, repository, selector }],
        ),
    );
}
