import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carryOut, type RetentionInput, type Version } from "../../core/retention";
import { anyRepository, anyRules, daysAgo, digest, digestsOf, inputOf, NOW, planOf } from "./graphs";

/** Two releases of two platforms each, signed; the first has no tag any more. */
const OLD_AND_NEW: RetentionInput = {
    versions: [
        { digest: digest(1), tags: [], changedAt: daysAgo(30) },
        { digest: digest(2), tags: [], changedAt: daysAgo(30) },
        { digest: digest(3), tags: [], changedAt: daysAgo(30) },
        { digest: digest(4), tags: [], changedAt: daysAgo(29) },
        { digest: digest(11), tags: ["1.1"], changedAt: daysAgo(9) },
    ],
    contents: new Map([
        [
            digest(1),
            {
                children: [
                    { digest: digest(2), leaf: true },
                    { digest: digest(3), leaf: true },
                ],
            },
        ],
        [digest(2), { children: [] }],
        [digest(3), { children: [] }],
        [digest(4), { children: [], subject: digest(1) }],
        [digest(11), { children: [] }],
    ]),
    rules: {},
    now: NOW,
};

describe("Carrying out a plan", () => {
    it("deletes the index, then its children, then its signature", async () => {
        const gone: string[] = [];
        const remove = async ({ digest: one }: Version) => {
            gone.push(one);
            return "deleted" as const;
        };
        const plan = planOf(OLD_AND_NEW);
        const done = await carryOut(OLD_AND_NEW, plan, { remove });
        expect(gone[0]).toBe(digest(1));
        expect([...gone].sort()).toEqual([1, 2, 3, 4].map(digest));
        expect(done).toEqual({ deleted: plan.delete, refused: [], left: 0 });
    });

    it("keeps all of an image that the registry does not let go, and says which one it is", async () => {
        const remove = async ({ digest: one }: Version) =>
            one === digest(1) ? { refused: "more than 5,000 downloads" } : ("deleted" as const);
        const done = await carryOut(OLD_AND_NEW, planOf(OLD_AND_NEW), { remove });
        expect(done.deleted).toEqual([]);
        expect(done.left).toBe(0);
        expect(done.refused).toEqual([
            expect.objectContaining({ version: OLD_AND_NEW.versions[0], reason: "more than 5,000 downloads" }),
        ]);
    });

    it("stops at what it cannot know, and does not go on", async () => {
        let calls = 0;
        const remove = async () => {
            calls += 1;
            if (calls === 2) {
                throw new Error("502");
            }
            return "deleted" as const;
        };
        const done = await carryOut(OLD_AND_NEW, planOf(OLD_AND_NEW), { remove });
        expect(calls).toBe(2);
        expect(digestsOf(done.deleted)).toEqual([digest(1)]);
        expect(done).toMatchObject({ left: 3, error: new Error("502") });
    });

    it("deletes no more than it may at once", async () => {
        const done = await carryOut(OLD_AND_NEW, planOf(OLD_AND_NEW), { remove: async () => "deleted", atMost: 2 });
        expect(done).toMatchObject({ left: 2, deleted: [{ digest: digest(1) }, {}] });
    });

    it("leaves every index whole, whatever the registry refuses and wherever it stops", async () => {
        await fc.assert(
            fc.asyncProperty(anyRepository, anyRules, fc.infiniteStream(fc.nat(9)), async (repository, rules, luck) => {
                const input = inputOf(repository, rules);
                const plan = planOf(input);
                const allowed = new Set(digestsOf(plan.delete));
                const there = new Set(digestsOf(repository.versions));
                const remove = async ({ digest: one }: Version) => {
                    const drawn = luck.next().value;
                    if (drawn === 0) {
                        throw new Error("503");
                    }
                    if (drawn < 4) {
                        return { refused: "no" };
                    }
                    expect(allowed.has(one)).toBe(true);
                    there.delete(one);
                    for (const rest of there) {
                        expect(digestsOf(repository.contents.get(rest)?.children ?? [])).not.toContain(one);
                    }
                    return "deleted" as const;
                };
                const done = await carryOut(input, plan, { remove });
                expect(there.size).toBe(repository.versions.length - done.deleted.length);
                expect(done.error === undefined ? done.left : 0).toBe(0);
            }),
            { numRuns: 400 },
        );
    });
});
