import { describe, expect, it } from "vitest";
import { type LifecycleRule, lifecyclePolicy, lifecycleRisks } from "../../core/ecr";

const NEVER = 999_999;
const PROTECTED = {
    rulePriority: 1,
    description: "Never expires what holds a digest for a roll-back: *.prev-*",
    selection: {
        tagStatus: "tagged",
        tagPatternList: ["*.prev-*"],
        countType: "imageCountMoreThan",
        countNumber: NEVER,
    },
    action: { type: "expire" },
};
const expire = { type: "expire" };
const archive = { type: "transition", targetStorageClass: "archive" };

describe("A lifecycle policy from typed rules", () => {
    it.each<[string, LifecycleRule, object]>([
        [
            "expires what has no tag, after days",
            { kind: "expire", untagged: true, afterDays: 14 },
            {
                description: "Expires untagged images 14 days after the push",
                selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
                action: expire,
            },
        ],
        [
            "expires by a pattern of tags, after days",
            { kind: "expire", tags: ["pr-*"], afterDays: 30 },
            {
                description: 'Expires images tagged "pr-*" 30 days after the push',
                selection: {
                    tagStatus: "tagged",
                    tagPatternList: ["pr-*"],
                    countType: "sinceImagePushed",
                    countUnit: "days",
                    countNumber: 30,
                },
                action: expire,
            },
        ],
        [
            "expires all, after days, with words of one's own",
            { kind: "expire", afterDays: 365, description: "a year" },
            {
                description: "a year",
                selection: { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 365 },
                action: expire,
            },
        ],
        [
            "keeps the newest of all",
            { kind: "keep-newest", count: 100 },
            {
                description: "Keeps the newest 100 of images",
                selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
                action: expire,
            },
        ],
        [
            "keeps the newest of what begins so, and archives the others",
            { kind: "keep-newest", count: 5, prefixes: ["rc-"], others: "archive" },
            {
                description: 'Keeps the newest 5 of images tagged "rc-…"',
                selection: {
                    tagStatus: "tagged",
                    tagPrefixList: ["rc-"],
                    countType: "imageCountMoreThan",
                    countNumber: 5,
                },
                action: archive,
            },
        ],
        [
            "keeps what has some tag for ever",
            { kind: "keep", tags: ["v*"] },
            {
                description: 'Keeps images tagged "v*"',
                selection: {
                    tagStatus: "tagged",
                    tagPatternList: ["v*"],
                    countType: "imageCountMoreThan",
                    countNumber: NEVER,
                },
                action: expire,
            },
        ],
        [
            "archives by the last pull",
            { kind: "archive", afterDays: 90 },
            {
                description: "Archives images 90 days after the last pull",
                selection: { tagStatus: "any", countType: "sinceImagePulled", countUnit: "days", countNumber: 90 },
                action: archive,
            },
        ],
        [
            "archives by the push",
            { kind: "archive", afterDays: 90, since: "pushed", untagged: true },
            {
                description: "Archives untagged images 90 days after the push",
                selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 90 },
                action: archive,
            },
        ],
        [
            "takes a rule in AWS's own words",
            {
                kind: "custom",
                description: "both tags",
                selection: {
                    tagStatus: "tagged",
                    tagPatternList: ["dev-*", "*-x86"],
                    countType: "imageCountMoreThan",
                    countNumber: 3,
                },
                action: { type: "expire" },
            },
            {
                description: "both tags",
                selection: {
                    tagStatus: "tagged",
                    tagPatternList: ["dev-*", "*-x86"],
                    countType: "imageCountMoreThan",
                    countNumber: 3,
                },
                action: expire,
            },
        ],
    ])("%s, after what a roll-back needs", (_title, rule, made) => {
        expect(lifecyclePolicy([rule])).toEqual({ rules: [PROTECTED, { rulePriority: 2, ...made }] });
    });

    it("keeps what is kept in the archive too, where a rule takes from there", () => {
        const { rules } = lifecyclePolicy([
            { kind: "expire-archived", afterDays: 180 },
            { kind: "keep", tags: ["v*"] },
            { kind: "archive", afterDays: 60 },
        ]);
        const inArchive = { storageClass: "archive", countType: "sinceImageTransitioned", countUnit: "days" };
        expect(rules.map(({ selection }) => selection)).toEqual([
            PROTECTED.selection,
            { tagStatus: "tagged", tagPatternList: ["*.prev-*"], ...inArchive, countNumber: NEVER },
            { tagStatus: "tagged", tagPatternList: ["v*"], countType: "imageCountMoreThan", countNumber: NEVER },
            { tagStatus: "tagged", tagPatternList: ["v*"], ...inArchive, countNumber: NEVER },
            { tagStatus: "any", countType: "sinceImagePulled", countUnit: "days", countNumber: 60 },
            { tagStatus: "any", ...inArchive, countNumber: 180 },
        ]);
        expect(rules.at(-1)?.description).toBe("Expires images after 180 days in the archive");
    });

    it("puts what is kept first and what is about all last; else rules keep their order, each pattern one", () => {
        const { rules } = lifecyclePolicy([
            { kind: "keep-newest", count: 50 },
            { kind: "expire", untagged: true, afterDays: 1 },
            { kind: "expire", tags: ["b*", "a*"], prefixes: ["c"], afterDays: 2 },
            { kind: "keep", tags: ["v*"], prefixes: ["stable"] },
        ]);
        expect(rules.map(({ rulePriority }) => rulePriority)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
        expect(
            rules.map(({ selection }) => selection.tagPatternList ?? selection.tagPrefixList ?? selection.tagStatus),
        ).toEqual([["*.prev-*"], ["v*"], ["stable"], ["b*"], ["a*"], ["c"], "untagged", "any"]);
    });

    it("takes what is protected anyway as said once", () => {
        const rules: LifecycleRule[] = [
            { kind: "keep", tags: ["*.prev-*", "v*"] },
            { kind: "keep-newest", count: 9 },
        ];
        const patterns = lifecyclePolicy(rules).rules.map(({ selection }) => selection.tagPatternList);
        expect(patterns).toEqual([["*.prev-*"], ["v*"], undefined]);
    });

    it("spares other patterns, where the caller names them", () => {
        const { rules } = lifecyclePolicy([{ kind: "keep-newest", count: 1 }], ["a*", "b*"]);
        expect(rules.map(({ selection }) => selection.tagPatternList)).toEqual([["a*"], ["b*"], undefined]);
    });

    const wild = (pattern: string): LifecycleRule => ({ kind: "expire", tags: [pattern], afterDays: 1 });
    const custom = (selection: object, action: object = expire): LifecycleRule =>
        ({ kind: "custom", selection, action }) as LifecycleRule;
    it.each<[string, LifecycleRule[], string | RegExp]>([
        ["nothing", [], 'A lifecycle policy has at least one rule: write one, or "lifecycle: false" for none.'],
        [
            "a count of 0",
            [{ kind: "keep-newest", count: 0 }],
            'The lifecycle rule 1 (keep-newest): "count" must be a whole number, 1 or more, not 0.',
        ],
        [
            "half a day",
            [{ kind: "expire", afterDays: 0.5 }],
            'The lifecycle rule 1 (expire): "afterDays" must be a whole number, 1 or more, not 0.5.',
        ],
        [
            "a kind that is none",
            [{ kind: "forget", afterDays: 1 } as never],
            /^The lifecycle rule 1 \(forget\) is of no known kind: one of keep, /,
        ],
        ["keeping nothing", [{ kind: "keep" }], /^The lifecycle rule 1 \(keep\) names nothing to keep: give it "tags"/],
        [
            "an empty list",
            [{ kind: "expire", tags: [], afterDays: 1 }],
            /"tags" is a list of at least one; leave it out for all images/,
        ],
        [
            "tags and what has none in one rule",
            [{ kind: "expire", tags: ["a"], untagged: true, afterDays: 1 }],
            /^The lifecycle rule 1 \(expire\) is about tags and about what has none: write two rules\.$/,
        ],
        ["five wildcards", [wild("*a*b*c*d*")], /the pattern "\*a\*b\*c\*d\*" with 5 "\*", but ECR takes 4/],
        ["a pattern that fits no tag", [wild("a b")], /the pattern "a b", which fits no tag/],
        [
            "a prefix with a wildcard",
            [{ kind: "expire", prefixes: ["a*"], afterDays: 1 }],
            /the prefix "a\*", with which no tag begins/,
        ],
        [
            "one pattern twice",
            [wild("a*"), { kind: "keep", tags: ["a*"] }],
            'Two lifecycle rules are about tags "a*", and ECR takes one of each: what fits the first would never reach the second.',
        ],
        [
            "all images twice",
            [
                { kind: "keep-newest", count: 1 },
                { kind: "expire", afterDays: 1 },
            ],
            /^Two lifecycle rules are about all images, /,
        ],
        [
            "what has no tag twice",
            [
                { kind: "expire", untagged: true, afterDays: 1 },
                { kind: "keep-newest", untagged: true, count: 1 },
            ],
            /^Two lifecycle rules are about untagged images, /,
        ],
        ["what a roll-back needs", [wild("*.prev-*")], /^Two lifecycle rules are about tags "\*\.prev-\*", /],
        [
            "51 rules",
            [{ kind: "expire", tags: Array.from({ length: 50 }, (_, index) => `t${index}`), afterDays: 1 }],
            /^The lifecycle policy has 51 rules, those that protect and one for each pattern counted, but ECR takes 50: join patterns/,
        ],
        [
            "a text that is too long",
            [
                {
                    kind: "keep",
                    tags: Array.from({ length: 40 }, (_, index) => `t${index}`),
                    description: "x".repeat(1000),
                },
            ],
            /^The lifecycle policy has \d+ characters, but ECR takes 30720: shorten the descriptions\.$/,
        ],
        [
            "less than 90 days in the archive",
            [{ kind: "expire-archived", afterDays: 89 }],
            /expires after 89 days in the archive, where everything stays 90 days at least/,
        ],
        [
            "expiring by the last pull",
            [custom({ tagStatus: "any", countType: "sinceImagePulled", countUnit: "days", countNumber: 1 })],
            /expires by the last pull, for which ECR has the archive only: use kind "archive"/,
        ],
        [
            "archiving the archive",
            [
                custom(
                    {
                        tagStatus: "any",
                        storageClass: "archive",
                        countType: "sinceImageTransitioned",
                        countUnit: "days",
                        countNumber: 90,
                    },
                    archive,
                ),
            ],
            /archives what is in the archive/,
        ],
        [
            "both lists",
            [
                custom({
                    tagStatus: "tagged",
                    tagPatternList: ["a"],
                    tagPrefixList: ["a"],
                    countType: "imageCountMoreThan",
                    countNumber: 1,
                }),
            ],
            /either "tagPatternList" or "tagPrefixList"/,
        ],
        [
            "tags of what has none",
            [custom({ tagStatus: "untagged", tagPatternList: ["a"], countType: "imageCountMoreThan", countNumber: 1 })],
            /"untagged" or "any" without both/,
        ],
        [
            "a list of no tags",
            [custom({ tagStatus: "tagged", tagPatternList: [], countType: "imageCountMoreThan", countNumber: 1 })],
            /names no tags/,
        ],
        [
            "a unit beside a count",
            [custom({ tagStatus: "any", countType: "imageCountMoreThan", countUnit: "days", countNumber: 1 })],
            /with "countUnit: days" for all but the first/,
        ],
        [
            "no unit beside days",
            [custom({ tagStatus: "any", countType: "sinceImagePushed", countNumber: 1 })],
            /with "countUnit: days" for all but the first/,
        ],
        [
            "the archive by the push",
            [
                custom({
                    tagStatus: "any",
                    storageClass: "archive",
                    countType: "sinceImagePushed",
                    countUnit: "days",
                    countNumber: 1,
                }),
            ],
            /chosen by "sinceImageTransitioned"/,
        ],
        [
            "an action that is none",
            [custom({ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 }, { type: "delete" })],
            /its action is "expire", or "transition"/,
        ],
    ])("refuses %s before AWS would", (_title, rules, message) => {
        let told: unknown;
        try {
            lifecyclePolicy(rules);
        } catch (error) {
            told = error;
        }
        expect(told).toMatchObject({ code: "ECR_ARGUMENT" });
        expect((told as Error).message).toMatch(
            typeof message === "string" ? new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : message,
        );
    });
});

