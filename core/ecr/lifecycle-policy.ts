import { quote } from "../oci";
import { ecrError } from "./error";
import { checkLifecycleDocument, checkNumber } from "./lifecycle-check";
import type { LifecycleDocument, LifecycleDocumentRule, LifecycleRule, RuleImages } from "./lifecycle-rules";

/** The tags that hold digests for a roll-back, `1.18.prev-0123456789ab`: no rule of ours ever takes what carries one. */
export const HELD_TAG_PATTERN = "*.prev-*";

/** More images than a repository may hold (100,000), and more days than there will be: a rule that never acts. */
export const NEVER = 999_999;

type Unordered = Omit<LifecycleDocumentRule, "rulePriority">;
type Selection = LifecycleDocumentRule["selection"];

/**
 * The document of a lifecycle policy. First what is protected, then what the rules keep, then rules about tags in their
 * own order, about what has no tag, and last those about all: by AWS's rules what fits the tags of a rule is never
 * touched by a later one, so that what stands in front is safe from all that follows.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html, "Lifecycle policy evaluation rules")
 *
 * @param protectedPatterns patterns of tags that no rule may touch
 * @throws EcrError for what AWS would refuse, and for what says two things at once
 */
export function lifecyclePolicy(
    rules: readonly LifecycleRule[],
    protectedPatterns: readonly string[] = [HELD_TAG_PATTERN],
): LifecycleDocument {
    if (!Array.isArray(rules) || rules.length === 0) {
        throw ecrError(`A lifecycle policy has at least one rule: write one, or "lifecycle: false" for none.`);
    }
    const kept = rules.flatMap((rule, index) => (rule.kind === "keep" ? keptSelections(rule, at(index, rule)) : []));
    const acting = rules.flatMap((rule, index) => (rule.kind === "keep" ? [] : actingRules(rule, at(index, rule))));
    const classes = new Set(acting.map(({ selection }) => selection.storageClass ?? "standard"));
    // A rule is about one storage class: where one takes from the archive, what is kept is kept there, too.
    const spared = [
        ...protectedPatterns.map((pattern) => ({
            selection: { tagPatternList: [pattern] },
            description: `Never expires what holds a digest for a roll-back: ${pattern}`,
        })),
        ...kept.filter(({ selection: { tagPatternList } }) => !protectedPatterns.includes(tagPatternList?.[0] ?? "")),
    ].flatMap(({ selection, description }) => [
        spare(selection, description, "standard"),
        ...(classes.has("archive") ? [spare(selection, description, "archive")] : []),
    ]);
    const ordered = [...spared, ...acting.sort((a, b) => rank(a) - rank(b))];
    const document = { rules: ordered.map((rule, index) => ({ rulePriority: index + 1, ...rule })) };
    checkLifecycleDocument(document);
    return document;
}

function at(index: number, { kind }: LifecycleRule): string {
    return `The lifecycle rule ${index + 1} (${kind})`;
}

/** AWS: "A rule with a tagStatus value of any must have the highest value for rulePriority and be evaluated last." */
function rank({ selection: { tagStatus, storageClass } }: Unordered): number {
    const classRank = storageClass === "archive" ? 1 : 0;
    return { tagged: 0, untagged: 1, any: 2 + classRank }[tagStatus];
}

type Tags = Pick<Selection, "tagPatternList" | "tagPrefixList">;

function spare(tags: Tags, description: string, storageClass: "standard" | "archive"): Unordered {
    const count =
        storageClass === "standard"
            ? ({ countType: "imageCountMoreThan", countNumber: NEVER } as const)
            : ({
                  storageClass,
                  countType: "sinceImageTransitioned",
                  countUnit: "days",
                  countNumber: NEVER,
              } as const);
    return { description, selection: { tagStatus: "tagged", ...tags, ...count }, action: { type: "expire" } };
}

function keptSelections(
    rule: Extract<LifecycleRule, { kind: "keep" }>,
    what: string,
): { readonly selection: Tags; readonly description: string }[] {
    const tags = tagSelections(rule, what);
    if (tags.length === 0) {
        throw ecrError(`${what} names nothing to keep: give it "tags" (patterns) or "prefixes".`);
    }
    return tags.map((selection) => ({ selection, description: rule.description ?? `Keeps ${said(selection)}` }));
}

