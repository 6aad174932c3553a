import { type CatalogImage, type Purpose, refuseOtherPurpose } from "../../core/catalog";

/**
 * The images of a stack, none of which may be of the other purpose.
 *
 * @param advice how to leave them out, as a clause
 * @throws TransshipError PURPOSE_REFUSED, which names them
 */
export function imagesForPurpose(
    purpose: Purpose | undefined,
    images: readonly CatalogImage[],
    advice: string,
): readonly CatalogImage[] {
    refuseOtherPurpose(purpose, images, "This stack", advice);
    return images;
}
