import {
    type Catalog,
    type CatalogImage,
    describeSelector,
    emptyChoices,
    hasCutOver,
    type Lock,
    type SelectedTags,
    selectTags,
    type TagSelector,
} from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isGone } from "../registry";
import { eachLimited } from "./each-limited";
import type { Registries } from "./observe";
import { once } from "./once";
import type { Place } from "./plan";

/**
 * Why an image's tags are not, or not all, decided. `empty`: it is proven that nothing fits; `unknown`: what there is
 * could not be asked; `waiting`: the previous environment has proven nothing that fits yet.
 */
export interface SelectionFailure extends Place {
    readonly image: string;
    readonly status: "empty" | "unknown" | "waiting";
    readonly code: string;
    /** A full sentence. */
    readonly message: string;
}

/** What the selectors of a catalogue chose. */
export interface TagSelection {
    /** Images with selectors only; without an entry where nothing is known of an image. */
    readonly selected: SelectedTags;
    readonly failures: readonly SelectionFailure[];
}

/** The tags of one repository, whole. */
export type ListTags = (place: Place) => Promise<readonly string[]>;

export interface SelectionOptions {
    readonly listTags: ListTags;
    /** Where the tags are decided. @default by the environment: `locked` its lock, without a request; else a listing */
    readonly by?: "lock" | "listing";
    /** What `locked` chooses from. @default the catalogue's */
    readonly lock?: Lock;
    /** The lock is the previous environment's own: what it does not have yet is waited for. @default with `promoteFrom` */
    readonly waits?: boolean;
    /** Tags of former runs, which stand in where a listing fails: what is proven must not be lost by an outage. */
    readonly previous?: (image: string) => readonly string[];
    readonly signal?: AbortSignal;
}

/** Listings under way at a time: each is a few requests, one after the other. */
const AT_ONCE = 64;

/** One listing for each repository, however many images ask. A failure is not remembered. */
export function listingsOf(registries: Registries): ListTags {
    const shared = new Map<string, Promise<readonly string[]>>();
    return ({ registry, repository }) =>
        once(shared, `${registry}\n${repository}`, () => listAll(registries, { registry, repository }));
}

export async function listAll(registries: Registries, { registry, repository }: Place): Promise<readonly string[]> {
    const tags: string[] = [];
    for await (const tag of registries.client(registry).listTags(repository)) {
        tags.push(tag);
    }
    return tags;
}

/**
 * Decides the tags of every image that has selectors; a catalogue without any costs nothing. An image whose tags cannot
 * be decided is told, and stops no other.
 */
export async function chooseTags(
    catalog: Catalog,
    options: SelectionOptions,
    images: readonly string[] = Object.keys(catalog.images),
): Promise<TagSelection> {
    const open = images.flatMap((name) => {
        const image = catalog.images[name];
        return image?.selectors === undefined ? [] : [image];
    });
    const decided = await eachLimited(open, AT_ONCE, (image) => decideOne(catalog, image, options));
    options.signal?.throwIfAborted();
    return {
        selected: Object.fromEntries(
            decided.flatMap(({ chosen }, index) => {
                const image = open[index];
                return image === undefined || chosen.length === 0 ? [] : [[image.name, chosen] as const];
            }),
        ),
        failures: decided.flatMap(({ failures }) => failures),
    };
}

interface Decided {
    readonly chosen: readonly string[];
    readonly failures: readonly SelectionFailure[];
}

async function decideOne(catalog: Catalog, image: CatalogImage, options: SelectionOptions): Promise<Decided> {
    const by = options.by ?? (catalog.upstream === "locked" ? "lock" : "listing");
    const place = authorityOf(image);
    try {
        if (by === "lock") {
            const lock = options.lock ?? catalog.lock;
            const names = Object.keys((Object.hasOwn(lock, image.name) ? lock[image.name] : undefined) ?? {});
            const waits = options.waits ?? catalog.promoteFrom !== undefined;
            return choose(image, names, (selector) => missingInLock(catalog, image, place, selector, waits));
        }
        const renames = new Set(
            hasCutOver(image) ? image.targets[0]?.tags.flatMap(({ from, to }) => (from === to ? [] : [to])) : [],
        );
        const names = (await options.listTags(place)).filter((tag) => !renames.has(tag));
        const decided = choose(image, names, (selector) => missingInListing(catalog, image, place, selector, names));
        return decided.chosen.length > 0 ? decided : { ...decided, chosen: standIns(image, options) };
    } catch (error) {
        return { chosen: standIns(image, options), failures: [failureOf(image, place, error)] };
    }
}

