import { quote } from "../oci";
import { ecrError } from "./error";
import { isBelow, prefixProblem, ROOT, RULE_PREFIX } from "./prefixes";
import { ecrAccount, upstreamHost, upstreamOf } from "./upstreams";

/** Rules that one registry has at most (docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html). */
export const MAXIMUM_RULES = 50;

/** What somebody wants to have cached. */
export interface PullThroughWish {
    /** Its key among the upstreams: names it in messages, and is the prefix where none is written. */
    readonly key: string;
    /** @default the key */
    readonly upstream?: string;
    /** Only of `acr` and `ecr`. */
    readonly host?: string;
    readonly prefix?: string;
    /** Only of `ecr`. */
    readonly upstreamPrefix?: string;
    /** Whether a secret is given. */
    readonly hasCredentials: boolean;
    /** Whether a role is given. */
    readonly hasRole: boolean;
}

/** A rule in AWS's own words, but for ARNs: `CreatePullThroughCacheRule`. */
export interface PullThroughRule {
    readonly key: string;
    readonly ecrRepositoryPrefix: string;
    readonly upstreamRegistry: string;
    readonly upstreamRegistryUrl: string;
    readonly upstreamRepositoryPrefix?: string;
    /** As a catalogue names the host of its images: `docker.io`. */
    readonly host: string;
}

/**
 * One rule, with everything checked that AWS would refuse only in the middle of a deploy.
 *
 * @param account of the cache, where it is known: an ECR upstream of another account takes a role
 * @throws EcrError with one sentence
 */
export function pullThroughRule(wish: PullThroughWish, account?: string): PullThroughRule {
    const name = wish.upstream ?? wish.key;
    const { upstreamRegistry } = upstreamOf(name);
    const { host, url } = upstreamHost(name, wish.host);
    const prefix = wish.prefix ?? wish.key;
    const problem = prefixProblem(prefix, RULE_PREFIX);
    if (problem !== undefined) {
        throw ecrError(`The rule ${quote(wish.key)} takes another "prefix": ${problem}.`);
    }
    checkUpstreamPrefix(wish, name, prefix);
    checkLogin(wish, name, ecrAccount(host), account);
    return {
        key: wish.key,
        ecrRepositoryPrefix: prefix,
        upstreamRegistry,
        upstreamRegistryUrl: url,
        ...(wish.upstreamPrefix === undefined ? {} : { upstreamRepositoryPrefix: wish.upstreamPrefix }),
        host,
    };
}

/** (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html) */
function checkUpstreamPrefix({ key, upstreamPrefix }: PullThroughWish, name: string, prefix: string): void {
    if (upstreamPrefix === undefined) {
        return;
    }
    if (name !== "ecr") {
        throw ecrError(
            `The rule ${quote(key)} has an "upstreamPrefix", which AWS has for the upstream ecr alone: leave it out.`,
        );
    }
    const problem = prefixProblem(upstreamPrefix, RULE_PREFIX);
    if (problem !== undefined) {
        throw ecrError(`The rule ${quote(key)} takes another "upstreamPrefix": ${problem}.`);
    }
    if (prefix === ROOT && upstreamPrefix !== ROOT) {
        throw ecrError(
            `The rule ${quote(key)} has the prefix ROOT, and then AWS takes no "upstreamPrefix": leave it out, or give the rule a prefix of its own.`,
        );
    }
}

function checkLogin(
    { hasCredentials, hasRole, key }: PullThroughWish,
    name: string,
    theirs: string | undefined,
    own: string | undefined,
): void {
    const { account, login } = upstreamOf(name);
    if (login === "secret" && !hasCredentials) {
        throw ecrError(
            `The rule ${quote(key)} has no "credentials", and AWS takes none for ${name} without: give it ${account}.`,
        );
    }
    if (login !== "secret" && hasCredentials) {
        const instead = login === "role" ? 'give it a "roleArn" instead' : "leave them out";
        throw ecrError(`The rule ${quote(key)} has "credentials", which AWS does not take for ${name}: ${instead}.`);
    }
    if (login !== "role" && hasRole) {
        throw ecrError(
            `The rule ${quote(key)} has a "roleArn", which AWS has for the upstream ecr alone: leave it out.`,
        );
    }
    if (login === "role" && !hasRole && own !== undefined && theirs !== own) {
        throw ecrError(
            `The rule ${quote(key)} reads from account ${theirs}, which takes a role in the cache's account ${own} that may read there: give it as "roleArn".`,
        );
    }
}

/**
 * All rules of a registry. Two rules of one prefix are one rule to AWS (PullThroughCacheRuleAlreadyExistsException); one
 * prefix below another is left to AWS, which documents nothing about it.
 *
 * @throws EcrError for more than AWS takes, and for a prefix that two have
 */
export function pullThroughRules(wishes: readonly PullThroughWish[], account?: string): PullThroughRule[] {
    if (wishes.length === 0 || wishes.length > MAXIMUM_RULES) {
        throw ecrError(
            `A registry takes 1 to ${MAXIMUM_RULES} pull-through cache rules, and here are ${wishes.length}.`,
        );
    }
    const rules = wishes.map((wish) => pullThroughRule(wish, account));
    for (const [index, rule] of rules.entries()) {
        const other = rules.slice(0, index).find((one) => one.ecrRepositoryPrefix === rule.ecrRepositoryPrefix);
        if (other !== undefined) {
            throw ecrError(
                `The rules ${quote(other.key)} and ${quote(rule.key)} have one prefix, ${quote(rule.ecrRepositoryPrefix)}: give each its own.`,
            );
        }
    }
    return rules;
}

/**
 * What the cache calls a repository of the upstream: `library/alpine` below `docker-hub` is `docker-hub/library/alpine`.
 * Undefined where the rule does not serve it.
 */
export function cachedRepository(
    { ecrRepositoryPrefix: prefix, upstreamRepositoryPrefix: upstream = ROOT }: PullThroughRule,
    repository: string,
): string | undefined {
    if (prefix === ROOT) {
        return repository;
    }
    if (upstream === ROOT) {
        return `${prefix}/${repository}`;
    }
    return isBelow(repository, upstream) ? `${prefix}${repository.slice(upstream.length)}` : undefined;
}