function actingRules(rule: Exclude<LifecycleRule, { kind: "keep" }>, what: string): Unordered[] {
    if (rule.kind === "custom") {
        const { kind: _, ...own } = rule;
        return [own];
    }
    const { count, action, text } = effectOf(rule, what);
    return selectionsOf(rule, what).map((selection) => ({
        description: rule.description ?? text(said(selection)),
        selection: { ...selection, ...count },
        action,
    }));
}

type Count = Pick<Selection, "storageClass" | "countType" | "countUnit" | "countNumber">;

interface Effect {
    readonly count: Count;
    readonly action: LifecycleDocumentRule["action"];
    readonly text: (images: string) => string;
}

const EXPIRE = { type: "expire" } as const;
const ARCHIVE = { type: "transition", targetStorageClass: "archive" } as const;

function effectOf(rule: Exclude<LifecycleRule, { kind: "keep" | "custom" }>, what: string): Effect {
    if (rule.kind === "keep-newest") {
        checkNumber(`${what}: "count"`, rule.count);
        const { count, others = "expire" } = rule;
        return {
            count: { countType: "imageCountMoreThan", countNumber: count },
            action: others === "expire" ? EXPIRE : ARCHIVE,
            text: (images) => `Keeps the newest ${count} of ${images}`,
        };
    }
    const days = rule.afterDays;
    checkNumber(`${what}: "afterDays"`, days);
    const since = (countType: Count["countType"]): Count => ({ countType, countUnit: "days", countNumber: days });
    switch (rule.kind) {
        case "expire":
            return {
                count: since("sinceImagePushed"),
                action: EXPIRE,
                text: (images) => `Expires ${images} ${days} days after the push`,
            };
        case "archive": {
            const { since: from = "pulled" } = rule;
            return {
                count: since(from === "pulled" ? "sinceImagePulled" : "sinceImagePushed"),
                action: ARCHIVE,
                text: (images) =>
                    `Archives ${images} ${days} days after the ${from === "pulled" ? "last pull" : "push"}`,
            };
        }
        case "expire-archived":
            return {
                count: { storageClass: "archive", ...since("sinceImageTransitioned") },
                action: EXPIRE,
                text: (images) => `Expires ${images} after ${days} days in the archive`,
            };
        default:
            throw ecrError(
                `${what} is of no known kind: one of keep, keep-newest, expire, archive, expire-archived, custom.`,
            );
    }
}

function selectionsOf(rule: RuleImages, what: string): Pick<Selection, "tagStatus" | keyof Tags>[] {
    const tags = tagSelections(rule, what).map((selection) => ({ tagStatus: "tagged" as const, ...selection }));
    if (rule.untagged === true && tags.length > 0) {
        throw ecrError(`${what} is about tags and about what has none: write two rules.`);
    }
    return rule.untagged === true ? [{ tagStatus: "untagged" }] : tags.length > 0 ? tags : [{ tagStatus: "any" }];
}

function tagSelections({ tags, prefixes }: RuleImages, what: string): Tags[] {
    for (const [key, list] of Object.entries({ tags, prefixes })) {
        if (list !== undefined && (!Array.isArray(list) || list.length === 0)) {
            throw ecrError(`${what}: "${key}" is a list of at least one; leave it out for all images.`);
        }
    }
    return [
        ...(tags ?? []).map((pattern) => ({ tagPatternList: [pattern] })),
        ...(prefixes ?? []).map((prefix) => ({ tagPrefixList: [prefix] })),
    ];
}

function said({ tagStatus, tagPatternList, tagPrefixList }: Partial<Selection>): string {
    if (tagPatternList !== undefined || tagPrefixList !== undefined) {
        return `images tagged ${[...(tagPatternList ?? []), ...(tagPrefixList ?? []).map((one) => `${one}…`)].map(quote).join(" and ")}`;
    }
    return tagStatus === "untagged" ? "untagged images" : "images";
}
