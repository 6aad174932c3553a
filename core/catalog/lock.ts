import { isDeepStrictEqual } from "node:util";
import { parseDigest } from "../oci";
import type { Lock, LockEntry, LockedSubset } from "./types";

/** Digests that are kept behind the present one: what a roll-back can reach. */
export const HISTORY = 5;

/** What a lock says of one tag. Asks own keys only: a tag may be called `constructor`. */
export function lockEntry(lock: Lock, image: string, tag: string): LockEntry | undefined {
    const tags = Object.hasOwn(lock, image) ? lock[image] : undefined;
    return tags !== undefined && Object.hasOwn(tags, tag) ? tags[tag] : undefined;
}

/**
 * The lock with a tag's digest. A new digest moves the old one to the front of its history; the same digest changes
 * nothing, since `since` is when it was first proven.
 *
 * @param now when the digest was proven @default the present time
 * @throws InvalidDigestError
 */
export function recordDigest(lock: Lock, image: string, tag: string, digest: string, now: Date = new Date()): Lock {
    const old = lockEntry(lock, image, tag);
    const entry = advanceEntry(old, digest, now);
    return entry === old ? lock : withEntry(lock, image, tag, entry);
}

/**
 * The same for one tag's entry; the very same entry where nothing changed.
 *
 * @throws InvalidDigestError
 */
export function advanceEntry(old: LockEntry | undefined, digest: string, now: Date): LockEntry {
    parseDigest(digest);
    if (old?.digest === digest) {
        return old;
    }
    return { ...replaceDigest(old, digest), since: now.toISOString() };
}

/** An entry with another digest, the old one at the front of its history; without a time, since nothing is proven yet. */
export function replaceDigest(old: LockEntry | undefined, digest: string): LockEntry {
    const history = old === undefined ? [] : historyOf(digest, [old.digest, ...(old.history ?? [])]);
    return { ...entryOf(digest, history, undefined), ...olderOf(subsetsOf(old).filter((one) => one !== digest)) };
}

/**
 * An entry with what the targets show of its digest, nothing for the whole of it; the very same entry where that is
 * known already.
 */
export function withSubset(entry: LockEntry, subset: LockedSubset | undefined): LockEntry {
    if (isDeepStrictEqual(entry.subset, subset)) {
        return entry;
    }
    const { subset: _replaced, olderSubsets: _known, ...rest } = entry;
    const older = olderOf(subsetsOf(entry).filter((one) => one !== subset?.digest));
    return { ...rest, ...(subset === undefined ? {} : { subset }), ...older };
}

/** An entry with what is missing below its digest; the very same entry where that is known already. */
export function withMissing(entry: LockEntry, missing: readonly string[] | undefined): LockEntry {
    return missing === undefined || isDeepStrictEqual(entry.missing, missing) ? entry : { ...entry, missing };
}

/** The digest which a proven copy shows: that of the whole image at a source, of what was carried of it at a target. */
export function digestAt(entry: LockEntry, { role }: { readonly role: "source" | "target" }): string {
    return role === "target" ? (entry.subset?.digest ?? entry.digest) : entry.digest;
}

/** Every digest that the lock has seen for a tag: all others are somebody else's. */
export function knownDigests(lock: Lock, image: string, tag: string): Set<string> {
    const entry = lockEntry(lock, image, tag);
    return new Set(entry === undefined ? [] : [entry.digest, ...(entry.history ?? []), ...subsetsOf(entry)]);
}

/** What was shown of an entry under other digests than its own, newest first. */
function subsetsOf(entry: LockEntry | undefined): string[] {
    const all = [...(entry?.subset === undefined ? [] : [entry.subset.digest]), ...(entry?.olderSubsets ?? [])];
    return all.filter((digest) => digest !== entry?.digest);
}

function olderOf(digests: readonly string[]): { readonly olderSubsets?: readonly string[] } {
    return digests.length === 0 ? {} : { olderSubsets: [...new Set(digests)].slice(0, HISTORY) };
}

/**
 * Both locks; where both know a tag the newer one's digest stands, and what the older one had goes to its history.
 * Where they agree, the digest was proven when the older one says.
 */
export function mergeLocks(older: Lock, newer: Lock): Lock {
    let merged: Lock = older;
    for (const [image, tags] of Object.entries(newer)) {
        for (const [tag, entry] of Object.entries(tags)) {
            const old = lockEntry(older, image, tag);
            const digests = old === undefined ? [] : [old.digest, ...(old.history ?? [])];
            const history = historyOf(entry.digest, [...(entry.history ?? []), ...digests]);
            const since = (old?.digest === entry.digest ? old.since : undefined) ?? entry.since;
            const same = old?.digest === entry.digest ? old : undefined;
            const subset = entry.subset ?? same?.subset;
            const shown = [entry.digest, subset?.digest];
            const before = olderOf([...subsetsOf(entry), ...subsetsOf(old)].filter((one) => !shown.includes(one)));
            const missing = entry.missing ?? same?.missing;
            merged = withEntry(merged, image, tag, {
                ...entryOf(entry.digest, history, since),
                ...(subset === undefined ? {} : { subset }),
                ...before,
                ...(missing === undefined ? {} : { missing }),
            });
        }
    }
    return merged;
}

function historyOf(digest: string, older: readonly string[]): string[] {
    return [...new Set(older)].filter((other) => other !== digest).slice(0, HISTORY);
}

function entryOf(digest: string, history: readonly string[], since: string | undefined): LockEntry {
    return { digest, ...(history.length > 0 ? { history } : {}), ...(since === undefined ? {} : { since }) };
}

function withEntry(lock: Lock, image: string, tag: string, entry: LockEntry): Lock {
    const tags = Object.hasOwn(lock, image) ? lock[image] : {};
    return { ...lock, [image]: { ...tags, [tag]: entry } };
}
