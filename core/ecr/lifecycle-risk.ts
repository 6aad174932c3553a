import type { LifecycleDocument, LifecycleDocumentRule } from "./lifecycle-rules";
import { fitsTagPattern } from "./tag-pattern";

/** Tags that a lifecycle policy will take although somebody wants them. */
export interface LifecycleRisk {
    readonly tags: readonly string[];
    /** "expired 30 days after the push". */
    readonly fate: string;
}

/**
 * Which of the wanted tags a policy takes by their age, or since it keeps fewer of them: an image that never changes has
 * its age from one push, and is gone one day although the catalogue lists it.
 */
export function lifecycleRisks({ rules }: LifecycleDocument, wanted: readonly string[]): LifecycleRisk[] {
    const standard = rules.filter(({ selection }) => selection.storageClass !== "archive");
    const byRule = new Map<LifecycleDocumentRule, string[]>();
    for (const tag of wanted) {
        const rule = standard.find(({ selection }) => fitsSelection(selection, tag));
        if (rule !== undefined) {
            byRule.set(rule, [...(byRule.get(rule) ?? []), tag]);
        }
    }
    return [...byRule].flatMap(([rule, tags]) => {
        const fate = fateOf(rule, tags.length);
        return fate === undefined ? [] : [{ tags, fate }];
    });
}

function fitsSelection({ tagStatus, tagPatternList, tagPrefixList }: LifecycleDocumentRule["selection"], tag: string) {
    return (
        tagStatus === "any" ||
        (tagStatus === "tagged" &&
            (tagPatternList ?? []).every((pattern) => fitsTagPattern(pattern, tag)) &&
            (tagPrefixList ?? []).every((prefix) => tag.startsWith(prefix)))
    );
}

function fateOf({ selection, action }: LifecycleDocumentRule, tags: number): string | undefined {
    const done = action.type === "expire" ? "expired" : "archived";
    const { countType, countNumber } = selection;
    if (countType === "imageCountMoreThan") {
        return tags > countNumber ? `${done} when there are more than ${countNumber}` : undefined;
    }
    return `${done} ${countNumber} days after the ${countType === "sinceImagePulled" ? "last pull" : "push"}`;
}
