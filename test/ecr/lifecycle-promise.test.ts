import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcrError, type LifecycleDocument, type LifecycleRule, lifecyclePolicy } from "../../core/ecr";
import { type EvaluatedImage, evaluateLifecycle } from "../support/aws/lifecycle-evaluator";

const TAGS = ["v1.0", "v1.1", "latest", "pr-1", "pr-2", "rc-1", "1.18", "stable", "a", "dev-x86"];
const PATTERNS = ["v*", "pr-*", "*", "*1*", "latest", "*-*", "1.18", "rc-*"];
const held = fc.constantFrom("latest.prev-0123456789ab", "v1.0.prev-aaaaaaaaaaaa", ".prev-", "x.prev-y");

const images = fc
    .array(
        fc.record(
            {
                tags: fc.uniqueArray(fc.oneof(fc.constantFrom(...TAGS), held), { maxLength: 3 }),
                pushedDaysAgo: fc.integer({ min: 0, max: 2_000 }),
                pulledDaysAgo: fc.integer({ min: 0, max: 2_000 }),
                archivedDaysAgo: fc.integer({ min: 0, max: 2_000 }),
            },
            { requiredKeys: ["tags", "pushedDaysAgo"] },
        ),
        { minLength: 1, maxLength: 30 },
    )
    .map((all): EvaluatedImage[] => all.map((image, index) => ({ digest: `sha256:${index}`, ...image })));

const count = fc.integer({ min: 1, max: 4 });
const afterDays = fc.integer({ min: 1, max: 400 });
const which = fc.oneof(
    fc.constant({}),
    fc.constant({ untagged: true as const }),
    fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 3 }).map((tags) => ({ tags })),
    fc
        .uniqueArray(fc.constantFrom("v", "pr-", "l", "1."), { minLength: 1, maxLength: 2 })
        .map((prefixes) => ({ prefixes })),
);
const rule: fc.Arbitrary<LifecycleRule> = fc.oneof(
    fc.constantFrom("stable", "v*", "*8").map((tag) => ({ kind: "keep" as const, tags: [tag] })),
    fc
        .tuple(which, count, fc.constantFrom("expire", "archive"))
        .map(([of, n, others]) => ({ kind: "keep-newest" as const, count: n, others, ...of }) as LifecycleRule),
    fc.tuple(which, afterDays).map(([of, n]) => ({ kind: "expire" as const, afterDays: n, ...of })),
    fc
        .tuple(which, afterDays, fc.constantFrom("pulled", "pushed"))
        .map(([of, n, since]) => ({ kind: "archive" as const, afterDays: n, since, ...of }) as LifecycleRule),
    fc.tuple(which, afterDays).map(([of, n]) => ({ kind: "expire-archived" as const, afterDays: n + 90, ...of })),
    fc.tuple(fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 2 }), count).map(
        ([tagPatternList, countNumber]): LifecycleRule => ({
            kind: "custom",
            selection: { tagStatus: "tagged", tagPatternList, countType: "imageCountMoreThan", countNumber },
            action: { type: "expire" },
        }),
    ),
);
const rules = fc.array(rule, { minLength: 1, maxLength: 6 });

/** Undefined for rules that contradict each other, which the builder says. */
function built(given: readonly LifecycleRule[], protectedPatterns?: readonly string[]): LifecycleDocument | undefined {
    try {
        return lifecyclePolicy(given, protectedPatterns);
    } catch (error) {
        expect(error).toBeInstanceOf(EcrError);
        return undefined;
    }
}

const isHeld = ({ tags }: EvaluatedImage) => tags.some((tag) => tag.includes(".prev-"));
const KEPT: Readonly<Record<string, RegExp>> = { stable: /^stable$/, "v*": /^v/, "*8": /8$/ };

