import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactLock, expandLock, type Lock, wishesOf, withPast } from "../../core/catalog";

const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const digest = fc.oneof(
    hex(64).map((text) => `sha256:${text}`),
    hex(128).map((text) => `sha512:${text}`),
);
const digests = fc.array(digest, { maxLength: 5 });
const tag = fc.oneof(
    fc.stringMatching(/^\w[\w.-]{0,20}$/),
    fc.constantFrom("constructor", "__proto__", "since", "history"),
);
const platform = fc.constantFrom("linux/amd64", "linux/arm/v7", "windows/amd64:10.0.20348.2655 x;=@", "since", "");
const entry = fc
    .record(
        {
            digest,
            history: digests,
            since: fc.constantFrom("2026-11-22T10:00:00.000Z"),
            platforms: fc.dictionary(platform, digest, { maxKeys: 3 }),
            subset: fc.record({ digest, platforms: fc.array(platform, { maxLength: 2 }) }),
            olderSubsets: digests,
            missing: fc.array(fc.oneof(platform, digest), { maxLength: 3 }),
        },
        { requiredKeys: ["digest"] },
    )
    .map((made) => JSON.parse(JSON.stringify(made)));
const lock = fc
    .array(
        fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.array(fc.tuple(tag, entry), { minLength: 1, maxLength: 4 })),
        { maxLength: 5 },
    )
    .map((images) => Object.fromEntries(images.map(([name, tags]) => [name, Object.fromEntries(tags)])) as Lock);

describe("the compact form of a lock", () => {
    it("gives every entry back as it was, through JSON", () => {
        fc.assert(
            fc.property(lock, (whole) => {
                expect(expandLock(JSON.parse(JSON.stringify(compactLock(whole))))).toEqual(whole);
            }),
            { numRuns: 300 },
        );
    });

    it("is read as well as the form that older states have", () => {
        fc.assert(
            fc.property(lock, (whole) => {
                expect(expandLock(whole)).toEqual(whole);
            }),
        );
    });

    it("is a line for each image, with each tag's digest written out", () => {
        const [now, before] = [`sha256:${"a".repeat(64)}`, `sha256:${"0".repeat(64)}`];
        const since = "2026-11-22T10:00:00.000Z";
        const whole: Lock = {
            vault: {
                "1.18": { digest: now, history: [before], since, platforms: { "linux/amd64": before } },
                "1": { digest: now },
            },
        };
        const short = "A".repeat(43);
        expect(compactLock(whole).vault).toContain(`1.18 ${now} since=${since} history=${short} @linux/amd64=${short}`);
        expect(compactLock(whole).vault).toContain(`1 ${now}`);
    });
});

describe("the wishes of a lock", () => {
    it("are its digests without their past, which comes back from the whole", () => {
        fc.assert(
            fc.property(lock, fc.boolean(), (whole, keepsTimes) => {
                const wishes = wishesOf(whole, keepsTimes);
                for (const [image, tags] of Object.entries(wishes)) {
                    for (const [name, wish] of Object.entries(tags)) {
                        const known = whole[image]?.[name];
                        expect(wish).toMatchObject({ digest: known?.digest });
                        expect(wish).not.toHaveProperty("history");
                        expect(wish.since).toBe(keepsTimes ? known?.since : undefined);
                    }
                }
                expect(withPast(wishes, whole)).toEqual(whole);
            }),
        );
    });

    it("get no past that belongs to another digest", () => {
        const [a, b] = [`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`];
        const whole: Lock = { vault: { "1": { digest: a, history: [b] } } };
        const wishes: Lock = { vault: { "1": { digest: b }, "2": { digest: a } } };
        expect(withPast(wishes, whole)).toEqual(wishes);
    });
});
