import { type Catalog, type Copy, copyKey, knownDigests, type Lock, type LockEntry, lockEntry } from "../catalog";
import type { Circumstances, KnownSubset, PastDigest } from "./types";
import { waiversAt } from "./waivers";

export interface CircumstanceOptions {
    /** Wishes under `locked`; default: the catalogue's lock file. */
    readonly wishes?: Lock;
    /** What was ours before, beside the wishes: a stack's proven lock, digests that were carried in part. */
    readonly history?: readonly Lock[];
    readonly upstream?: Circumstances["upstream"];
    readonly onForeignDigest?: Circumstances["onForeignDigest"];
    /** Default: a tag that the wishes or the history name was carried. */
    readonly carried?: (copy: Copy) => boolean;
    readonly waits?: Circumstances["waits"];
    /** When the catalogue's waivers and maintenance windows are judged. @default when this is called */
    readonly now?: Date;
}

/** The circumstances of one environment: the catalogue's, with the options over them. */
export function circumstancesOf(catalog: Catalog, options: CircumstanceOptions = {}): Circumstances {
    const upstream = options.upstream ?? catalog.upstream;
    const wishes = options.wishes ?? catalog.lock;
    const history = [wishes, catalog.lock, ...(options.history ?? [])];
    // Under a lock only the lock wishes; else the last digest that was ours stands in for a source that is gone.
    const wishing = upstream === "locked" ? [wishes] : history;
    const wish = (image: string, tag: string): string | undefined => entriesOf(wishing, image, tag)[0]?.digest;
    return {
        upstream,
        onForeignDigest: options.onForeignDigest ?? catalog.onForeignDigest,
        promoteFrom: catalog.promoteFrom,
        ...(options.waits === undefined ? {} : { waits: options.waits }),
        wish,
        known: (image, tag) => new Set(history.flatMap((lock) => [...knownDigests(lock, image, tag)])),
        past: (image, tag, digest) => pastOf(entriesOf(history, image, tag), digest),
        subsets: (image, tag) =>
            entriesOf(history, image, tag).flatMap(({ digest, subset }) =>
                subset === undefined ? [] : [{ ...subset, of: digest }],
            ),
        missing: (image, digest) => missingBelow(history, image, digest),
        waived: waiversAt(catalog, options.now ?? new Date()),
        carried: options.carried ?? ((copy) => entriesOf(history, copy.image, copy.tag).length > 0),
    };
}

function entriesOf(locks: readonly Lock[], image: string, tag: string): LockEntry[] {
    return locks.flatMap((lock) => lockEntry(lock, image, tag) ?? []);
}

/** Several locks may know a digest: the one that knows its end says most. */
function pastOf(entries: readonly LockEntry[], digest: string): PastDigest | undefined {
    const found = entries.flatMap((entry): PastDigest[] => {
        const { history = [], since, subset, olderSubsets = [] } = entry;
        if (history[0] === digest && since !== undefined) {
            return [{ until: since }];
        }
        if (entry.digest === digest || history.includes(digest)) {
            return [{}];
        }
        return subset?.digest === digest || olderSubsets.includes(digest) ? [{ isSubset: true }] : [];
    });
    return found.find(({ until }) => until !== undefined) ?? found.find(({ isSubset }) => !isSubset) ?? found[0];
}

/** Several tags may be one digest, and what is missing below it is missing for all of them. */
function missingBelow(locks: readonly Lock[], image: string, digest: string): readonly string[] {
    const entries = locks.flatMap((lock) => (Object.hasOwn(lock, image) ? Object.values(lock[image] ?? {}) : []));
    return entries.find((entry) => entry.digest === digest && entry.missing !== undefined)?.missing ?? [];
}

/** What a carry, or a look at the source, has found out of one tag. */
export interface Learned {
    readonly image: string;
    readonly tag: string;
    readonly subset?: KnownSubset;
    /** What is missing below `of`. */
    readonly sparse?: { readonly of: string; readonly missing: readonly string[] };
}

/** The same circumstances, and what was found out since. */
export function withLearned(circumstances: Circumstances, learned: readonly Learned[]): Circumstances {
    return {
        ...circumstances,
        subsets: (image, tag) => [
            ...learned.flatMap((one) => (one.image === image && one.tag === tag && one.subset ? [one.subset] : [])),
            ...circumstances.subsets(image, tag),
        ],
        missing: (image, digest) =>
            learned.find((one) => one.image === image && one.sparse?.of === digest)?.sparse?.missing ??
            circumstances.missing(image, digest),
    };
}

/** What was carried before, as a set of places. */
export function carriedAmong(copies: readonly Copy[]): (copy: Copy) => boolean {
    const keys = new Set(copies.map(copyKey));
    return (copy) => keys.has(copyKey(copy));
}
