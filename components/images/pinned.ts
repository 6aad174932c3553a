import {
    type CatalogImage,
    type Copy,
    copiesOfImage,
    digestAt,
    type Lock,
    lockEntry,
    nameCopy,
    pinnedReference,
    type Registry,
    suggestion,
} from "../../core/catalog";
import { TransshipError } from "../../core/errors";

/** image -> tag -> registry -> `host/repository:tag@sha256:…`; plain JSON, what a stack exports for others. */
export type References = Record<string, Record<string, Record<string, string>>>;

/** The verdicts of a fleet as data: image -> tag -> registry -> the digest there, or why it is not proven. */
export type Matrix = Record<string, Record<string, Record<string, string>>>;

/** Every place where an image can be pulled from, each pinned to its proven digest. Copies that never had a proof are left out. Pure. */
export function buildReferences(
    images: Readonly<Record<string, CatalogImage>>,
    registries: Readonly<Record<string, Registry>>,
    proven: Lock,
    absent: readonly string[],
): References {
    const without = new Set(absent);
    const references: References = {};
    for (const copy of Object.values(images).flatMap(copiesOfImage)) {
        const { image, tag, registry, repository, reference } = copy;
        const entry = lockEntry(proven, image, tag);
        const digest = entry && digestAt(entry, copy);
        const host = registries[registry]?.host;
        if (digest !== undefined && host !== undefined && !without.has(nameCopy(copy))) {
            setCell(references, copy, pinnedReference({ host }, repository, reference, digest));
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
    for (const copy of Object.values(images).flatMap(copiesOfImage)) {
        const entry = lockEntry(proven, copy.image, copy.tag);
        setCell(matrix, copy, entry === undefined || without.has(nameCopy(copy)) ? "unproven" : digestAt(entry, copy));
    }
    return matrix;
}

/** The first copy of a tag at a registry speaks for it: a second one is a rename beside it. */
function setCell(cells: References, { image, tag, registry }: Copy, value: string): void {
    const tags = own(cells, image) ?? {};
    const registries = own(tags, tag) ?? {};
    registries[registry] ??= value;
    tags[tag] = registries;
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
