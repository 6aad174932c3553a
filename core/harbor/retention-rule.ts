import type { RetentionPolicy } from "./retentions";
import {
    EVERY,
    type Pattern,
    repositoriesOf,
    repositorySelector,
    type Selector,
    tagSelector,
    tagsOf,
} from "./selectors";

/** Harbor's own shape of one rule of a retention. */
export type HarborRetentionRule = NonNullable<RetentionPolicy["rules"]>[number];

/** What one rule retains, of every repository that it is about. */
export interface RetentionRule {
    /** Below the project, without its name. @default all */
    readonly repositories?: Pattern;
    /** @default all */
    readonly tags?: Pattern;
    /** Whether images without a tag are among them. @default Harbor's: true */
    readonly untagged?: boolean;
    readonly keep: RetentionKeep;
    readonly disabled?: boolean;
}

export type RetentionKeep =
    | "always"
    | { readonly latestPushed: number }
    | { readonly latestPulled: number }
    | { readonly pushedWithinDays: number }
    | { readonly pulledWithinDays: number };

/** By our words, those of Harbor's templates, whose only parameter has the template's name. (`GET /retentions/metadatas`) */
const TEMPLATES = {
    latestPushed: ["latestPushedK", (n: string) => `the ${n} last pushed`],
    latestPulled: ["latestPulledN", (n: string) => `the ${n} last pulled`],
    pushedWithinDays: ["nDaysSinceLastPush", (n: string) => `pushed within ${n} days`],
    pulledWithinDays: ["nDaysSinceLastPull", (n: string) => `pulled within ${n} days`],
} as const;

/**
 * Harbor's rule for one of ours.
 *
 * @param former the rule in whose place it comes: its number, and what a newer Harbor says in it, stay
 */
export function toHarborRule(rule: RetentionRule, former: HarborRetentionRule = {}): HarborRetentionRule {
    const { disabled = false, keep, repositories = EVERY, tags = EVERY, untagged = true } = rule;
    const [formerTags] = former.tag_selectors ?? [];
    const [formerRepositories] = former.scope_selectors?.repository ?? [];
    // Of a rule that excludes tags the same word means that untagged images are excluded, too.
    const isSaid = "excludes" in tags ? !untagged : untagged;
    const extras = JSON.stringify({ ...extrasOf(formerTags), untagged: isSaid });
    return {
        ...former,
        disabled,
        action: "retain",
        ...templateOf(keep),
        tag_selectors: [{ ...tagSelector(tags, formerTags), extras }],
        scope_selectors: {
            ...former.scope_selectors,
            repository: [repositorySelector(repositories, formerRepositories)],
        },
    };
}

function templateOf(keep: RetentionKeep): { readonly template: string; readonly params: Record<string, number> } {
    if (keep === "always") {
        return { template: "always", params: {} };
    }
    const [[name, value] = ["latestPushed", 0] as const] = Object.entries(keep) as [keyof typeof TEMPLATES, number][];
    const [template] = TEMPLATES[name];
    return { template, params: { [template]: value } };
}

/**
 * What a rule of Harbor's says, on one line: what has no name is compared by it. Its number, its priority and what only
 * newer versions know are not in it.
 */
export function lineOfRule(rule: HarborRetentionRule): string {
    const { action, disabled } = rule;
    const what = action === "retain" || !action ? "keep" : action;
    const ends = disabled === true ? ", disabled" : "";
    return `${what} ${keptBy(rule)} of ${scopeOf(rule)}, ${untaggedOf(rule) ? "with" : "without"} untagged${ends}`;
}

/** Which images a rule is about: two rules with the same scope are one that was changed. */
export function scopeOf(rule: HarborRetentionRule): string {
    return `repositories ${repositoriesOf(rule)}, tags ${tagsOf(rule)}`;
}

function keptBy({ params, template }: HarborRetentionRule): string {
    if (template === "always") {
        return "all";
    }
    const known = Object.values(TEMPLATES).find(([name]) => name === template);
    return known === undefined
        ? `what ${template} says of ${JSON.stringify(params ?? {})}`
        : known[1](String(params?.[known[0]]));
}

/** Without extras Harbor has untagged images in. (goharbor/harbor, src/lib/selector/selectors/doublestar, `New`) */
function untaggedOf({ tag_selectors }: HarborRetentionRule): boolean {
    return (tag_selectors ?? []).every((selector) => {
        const { untagged } = extrasOf(selector);
        const isExcluding = selector.decoration === "excludes";
        return selector.extras ? (untagged === true) !== isExcluding : true;
    });
}

function extrasOf(selector: Selector | undefined): Readonly<Record<string, unknown>> {
    try {
        const extras: unknown = JSON.parse(selector?.extras || "{}");
        return typeof extras === "object" && extras !== null ? { ...extras } : {};
    } catch {
        return {};
    }
}
