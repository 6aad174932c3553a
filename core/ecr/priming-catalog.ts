import type { Catalog, CatalogImage } from "../catalog";
import { isPlatform, quote } from "../oci";
import type { CachedImage } from "./cached-images";
import { ecrError } from "./error";
import type { EcrRegistry } from "./repositories";

/** What of the cached images is to be primed. */
export interface PrimingChoice {
    /** @default all that a rule serves */
    readonly images?: readonly string[];
    /** @default those of each image in the catalogue */
    readonly platforms?: readonly string[];
}

/**
 * The catalogue as priming sees it: of each image its source, and the cache as its one target, with all tags that are
 * listed by name.
 *
 * @throws EcrError for an image that no rule serves, a word that is no platform, and where nothing is left to prime
 */
export function primingCatalog(
    catalog: Catalog,
    registry: EcrRegistry,
    cached: readonly CachedImage[],
    { images, platforms }: PrimingChoice = {},
): Catalog {
    const unknown = images?.find((name) => !cached.some(({ image }) => image === name));
    if (unknown !== undefined) {
        const why =
            catalog.images[unknown] === undefined ? "is no image of the catalogue" : "has a source that no rule serves";
        throw ecrError(`${quote(unknown)} cannot be primed: it ${why}.`);
    }
    const strange = platforms?.find((one) => !isPlatform(one));
    if (strange !== undefined || platforms?.length === 0) {
        throw ecrError(`"platforms" must name platforms as linux/arm64, not ${quote(strange ?? "")}.`);
    }
    const chosen = cached.filter(
        ({ image, tags }) => tags.length > 0 && (images === undefined || images.includes(image)),
    );
    if (chosen.length === 0) {
        throw ecrError(
            "There is nothing to prime: no image of the catalogue with listed tags has a source that a rule serves.",
        );
    }
    const { maintenance: _, waive: __, ...rest } = catalog;
    return {
        ...rest,
        images: Object.fromEntries(
            chosen.map(({ image, repository, tags }) => {
                const known = catalog.images[image] as CatalogImage;
                const { phase: _phase, selectors: _selectors, ...plain } = known;
                const pairs = tags.map((tag) => ({ from: tag, to: tag }));
                return [
                    image,
                    {
                        ...plain,
                        policy: "mirror",
                        targets: [{ registry: registry.name, repository, tags: pairs }],
                        platforms: platforms ?? known.platforms,
                        wave: 0,
                        critical: false,
                        referrers: true,
                    },
                ];
            }),
        ),
    };
}