/** Whoever says which tags there are: the source, after the cut-over the first target. */
function authorityOf(image: CatalogImage): Place {
    const { registry, repository } = (hasCutOver(image) ? image.targets[0] : undefined) ?? image.source;
    return { registry, repository };
}

function choose(
    image: CatalogImage,
    tags: readonly string[],
    missing: (selector: TagSelector) => SelectionFailure,
): Decided {
    const choices = (image.selectors ?? []).map((selector) => ({ selector, tags: selectTags(selector, tags) }));
    const chosen = [...new Set(choices.flatMap((choice) => choice.tags))];
    const failures = choices.filter((choice) => choice.tags.length === 0).map(({ selector }) => missing(selector));
    // A target that takes nothing of nothing was told just now.
    const empty = failures.length === choices.length ? [] : emptyChoices(image, chosen);
    return {
        chosen,
        failures: [
            ...failures,
            ...empty.map(({ registry, repository, selector }) => ({
                image: image.name,
                registry,
                repository,
                status: "empty" as const,
                code: "NOTHING_SELECTED",
                message:
                    `None of the ${chosen.length + image.tags.length} tags of the image "${image.name}" fits ${describeSelector(selector)}, ` +
                    `which its target "${registry}" asks for; correct it in the catalogue.`,
            })),
        ],
    };
}

/** Former tags, as far as the selectors still fit them. */
function standIns(image: CatalogImage, { previous }: SelectionOptions): readonly string[] {
    const former = previous?.(image.name) ?? [];
    try {
        return [...new Set((image.selectors ?? []).flatMap((selector) => selectTags(selector, former)))];
    } catch {
        return [];
    }
}

function missingInLock(
    { environment, promoteFrom }: Catalog,
    image: CatalogImage,
    place: Place,
    selector: TagSelector,
    waits: boolean,
): SelectionFailure {
    const what = describeSelector(selector);
    const from = promoteFrom === undefined ? "the previous environment" : `the environment "${promoteFrom}"`;
    const message = waits
        ? `The image "${image.name}" waits: ${from} has proven no tag that fits ${what} yet.`
        : `The lock names no tag of the image "${image.name}" that fits ${what}: choose the tags for "${environment}" with "transship lock".`;
    const [status, code] = waits ? (["waiting", "NOT_PROMOTED"] as const) : (["empty", "NOTHING_LOCKED"] as const);
    return { image: image.name, ...place, status, code, message };
}

function missingInListing(
    catalog: Catalog,
    image: CatalogImage,
    place: Place,
    selector: TagSelector,
    tags: readonly string[],
): SelectionFailure {
    const host = catalog.registries[place.registry]?.host ?? place.registry;
    const examples = selectTags({ glob: "*" }, tags).slice(0, 5);
    const there = examples.length === 0 ? "it has none" : `of ${tags.length} there, such as ${examples.join(", ")}`;
    const message = `No tag of ${host}/${place.repository} fits ${describeSelector(selector)}, which the image "${image.name}" asks for (${there}); correct the selector.`;
    return { image: image.name, ...place, status: "empty", code: "NOTHING_SELECTED", message };
}

function failureOf(image: CatalogImage, place: Place, error: unknown): SelectionFailure {
    const isMistake = error instanceof TransshipError && error.code === "PATTERN_SLOW";
    const status = isMistake || isGone(error) ? "empty" : "unknown";
    const code = error instanceof TransshipError ? error.code : "INTERNAL";
    const why = describeError(error);
    const message = isMistake
        ? `A pattern of the image "${image.name}" ${why}.`
        : `The tags of the image "${image.name}" cannot be listed: ${why}`;
    return { image: image.name, ...place, status, code, message };
}
