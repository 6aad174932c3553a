import type { Catalog, Lock } from "../catalog";
import { copyKey } from "./copies";
import type { Circumstances, Copy } from "./types";

export interface CircumstanceOptions {
    /** Wishes under `locked`; default: the catalogue's lock file. */
    readonly wishes?: Lock;
    /** What was ours before, beside the wishes: a stack's proven lock, digests that were carried in part. */
    readonly history?: readonly Lock[];
    readonly upstream?: Circumstances["upstream"];
    readonly onForeignDigest?: Circumstances["onForeignDigest"];
    /** Default: a tag that the wishes or the history name was carried. */
    readonly carried?: (copy: Copy) => boolean;
}

/** The circumstances of one environment: the catalogue's, with the options over them. */
export function circumstancesOf(catalog: Catalog, options: CircumstanceOptions = {}): Circumstances {
    const wishes = options.wishes ?? catalog.lock;
    const locks = [wishes, catalog.lock, catalog.promotedLock, ...(options.history ?? [])];
    const entry = (lock: Lock, image: string, tag: string) =>
        Object.hasOwn(lock, image) ? lock[image]?.[tag] : undefined;
    const wish = (image: string, tag: string): string | undefined =>
        locks
            .map((lock) => (lock === catalog.promotedLock ? undefined : entry(lock, image, tag)?.digest))
            .find(Boolean);
    return {
        upstream: options.upstream ?? catalog.upstream,
        onForeignDigest: options.onForeignDigest ?? catalog.onForeignDigest,
        promoteFrom: catalog.promoteFrom,
        wish,
        known: (image, tag) => {
            const entries = locks.map((lock) => entry(lock, image, tag)).filter((found) => found !== undefined);
            return new Set(entries.flatMap(({ digest, history }) => [digest, ...(history ?? [])]));
        },
        carried: options.carried ?? ((copy) => wish(copy.image, copy.tag) !== undefined),
    };
}

/** What was carried before, as a set of places. */
export function carriedAmong(copies: readonly Copy[]): (copy: Copy) => boolean {
    const keys = new Set(copies.map(copyKey));
    return (copy) => keys.has(copyKey(copy));
}
