import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    digestAt,
    knownDigests,
    type Lock,
    type LockEntry,
    lockEntry,
    mergeLocks,
    recordDigest,
    replaceDigest,
    withMissing,
    withSubset,
} from "../../core/catalog";
import { InvalidDigestError } from "../../core/oci";

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, "0")}`;
const at = (n: number) => new Date(Date.UTC(2026, 0, n));

const digests = fc.integer({ min: 0, max: 9 }).map(digest);
const plain = fc.record({
    digest: digests,
    history: fc.uniqueArray(digests, { minLength: 1, maxLength: 5 }),
    since: fc.constantFrom(at(1).toISOString(), at(2).toISOString()),
});
const parts = fc.record({
    subset: fc.option(fc.record({ digest: digests, platforms: fc.constant(["linux/amd64"]) }), { nil: undefined }),
    missing: fc.option(fc.constant(["linux/s390x"]), { nil: undefined }),
});
const entries: fc.Arbitrary<LockEntry> = fc
    .tuple(plain, parts)
    .map(([entry, { subset, missing }]) => withMissing(withSubset(entry, subset), missing));
const names = fc.constantFrom("a", "b", "constructor");
const locks: fc.Arbitrary<Lock> = fc.dictionary(names, fc.dictionary(names, entries, { maxKeys: 2 }), { maxKeys: 2 });

describe("A digest that is recorded", () => {
    it("is the wish from then on, and its predecessors stay known, newest first", () => {
        let lock: Lock = {};
        for (const n of [1, 2, 3]) {
            lock = recordDigest(lock, "vault", "1.18", digest(n), at(n));
        }
        expect(lock).toEqual({
            vault: { "1.18": { digest: digest(3), history: [digest(2), digest(1)], since: at(3).toISOString() } },
        });
        expect(knownDigests(lock, "vault", "1.18")).toEqual(new Set([digest(1), digest(2), digest(3)]));
    });

    it("keeps the time of its first proof when it is recorded again", () => {
        const lock = recordDigest({}, "vault", "1.18", digest(1), at(1));
        expect(recordDigest(lock, "vault", "1.18", digest(1), at(2))).toBe(lock);
    });

    it("is not in its own history when it comes back", () => {
        let lock: Lock = {};
        for (const n of [1, 2, 1]) {
            lock = recordDigest(lock, "vault", "1.18", digest(n), at(n));
        }
        expect(lockEntry(lock, "vault", "1.18")).toMatchObject({ digest: digest(1), history: [digest(2)] });
    });

    it("pushes the sixth predecessor out", () => {
        let lock: Lock = {};
        for (let n = 1; n <= 8; n++) {
            lock = recordDigest(lock, "vault", "1.18", digest(n), at(n));
        }
        expect(lockEntry(lock, "vault", "1.18")?.history).toEqual([7, 6, 5, 4, 3].map(digest));
    });

    it("changes neither the lock that was given nor its neighbours", () => {
        const lock = recordDigest(recordDigest({}, "a", "x", digest(1), at(1)), "a", "y", digest(1), at(1));
        const before = JSON.stringify(lock);
        const after = recordDigest(lock, "a", "x", digest(2), at(2));
        expect(JSON.stringify(lock)).toBe(before);
        expect(after.a?.y).toBe(lock.a?.y);
    });

    it("must be one", () => {
        expect(() => recordDigest({}, "a", "x", "sha256:abc")).toThrow(InvalidDigestError);
    });

    it("has the present time where none is given", () => {
        const before = Date.now();
        const since = lockEntry(recordDigest({}, "a", "x", digest(1)), "a", "x")?.since ?? "";
        expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
    });
});

describe("A look into a lock", () => {
    it("finds own keys only", () => {
        expect(lockEntry({}, "constructor", "name")).toBeUndefined();
        expect(lockEntry({ a: {} }, "a", "toString")).toBeUndefined();
        expect(knownDigests({}, "a", "x")).toEqual(new Set());
        const lock = recordDigest({}, "a", "__proto__", digest(1), at(1));
        expect(lockEntry(lock, "a", "__proto__")?.digest).toBe(digest(1));
    });
});

describe("What the targets show of a digest", () => {
    const subset = (n: number) => ({ digest: digest(n), platforms: ["linux/amd64"] });
    const first: LockEntry = withSubset({ digest: digest(1) }, subset(11));

    it("is the digest there, and the whole one at the source", () => {
        expect([digestAt(first, { role: "target" }), digestAt(first, { role: "source" })]).toEqual([
            digest(11),
            digest(1),
        ]);
        expect(digestAt({ digest: digest(1) }, { role: "target" })).toBe(digest(1));
    });

    it("stays known as ours when the digest moves on, and is none to go back to", () => {
        let entry = first;
        for (const n of [2, 3, 4, 5, 6, 7]) {
            entry = withSubset(replaceDigest(entry, digest(n)), subset(10 + n));
        }
        expect(entry.subset).toEqual(subset(17));
        expect(entry.olderSubsets).toEqual([16, 15, 14, 13, 12].map(digest));
        expect(entry.history).toEqual([6, 5, 4, 3, 2].map(digest));
        const known = knownDigests({ a: { x: entry } }, "a", "x");
        expect(known).toEqual(new Set([7, 6, 5, 4, 3, 2, 17, 16, 15, 14, 13, 12].map(digest)));
    });

    it("is the same entry where nothing changed, and goes when the whole is shown", () => {
        expect(withSubset(first, subset(11))).toBe(first);
        expect(withSubset(first, undefined)).toEqual({ digest: digest(1), olderSubsets: [digest(11)] });
        const sparse = withMissing(first, ["linux/s390x"]);
        expect(withMissing(sparse, ["linux/s390x"])).toBe(sparse);
        expect(withMissing(sparse, undefined)).toBe(sparse);
        expect(replaceDigest(sparse, digest(2)).missing).toBeUndefined();
    });

    it("is no digest of its own where nothing was left out", () => {
        const whole = withSubset({ digest: digest(1) }, { digest: digest(1), platforms: ["linux/amd64"] });
        expect(replaceDigest(whole, digest(2))).toEqual({ digest: digest(2), history: [digest(1)] });
    });
});

describe("Two locks", () => {
    it("merge to the newer wish, with the older one in its history", () => {
        const older = recordDigest({}, "a", "x", digest(1), at(1));
        const newer = recordDigest({}, "a", "x", digest(2), at(2));
        expect(mergeLocks(older, newer)).toEqual({
            a: { x: { digest: digest(2), history: [digest(1)], since: at(2).toISOString() } },
        });
    });

    it("agree on when a digest was first proven", () => {
        const older = recordDigest({}, "a", "x", digest(1), at(1));
        const newer = recordDigest({}, "a", "x", digest(1), at(2));
        expect(mergeLocks(older, newer)).toEqual(older);
    });

    it("merge to something that forgets no wish, has no digest twice and never more than five behind it", () => {
        fc.assert(
            fc.property(locks, locks, (older, newer) => {
                const merged = mergeLocks(older, newer);
                for (const lock of [older, newer]) {
                    for (const [image, tags] of Object.entries(lock)) {
                        for (const tag of Object.keys(tags)) {
                            const entry = lockEntry(merged, image, tag);
                            const wish = lockEntry(newer, image, tag) ?? lockEntry(older, image, tag);
                            expect(entry?.digest).toBe(wish?.digest);
                        }
                    }
                }
                for (const [image, tags] of Object.entries(newer)) {
                    for (const tag of Object.keys(tags)) {
                        const entry = lockEntry(merged, image, tag);
                        const history = entry?.history ?? [];
                        expect(history).not.toContain(entry?.digest);
                        expect(new Set(history).size).toBe(history.length);
                        expect(history.length).toBeLessThanOrEqual(5);
                    }
                }
                expect(mergeLocks(merged, newer)).toEqual(merged);
            }),
        );
    });
});