describe("What a lifecycle policy of ours never does, by AWS's words", () => {
    it("is to take an image that holds a digest for a roll-back, or one that is kept, whatever the rules", () => {
        let acted = 0;
        fc.assert(
            fc.property(rules, images, (given, all) => {
                const document = built(given);
                fc.pre(document !== undefined);
                const done = evaluateLifecycle(JSON.stringify(document), all);
                const kept = given.flatMap((one) => (one.kind === "keep" ? (one.tags ?? []) : []));
                const safe = all.filter(
                    (image) =>
                        isHeld(image) || kept.some((pattern) => image.tags.some((tag) => KEPT[pattern]?.test(tag))),
                );
                acted += done.size;
                expect(safe.filter(({ digest }) => done.has(digest))).toEqual([]);
            }),
            { numRuns: 400 },
        );
        // Else it were true of a policy that does nothing.
        expect(acted).toBeGreaterThan(100);
    });

    it("is seen by this evaluator, where nothing is protected", () => {
        const of = { digest: "sha256:1", tags: ["v1.prev-0123456789ab"], pushedDaysAgo: 99 };
        const given: LifecycleRule[] = [{ kind: "expire", afterDays: 9 }];
        expect(evaluateLifecycle(JSON.stringify(lifecyclePolicy(given, [])), [of])).toEqual(
            new Map([["sha256:1", "expire"]]),
        );
        expect(evaluateLifecycle(JSON.stringify(lifecyclePolicy(given)), [of])).toEqual(new Map());
        const archived = { ...of, archivedDaysAgo: 99 };
        const fromArchive: LifecycleRule[] = [{ kind: "expire-archived", afterDays: 90 }];
        expect(evaluateLifecycle(JSON.stringify(lifecyclePolicy(fromArchive, [])), [archived]).size).toBe(1);
        expect(evaluateLifecycle(JSON.stringify(lifecyclePolicy(fromArchive)), [archived]).size).toBe(0);
    });

    it("is to break AWS's order: priorities are unique and rise, and rules about all images come last", () => {
        fc.assert(
            fc.property(rules, (given) => {
                const document = built(given);
                fc.pre(document !== undefined);
                const statuses = (document as LifecycleDocument).rules.map(({ selection }) => selection.tagStatus);
                const any = statuses.indexOf("any");
                expect(document?.rules.map(({ rulePriority }) => rulePriority)).toEqual(
                    statuses.map((_, index) => index + 1),
                );
                expect(any < 0 || statuses.slice(any).every((status) => status === "any")).toBe(true);
            }),
            { numRuns: 200 },
        );
    });
});

describe("What rules do, by AWS's words", () => {
    const image = (digest: string, tags: string[], pushedDaysAgo: number, more: Partial<EvaluatedImage> = {}) => ({
        digest,
        tags,
        pushedDaysAgo,
        ...more,
    });
    const done = (given: LifecycleRule[], all: EvaluatedImage[]) =>
        Object.fromEntries(evaluateLifecycle(JSON.stringify(lifecyclePolicy(given)), all));

    it("is to keep so many of each pattern, of the newest", () => {
        const all = [
            image("a", ["rc-1"], 3),
            image("b", ["rc-2"], 2),
            image("c", ["pr-1"], 9),
            image("d", ["pr-2"], 1),
        ];
        expect(done([{ kind: "keep-newest", count: 1, tags: ["rc-*", "pr-*"] }], all)).toEqual({
            a: "expire",
            c: "expire",
        });
    });

    it("is to leave the parts of a tagged index, which have no tag of their own", () => {
        const parts = image("part", [], 99, { referencedBy: ["index"] });
        expect(
            done(
                [{ kind: "expire", untagged: true, afterDays: 14 }],
                [image("index", ["1.0"], 99), parts, image("alone", [], 99)],
            ),
        ).toEqual({
            alone: "expire",
        });
    });

    it("is to archive what nobody pulled, and to expire it from there", () => {
        const given: LifecycleRule[] = [
            { kind: "archive", afterDays: 60 },
            { kind: "expire-archived", afterDays: 90 },
        ];
        const all = [
            image("pulled", ["1"], 999, { pulledDaysAgo: 1 }),
            image("never", ["2"], 61),
            image("old", ["3"], 999, { archivedDaysAgo: 91 }),
            image("kept", ["3.prev-0123456789ab"], 999, { archivedDaysAgo: 999 }),
        ];
        expect(done(given, all)).toEqual({ never: "transition", old: "expire" });
    });
});
