import type { Catalog, CatalogImage } from "./types";

/** One of several equal parts of a fleet. */
export interface Shard {
    /** From 1 to `count`. */
    readonly index: number;
    readonly count: number;
}

/** How much more than its even share a shard takes before an image goes to its next choice. */
const SLACK = 1.05;
/** Tags that a selector without `newest` is thought to choose: nobody has listed anything yet. */
const TAGS_OF_SELECTOR = 10;
/** So many copies are one job's worth: half a minute to some minutes at the rates that public registries allow. */
const COPIES_OF_A_JOB = 2_000;
const MOST_SHARDS = 64;

/**
 * The images of one shard, in their given order; all shards together are all images, each once. An image's tags stay
 * together. Decided by the catalogue alone, without a request, so that jobs on several machines agree.
 *
 * Consistent hashing with bounded loads (arxiv.org/abs/1608.01350): each image has an order of shards of its own and goes
 * to the first that has room. So no shard holds more than 5% above an even share of the copies and one image, and a new
 * image moves few others. Pure.
 */
export function shardImages(catalog: Catalog, images: readonly string[], { index, count }: Shard): string[] {
    const weights = new Map(images.map((name) => [name, weightOf(catalog.images[name])]));
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const room = (total / count) * SLACK;
    const loads = new Array<number>(count).fill(0);
    const shardOf = new Map<string, number>();
    for (const { name, hash } of inOwnOrder(weights)) {
        const choices = Array.from({ length: count }, (_, shard) => ({ shard, rank: mix(hash ^ mix(shard + 1)) }));
        choices.sort((a, b) => a.rank - b.rank);
        // Not all can be full: together they hold less than `total` while this one is left.
        const chosen = choices.find(({ shard }) => (loads[shard] as number) < room) as { readonly shard: number };
        loads[chosen.shard] = (loads[chosen.shard] as number) + (weights.get(name) as number);
        shardOf.set(name, chosen.shard);
    }
    return images.filter((name) => shardOf.get(name) === index - 1);
}

/** How many jobs a catalogue is worth: below two there is nothing to share out. */
export function shardsFor({ images }: Catalog): number {
    const copies = Object.values(images).reduce((sum, image) => sum + expectedCopies(image), 0);
    return Math.min(MOST_SHARDS, Math.max(2, Math.ceil(copies / COPIES_OF_A_JOB)));
}

/** Copies that a look at an image asks for, as far as that is known before anything is listed. */
function expectedCopies(image: CatalogImage): number {
    const chosen = (image.selectors ?? []).reduce((sum, { newest = TAGS_OF_SELECTOR }) => sum + newest, 0);
    return Math.max(1, image.tags.length + chosen) * (1 + image.targets.length);
}

function weightOf(image: CatalogImage | undefined): number {
    return image === undefined ? 1 : expectedCopies(image);
}

/**
 * The heaviest first, as there is room for the small ones everywhere. Neither the catalogue's order nor that of the
 * arguments decides, or one image more would move all behind it.
 */
function inOwnOrder(weights: ReadonlyMap<string, number>): { readonly name: string; readonly hash: number }[] {
    return [...weights]
        .map(([name, weight]) => ({ name, weight, hash: hashOf(name) }))
        .sort((a, b) => b.weight - a.weight || a.hash - b.hash || (a.name < b.name ? -1 : 1));
}

/** FNV-1a, 32 bit: ten thousand names by eight shards are hashed in milliseconds. */
function hashOf(text: string): number {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(text)) {
        hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return mix(hash);
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the result. */
function mix(value: number): number {
    let hash = value;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
}
