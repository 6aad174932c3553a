import { type Catalog, type CatalogImage, hasCutOver, type ImageTarget, selectTags, type TagPair } from "../catalog";
import { TransshipError } from "../errors";

/** One repository that an image is published to, and the names that the published tags have there. */
export interface PublishPlace {
    readonly role: "source" | "target";
    /** Key in the catalogue's registries. */
    readonly registry: string;
    readonly host: string;
    readonly repository: string;
    /** `from`: the published tag; `to`: its name here. */
    readonly tags: readonly TagPair[];
}

/**
 * Every place of an image: its source, unless it has left it (`migrate` after the cut-over), and its targets. Two
 * entries of one repository are one place. Pure.
 *
 * @throws TransshipError NOT_OURS for an image that somebody else publishes, PLATFORMS_FILTERED
 */
export function publishPlaces(catalog: Catalog, image: CatalogImage, tags: readonly string[]): PublishPlace[] {
    refuseUnpublished(image);
    const same = tags.map((tag) => ({ from: tag, to: tag }));
    const source = hasCutOver(image) ? [] : [{ role: "source" as const, ...image.source, tags: same }];
    const targets = image.targets.map((target) => ({
        role: "target" as const,
        registry: target.registry,
        repository: target.repository,
        tags: tags.flatMap((tag) => namesAt(target, image, tag).map((to) => ({ from: tag, to }))),
    }));
    const places = new Map<string, PublishPlace>();
    for (const { role, registry, repository, tags: pairs } of [...source, ...targets]) {
        const host = catalog.registries[registry]?.host ?? registry;
        const key = `${host}/${repository}`;
        const known = places.get(key) ?? { role, registry, host, repository, tags: [] };
        const added = pairs.filter(({ to }) => !known.tags.some((pair) => pair.to === to));
        places.set(key, { ...known, tags: [...known.tags, ...added] });
    }
    return [...places.values()];
}

/** Whether a look at the catalogue's image asks for this tag, now or once a selector has chosen it. */
export function isListed(image: CatalogImage, tag: string): boolean {
    return image.tags.includes(tag) || (image.selectors ?? []).some((selector) => fits(selector, tag));
}

/** A target takes what the catalogue says that it takes; a tag that the catalogue does not know goes everywhere. */
function namesAt({ tags, selectors }: ImageTarget, image: CatalogImage, tag: string): string[] {
    const listed = tags.filter(({ from }) => from === tag).map(({ to }) => to);
    if (listed.length > 0) {
        return listed;
    }
    if (!isListed(image, tag)) {
        return [tag];
    }
    const chosen = selectors === "all" ? !image.tags.includes(tag) : (selectors ?? []).some((one) => fits(one, tag));
    return chosen ? [tag] : [];
}

/** Of a tag alone nobody knows whether it is among the newest. */
function fits(selector: Parameters<typeof selectTags>[0], tag: string): boolean {
    return selectTags({ ...selector, newest: undefined }, [tag]).length > 0;
}

function refuseUnpublished({ name, policy, platforms }: CatalogImage): void {
    if (policy === "mirror" || policy === "keep") {
        const what =
            policy === "mirror"
                ? `is somebody else's image (policy mirror), which "transship sync ${name}" carries`
                : "stays at its source (policy keep), where nothing is published by us";
        throw new TransshipError(
            "NOT_OURS",
            `The image "${name}" ${what}: publish is for images of ours; if it is one, give it policy dual.`,
        );
    }
    if (platforms !== "all") {
        throw new TransshipError(
            "PLATFORMS_FILTERED",
            `The image "${name}" lists platforms in the catalogue, which makes another digest at each target: build ` +
                'those platforms only, and give it "platforms: all".',
        );
    }
}