describe("Tags that a policy takes although the catalogue lists them", () => {
    it.each<[string, LifecycleRule[], string[], object[]]>([
        [
            "by their age",
            [{ kind: "expire", afterDays: 30 }],
            ["1.0", "1.1"],
            [{ tags: ["1.0", "1.1"], fate: "expired 30 days after the push" }],
        ],
        [
            "by the last pull",
            [{ kind: "archive", afterDays: 60 }],
            ["1"],
            [{ tags: ["1"], fate: "archived 60 days after the last pull" }],
        ],
        [
            "being more than are kept",
            [{ kind: "keep-newest", count: 1 }],
            ["1", "2"],
            [{ tags: ["1", "2"], fate: "expired when there are more than 1" }],
        ],
        ["not where as many are kept", [{ kind: "keep-newest", count: 2 }], ["1", "2"], []],
        [
            "not where they are kept",
            [
                { kind: "keep", prefixes: ["1."] },
                { kind: "expire", afterDays: 1 },
            ],
            ["1.0"],
            [],
        ],
        [
            "not where the rule is about others",
            [
                { kind: "expire", tags: ["pr-*"], untagged: undefined, afterDays: 1 },
                { kind: "expire", untagged: true, afterDays: 1 },
            ],
            ["1.0"],
            [],
        ],
        ["not by what is about the archive", [{ kind: "expire-archived", afterDays: 90 }], ["1.0"], []],
        [
            "by the first rule that fits",
            [
                { kind: "expire", tags: ["1.*"], afterDays: 9 },
                { kind: "keep-newest", count: 1 },
            ],
            ["1.0", "2.0"],
            [{ tags: ["1.0"], fate: "expired 9 days after the push" }],
        ],
    ])("are told: %s", (_title, rules, tags, risks) => {
        expect(lifecycleRisks(lifecyclePolicy(rules), tags)).toEqual(risks);
    });
});
