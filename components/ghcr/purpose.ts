import type { CatalogImage } from "../../core/catalog";
import { badArgument } from "../images/arguments";

/**
 * Images for CI and images for releases are kept apart: who says a purpose gets no image of another one.
 *
 * @throws InputPropertyError
 */
export function checkPurpose(images: readonly CatalogImage[], purpose: string | undefined): void {
    const other = purpose === undefined ? undefined : images.find((image) => image.purpose !== purpose);
    if (other !== undefined) {
        const has = other.purpose === undefined ? "no purpose" : `purpose "${other.purpose}"`;
        throw badArgument(
            "purpose",
            `the image "${other.name}" has ${has} in the catalogue, and only "${purpose}" belongs here: leave it out, or write purpose: ${purpose} beside it`,
        );
    }
}
