import { type Catalog, type Copy, copyKey, type Lock, type LockEntry, lockEntry } from "../catalog";
import type { Circumstances } from "./types";

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
        known: (image, tag) =>
            new Set(entriesOf(history, image, tag).flatMap((entry) => [entry.digest, ...(entry.history ?? [])])),
        carried: options.carried ?? ((copy) => entriesOf(history, copy.image, copy.tag).length > 0),
    };
}

function entriesOf(locks: readonly Lock[], image: string, tag: string): LockEntry[] {
    return locks.flatMap((lock) => lockEntry(lock, image, tag) ?? []);
}

/** What was carried before, as a set of places. */
export function carriedAmong(copies: readonly Copy[]): (copy: Copy) => boolean {
    const keys = new Set(copies.map(copyKey));
    return (copy) => keys.has(copyKey(copy));
}
