import type { CatalogImage } from "../../core/catalog";
import { suggestion } from "../../core/catalog";
import { TransshipError } from "../../core/errors";

/** Which copy of an image is meant; what is left out must be the only one there is. */
export interface CopyChoice {
    /** The tag at the source, or a target's own name for it. Default: the image's only tag. */
    readonly tag?: string;
    /** The catalogue's key of a registry. Default: the image's only target, or its source where it has none. */
    readonly registry?: string;
}

/** The names of one copy. Without a tag: the only one that the image's selectors choose, which the Output knows. */
export interface ChosenCopy {
    readonly tag?: string;
    readonly registry: string;
}

/**
 * Resolves a choice against the catalogue, at once: an unknown name or an ambiguity is an error before any deploy. What
 * selectors choose is not known yet: `chosenTag` judges it in the Output. Pure.
 */
export function chooseCopy(image: CatalogImage, choice: CopyChoice): ChosenCopy {
    const registry = choice.registry ?? onlyRegistry(image);
    const registries = [...image.targets.map((target) => target.registry), image.source.registry];
    if (!registries.includes(registry)) {
        throw unknown(`the image "${image.name}" is not at a registry "${registry}"`, registry, registries);
    }
    return { registry, tag: chooseTag(image, choice.tag, registry) };
}

/**
 * The tag of a choice that selectors may have made.
 *
 * @param proven the tags of this image that have a reference at the registry
 * @throws TransshipError AMBIGUOUS, TAG_NOT_SELECTED
 */
export function chosenTag(image: CatalogImage, choice: ChosenCopy, proven: readonly string[]): string {
    const { tag, registry } = choice;
    if (image.selectors === undefined) {
        return tag ?? "";
    }
    const name = `the image "${image.name}"`;
    const [only, ...others] = proven;
    if (tag === undefined && only !== undefined && others.length === 0) {
        return only;
    }
    if (tag === undefined && only !== undefined) {
        const tags = listSome(proven);
        throw new TransshipError("AMBIGUOUS", `${name} has several tags; name one of ${tags} as { tag }`);
    }
    if (tag === undefined || (!proven.includes(tag) && !image.tags.includes(tag))) {
        const what = tag === undefined ? "any tag" : `the tag "${tag}"`;
        const sentence = `no selector of ${name} has chosen ${what} for "${registry}", or nothing proves it yet`;
        throw new TransshipError("TAG_NOT_SELECTED", `${sentence}${tag === undefined ? "" : suggestion(tag, proven)}`);
    }
    return tag;
}

function listSome(tags: readonly string[]): string {
    return tags.length > 10 ? `${tags.slice(0, 10).join(", ")}, …` : tags.join(", ");
}

function onlyRegistry(image: CatalogImage): string {
    const registries = [...new Set(image.targets.map((target) => target.registry))];
    const [only = image.source.registry, ...others] = registries;
    if (others.length > 0) {
        throw new TransshipError(
            "AMBIGUOUS",
            `the image "${image.name}" is at several registries; name one of ${registries.join(", ")} as { registry }`,
        );
    }
    return only;
}

function chooseTag(image: CatalogImage, tag: string | undefined, registry: string): string | undefined {
    const pairs = [
        ...image.targets.filter((target) => target.registry === registry).flatMap((target) => target.tags),
        ...(image.source.registry === registry ? image.tags.map((from) => ({ from, to: from })) : []),
    ];
    const found = pairs.find(({ from }) => from === tag) ?? pairs.find(({ to }) => to === tag);
    if (found === undefined && isSelected(image, registry)) {
        return tag;
    }
    const froms = [...new Set(pairs.map(({ from }) => from))];
    if (tag === undefined) {
        const [only, ...others] = froms;
        if (only === undefined || others.length > 0) {
            const message = `the image "${image.name}" has several tags; name one of ${froms.join(", ")} as { tag }`;
            throw new TransshipError("AMBIGUOUS", message);
        }
        return only;
    }
    if (found === undefined) {
        const names = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))];
        throw unknown(`the image "${image.name}" has no tag "${tag}" at "${registry}"`, tag, names);
    }
    return found.from;
}

/** Whether selectors choose tags for a registry. */
function isSelected(image: CatalogImage, registry: string): boolean {
    return (
        (image.selectors !== undefined && image.source.registry === registry) ||
        image.targets.some((target) => target.registry === registry && target.selectors !== undefined)
    );
}

function unknown(sentence: string, name: string, candidates: readonly string[]): TransshipError {
    return new TransshipError("NAME_UNKNOWN", `${sentence}${suggestion(name, candidates)}`);
}
