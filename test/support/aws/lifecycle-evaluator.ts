/**
 * What AWS says that a lifecycle policy does, written from its page and from nothing of ours:
 * docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html, "Lifecycle policy evaluation rules". Where the page
 * leaves room, it does what is worse for an image.
 */
export interface EvaluatedImage {
    readonly digest: string;
    readonly tags: readonly string[];
    /** Days before now. */
    readonly pushedDaysAgo: number;
    /** Absent where it never was. */
    readonly pulledDaysAgo?: number;
    /** Absent for what is not in the archive. */
    readonly archivedDaysAgo?: number;
    /** Digests of the indexes that hold it. */
    readonly referencedBy?: readonly string[];
}

interface Rule {
    rulePriority: number;
    selection: {
        tagStatus: string;
        tagPatternList?: string[];
        tagPrefixList?: string[];
        storageClass?: string;
        countType: string;
        countNumber: number;
    };
    action: { type: string };
}

/** Digest -> what is done with it: `expire` or `transition`. */
export function evaluateLifecycle(text: string, images: readonly EvaluatedImage[]): Map<string, string> {
    const rules = (JSON.parse(text) as { rules: Rule[] }).rules.sort((a, b) => a.rulePriority - b.rulePriority);
    const done = new Map<string, string>();
    // "All rules are evaluated at the same time"; they are applied one after the other, lowest number first.
    const marked = rules.map((rule) => marks(rule, images));
    for (const image of images) {
        // A rule selects images of one storage class: to be on the safe side it also shields only those.
        const index = rules.findIndex((rule) => isOfClass(rule, image) && hasTags(rule, image));
        if (index >= 0 && marked[index]?.has(image.digest)) {
            done.set(image.digest, (rules[index] as Rule).action.type);
        }
    }
    // "If an image is referenced by a manifest list, it cannot be expired or archived without the manifest list".
    for (const { digest, referencedBy = [] } of images) {
        const holders = referencedBy.filter((one) => images.some((image) => image.digest === one));
        if (holders.some((holder) => !done.has(holder))) {
            done.delete(digest);
        }
    }
    return done;
}

function isOfClass({ selection }: Rule, image: EvaluatedImage): boolean {
    return (selection.storageClass ?? "standard") === (image.archivedDaysAgo === undefined ? "standard" : "archive");
}

function hasTags({ selection }: Rule, { tags }: EvaluatedImage): boolean {
    switch (selection.tagStatus) {
        case "any":
            return true;
        case "untagged":
            return tags.length === 0;
        default: {
            const patterns = (selection.tagPatternList ?? []).map(
                (pattern) => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`),
            );
            return (
                tags.length > 0 &&
                patterns.every((pattern) => tags.some((tag) => pattern.test(tag))) &&
                (selection.tagPrefixList ?? []).every((prefix) => tags.some((tag) => tag.startsWith(prefix)))
            );
        }
    }
}

function marks(rule: Rule, images: readonly EvaluatedImage[]): Set<string> {
    const { countType, countNumber } = rule.selection;
    const chosen = images.filter((image) => isOfClass(rule, image) && hasTags(rule, image));
    const older = (days: (image: EvaluatedImage) => number): EvaluatedImage[] =>
        chosen.filter((image) => days(image) > countNumber);
    switch (countType) {
        case "imageCountMoreThan": {
            const youngestFirst = [...chosen].sort((a, b) => a.pushedDaysAgo - b.pushedDaysAgo);
            return digests(youngestFirst.slice(countNumber));
        }
        case "sinceImagePushed":
            return digests(older(({ pushedDaysAgo }) => pushedDaysAgo));
        case "sinceImagePulled":
            return digests(older(({ pushedDaysAgo, pulledDaysAgo }) => pulledDaysAgo ?? pushedDaysAgo));
        case "sinceImageTransitioned":
            return digests(older(({ archivedDaysAgo }) => archivedDaysAgo ?? 0));
        default:
            throw new Error(`no count type of AWS: ${countType}`);
    }
}

function digests(images: readonly EvaluatedImage[]): Set<string> {
    return new Set(images.map(({ digest }) => digest));
}
