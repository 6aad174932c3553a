import { quote } from "../oci";

/** Instead of a prefix: all repositories that no other rule or template is for. */
export const ROOT = "ROOT";

const PREFIX = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/**
 * Why AWS takes no such prefix, as a clause; undefined where it does. A slash at the end is refused here, though AWS drops
 * it: `hub` and `hub/` would be two names of one rule.
 * (pull-through rules: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html, 2 to 30
 * characters; templates: …/API_CreateRepositoryCreationTemplate.html, 1 to 256)
 */
export function prefixProblem(prefix: string, { least, most }: PrefixLength): string | undefined {
    if (prefix === ROOT) {
        return undefined;
    }
    if (prefix.length < least || prefix.length > most) {
        return `a prefix has ${least} to ${most} characters there, and ${quote(prefix)} has ${prefix.length}`;
    }
    if (prefix.endsWith("/")) {
        return `a prefix is written without the slash at its end, and ${quote(prefix)} has one`;
    }
    return PREFIX.test(prefix)
        ? undefined
        : `${quote(prefix)} is no prefix (lower case letters and digits, with single . _ - or / between them, or ROOT)`;
}

export interface PrefixLength {
    readonly least: number;
    readonly most: number;
}

export const RULE_PREFIX: PrefixLength = { least: 2, most: 30 };
export const TEMPLATE_PREFIX: PrefixLength = { least: 1, most: 256 };

/** Whether a repository is below a prefix: `hub/library/alpine` is below `hub`, and everything is below ROOT. */
export function isBelow(repository: string, prefix: string): boolean {
    return prefix === ROOT || repository.startsWith(`${prefix}/`);
}
