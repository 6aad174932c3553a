import fc from "fast-check";
import {
    type Contents,
    planRetention,
    type RetentionInput,
    type RetentionPlan,
    type Version,
} from "../../core/retention";

export const NOW = new Date("2026-11-23T12:00:00Z");

/** A digest that a person can read: `sha256:0007…`. */
export function digest(number: number): string {
    return `sha256:${number.toString(16).padStart(4, "0").padEnd(64, "0")}`;
}

export function attachedTag(subject: number, suffix = ""): string {
    return `sha256-${digest(subject).slice("sha256:".length)}${suffix}`;
}

export function daysAgo(days: number): string {
    return new Date(NOW.getTime() - days * 86_400_000).toISOString();
}

/** A whole repository, as it really is. */
export interface Repository {
    readonly versions: readonly Version[];
    readonly contents: ReadonlyMap<string, Contents>;
}

interface Node {
    readonly tags: readonly string[];
    readonly age: number;
    readonly children: readonly number[];
    readonly subject?: number;
    readonly attached?: readonly [subject: number, suffix: string];
}

function repositoryOf(nodes: readonly Node[]): Repository {
    const versions = nodes.map(
        ({ age, attached, tags }, index): Version => ({
            digest: digest(index),
            tags: [...tags, ...(attached === undefined ? [] : [attachedTag(...attached)])],
            changedAt: daysAgo(age),
        }),
    );
    const contents = nodes.map(({ children, subject }, index): [string, Contents] => [
        digest(index),
        {
            children: children.map((child) => ({
                digest: digest(child),
                leaf: (nodes[child]?.children ?? []).length === 0,
            })),
            ...(subject !== undefined && { subject: digest(subject) }),
        },
    ]);
    return { versions, contents: new Map(contents) };
}

const MOST = 14;

/** Any graph at all: children below their parents (a digest covers what it lists), everything else as it comes. */
export const anyRepository: fc.Arbitrary<Repository> = fc
    .array(
        fc.record({
            kind: fc.constantFrom("untagged", "untagged", "tagged", "held"),
            age: fc.integer({ min: 0, max: 40 }),
            children: fc.array(fc.nat(MOST), { maxLength: 4 }),
            // Beyond the last one: what is not in the repository.
            subject: fc.option(fc.nat(MOST + 2), { nil: undefined, freq: 3 }),
            attached: fc.option(fc.tuple(fc.nat(MOST + 2), fc.constantFrom("", ".sig", ".att", ".sbom", ".other")), {
                nil: undefined,
                freq: 4,
            }),
        }),
        { minLength: 1, maxLength: MOST },
    )
    .map((drawn) =>
        repositoryOf(
            drawn.map(({ age, attached, children, kind, subject }, index) => ({
                age,
                attached,
                subject,
                tags: kind === "tagged" ? [`v${index}`] : kind === "held" ? [`v${index}.prev-0123456789ab`] : [],
                children: [...new Set(children.filter((child) => child < index))],
            })),
        ),
    );

/** Rules of which each may be there or not. */
export const anyRules = fc.record(
    {
        clean: fc.constantFrom("untagged" as const, "all" as const),
        orphans: fc.constantFrom("keep" as const, "delete" as const),
        keep: fc.record(
            {
                newest: fc.integer({ min: 1, max: 4 }),
                tags: fc.array(
                    fc.oneof(
                        fc.nat(MOST).map((index) => `v${index}`),
                        fc.constant({ glob: "v1*" }),
                    ),
                    { maxLength: 3 },
                ),
                youngerThan: fc.integer({ min: 0, max: 30 }).map((days) => days * 86_400_000),
                digests: fc.array(fc.nat(MOST).map(digest), { maxLength: 2 }),
            },
            { requiredKeys: [] },
        ),
    },
    { requiredKeys: [] },
);

export function inputOf({ contents, versions }: Repository, rules: RetentionInput["rules"] = {}): RetentionInput {
    return { versions, contents, rules, now: NOW };
}

/** The plan of an input in which everything is known. */
export function planOf(input: RetentionInput): RetentionPlan {
    const { missing, plan } = planRetention(input);
    if (plan === undefined) {
        throw new Error(`not all is known: ${missing}`);
    }
    return plan;
}

export function digestsOf(versions: readonly { readonly digest: string }[]): string[] {
    return versions.map((version) => version.digest);
}

/** What these digests lead to, the slow and plain way: round after round, until nothing is new. */
export function reachable(from: readonly string[], { contents, versions }: Repository): Set<string> {
    const there = new Set(digestsOf(versions));
    const reached = new Set(from.filter((one) => there.has(one)));
    for (let before = -1; before !== reached.size; ) {
        before = reached.size;
        for (const { digest: own, tags } of versions) {
            const children = reached.has(own) ? (contents.get(own)?.children ?? []) : [];
            for (const child of children.filter((one) => there.has(one.digest))) {
                reached.add(child.digest);
            }
            const hangsOn = [...reached].some(
                (subject) =>
                    contents.get(own)?.subject === subject ||
                    tags.some((tag) => tag.startsWith(subject.replace(":", "-"))),
            );
            if (hangsOn) {
                reached.add(own);
            }
        }
    }
    return reached;
}
