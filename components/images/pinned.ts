import type { CatalogImage, Lock, Registry } from "../../core/catalog";
import { lockEntry, pinnedReference, suggestion } from "../../core/catalog";
import { TransshipError } from "../../core/errors";

/** image -> tag -> registry -> `host/repository:tag@sha256:…`; plain JSON, what a stack exports for others. */
export type References = Record<string, Record<string, Record<string, string>>>;

/** The verdicts of a fleet as data: image -> tag -> registry -> the digest there, or why it is not proven. */
export type Matrix = Record<string, Record<string, Record<string, string>>>;

/** One copy as the fleet names it in `unproven` and `absent`. */
function copyName({ image, from, to, registry }: PinnedPlace): string {
    return `${image}:${from}${from === to ? "" : ` as ${to}`}@${registry}`;
}

/** Every place where an image can be pulled from, each pinned to its proven digest. Copies that never had a proof are left out. Pure. */
export function buildReferences(
    images: Readonly<Record<string, CatalogImage>>,
    registries: Readonly<Record<string, Registry>>,
    proven: Lock,
    absent: readonly string[],
): References {
    const without = new Set(absent);
    const references: References = {};
    for (const place of places(images)) {
        const { image, from, to, registry, repository } = place;
        const digest = lockEntry(proven, image, from)?.digest;
        const host = registries[registry]?.host;
        if (digest !== undefined && host !== undefined && !without.has(copyName(place))) {
            setCell(references, place, pinnedReference({ host }, repository, to, digest));
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
    for (const place of places(images)) {
        const digest = lockEntry(proven, place.image, place.from)?.digest;
        setCell(matrix, place, digest === undefined || without.has(copyName(place)) ? "unproven" : digest);
    }
    return matrix;
}

/** The first copy of a tag at a registry speaks for it: a second one is a rename beside it. */
function setCell(cells: References, { image, from, registry }: PinnedPlace, value: string): void {
    const tags = own(cells, image) ?? {};
    const registries = own(tags, from) ?? {};
    registries[registry] ??= value;
    tags[from] = registries;
    cells[image] = tags;
}

/** One reference of an exported object; every step names what there is instead. Pure. */
export function referenceIn(references: References, image: string, tag: string, registry: string): string {
    const tags = own(references, image);
    const registries = tags === undefined ? undefined : own(tags, tag);
    const pinned = registries === undefined ? undefined : own(registries, registry);
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

/** A tag may be called `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
    return Object.hasOwn(record, key) ? record[key] : undefined;
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
