import type { CatalogImage, Lock, Registry } from "../../core/catalog";
import { pinnedReference, suggestion } from "../../core/catalog";
import { TransshipError } from "../../core/errors";

/** image -> tag -> registry -> `host/repository:tag@sha256:…`; plain JSON, what a stack exports for others. */
export type References = Record<string, Record<string, Record<string, string>>>;

/** The verdicts of a fleet as data: image -> tag -> registry -> the digest there, or why it is not proven. */
export type Matrix = Record<string, Record<string, Record<string, string>>>;

/** One copy as the fleet names it in `unproven`. */
function copyName(image: string, from: string, to: string, registry: string): string {
    return `${image}:${from}${from === to ? "" : ` as ${to}`}@${registry}`;
}

/** Every place where an image can be pulled from, each pinned to its proven digest. Copies without proof are left out. Pure. */
export function buildReferences(
    images: Readonly<Record<string, CatalogImage>>,
    registries: Readonly<Record<string, Registry>>,
    proven: Lock,
    unproven: readonly string[],
): References {
    const without = new Set(unproven);
    const references: References = {};
    for (const place of places(images)) {
        const digest = proven[place.image]?.[place.from]?.digest;
        const host = registries[place.registry]?.host;
        const name = copyName(place.image, place.from, place.to, place.registry);
        if (digest !== undefined && host !== undefined && !without.has(name)) {
            const tags = (references[place.image] ??= {});
            const byRegistry = (tags[place.from] ??= {});
            byRegistry[place.registry] ??= pinnedReference(host, place.repository, place.to, digest);
        }
    }
    return references;
}

/** What the last look saw, cell by cell: a digest where a copy is proven, `unproven` where it is not. Pure. */
export function buildMatrix(
    images: Readonly<Record<string, CatalogImage>>,
    proven: Lock,
    unproven: readonly string[],
): Matrix {
    const without = new Set(unproven);
    const matrix: Matrix = {};
    for (const { image, from, to, registry } of places(images)) {
        const digest = proven[image]?.[from]?.digest;
        const byTag = (matrix[image] ??= {});
        const cells = (byTag[from] ??= {});
        cells[registry] ??=
            digest === undefined || without.has(copyName(image, from, to, registry)) ? "unproven" : digest;
    }
    return matrix;
}

/** One reference of an exported object; every step names what there is instead. Pure. */
export function referenceIn(references: References, image: string, tag: string, registry: string): string {
    const tags = references[image];
    const registries = tags?.[tag];
    const pinned = registries?.[registry];
    if (pinned !== undefined) {
        return pinned;
    }
    const [what, name, known] =
        tags === undefined
            ? [`an image "${image}"`, image, Object.keys(references)]
            : registries === undefined
              ? [`a tag "${tag}" of the image "${image}"`, tag, Object.keys(tags)]
              : [`a copy of ${image}:${tag} at "${registry}"`, registry, Object.keys(registries)];
    throw new TransshipError("REFERENCE_UNPROVEN", `nothing proves ${what} yet${suggestion(name, known)}`);
}

interface PinnedPlace {
    readonly image: string;
    readonly from: string;
    readonly to: string;
    readonly registry: string;
    readonly repository: string;
}

function places(images: Readonly<Record<string, CatalogImage>>): PinnedPlace[] {
    return Object.values(images).flatMap((image) => {
        const cutOver = image.policy === "migrate" && image.phase === "cut-over";
        const sources = cutOver
            ? []
            : image.tags.map((tag) => ({ image: image.name, from: tag, to: tag, ...image.source }));
        const targets = image.targets.flatMap(({ registry, repository, tags }) =>
            tags.map(({ from, to }) => ({ image: image.name, from, to, registry, repository })),
        );
        return [...sources, ...targets];
    });
}
