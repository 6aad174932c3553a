import {
    type Catalog,
    listSome,
    refuseOtherPurpose,
    selectImages,
    sharedNamespaces,
    suggestion,
} from "../core/catalog";
import type { Finding } from "../core/mirror";
import { ALL_IMAGES } from "../core/report";
import { UsageError } from "./exit-code";
import type { Session } from "./session";

/**
 * The images that a run is for: those that are named, of `--purpose` only; none for all of the catalogue.
 *
 * @throws TransshipError PURPOSE_REFUSED where the environment is for another purpose; UsageError for an empty choice
 */
export function imagesOfPurpose(
    catalog: Catalog,
    { purpose }: Readonly<Record<string, unknown>>,
    named: readonly string[],
): readonly string[] {
    const word = purpose === undefined ? undefined : String(purpose);
    const images = named.length === 0 ? undefined : named;
    const chosen = selectImages(catalog, { images, where: word === undefined ? {} : { purpose: word } });
    if (chosen.length === 0) {
        const words = Object.values(catalog.images).flatMap((image) => image.purpose ?? []);
        const which = images === undefined ? "The catalogue has no image" : "None of these images is";
        const hint = suggestion(word ?? "", new Set(words));
        const end = hint.endsWith("?") ? "" : ".";
        throw new UsageError(`${which} of purpose ${JSON.stringify(word)}${hint}${end}`);
    }
    const other = catalog.purpose === "ci" ? "ci" : "release";
    const who = `The environment "${catalog.environment}"`;
    refuseOtherPurpose(catalog.purpose, chosen, who, `leave them out with --purpose ${other}, or name the others`);
    return word === undefined ? named : chosen.map(({ name }) => name);
}

/** Registries where images of both purposes lie side by side: to be known, and no fault. */
export function purposeFindings({ catalog, images }: Session): Finding[] {
    const chosen = selectImages(catalog, { images });
    return sharedNamespaces(catalog, chosen).map(({ registry, place, ci, release }) => ({
        code: "PURPOSES_MIXED",
        severity: "warning",
        image: ALL_IMAGES,
        tag: ALL_IMAGES,
        registry,
        message:
            `${place} gets images of purpose ci (${listSome(ci)}) and of purpose release (${listSome(release)}) side by ` +
            'side; keep them apart with "namespaces: { ci: ci }" in the catalogue.',
    }));
}
