import { parseDigest } from "../oci";
import type { Lock, LockEntry } from "./types";

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
    return entryOf(digest, history, undefined);
}

/** Every digest that the lock has seen for a tag: all others are somebody else's. */
export function knownDigests(lock: Lock, image: string, tag: string): Set<string> {
    const entry = lockEntry(lock, image, tag);
    return new Set(entry === undefined ? [] : [entry.digest, ...(entry.history ?? [])]);
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
            const before = old === undefined ? [] : [old.digest, ...(old.history ?? [])];
            const history = historyOf(entry.digest, [...(entry.history ?? []), ...before]);
            const since = (old?.digest === entry.digest ? old.since : undefined) ?? entry.since;
            merged = withEntry(merged, image, tag, entryOf(entry.digest, history, since));
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
