import { ecrHostOf, isAccount, isRegion, parseEcrHost, partitionOf } from "../aws-names";
import { quote } from "../oci";
import { ecrError } from "./error";
import { checkedAccount } from "./principals";
import type { PolicyPlace } from "./repository-policy";
import { repositoryPrefixProblem } from "./repository-prefix";

/** A registry that gets copies. */
export interface ReplicationDestination {
    readonly region: string;
    /** Twelve digits, as a text. @default the source's own */
    readonly account?: string;
    /** Its host, where that is not ECR's usual one: of both IP versions, or an emulator's. @default `<account>.dkr.ecr.<region>.amazonaws.com` */
    readonly host?: string;
}

/** Some repositories to some places. */
export interface ReplicationRuleDefinition {
    readonly destinations: readonly ReplicationDestination[];
    /** Begins of the repositories' names; `"all"` for the whole registry. */
    readonly prefixes: readonly string[] | "all";
}

/** A rule as ECR's API has it. */
export interface ReplicationRule {
    readonly destinations: readonly { readonly region: string; readonly registryId: string }[];
    readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: "PREFIX_MATCH" }[];
}

/** (docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html, …/APIReference/API_ReplicationRule.html) */
export const REPLICATION_LIMITS = { rules: 10, destinations: 25, filters: 100 } as const;

/**
 * The rules of a registry, checked against all that is known of ECR's limits.
 *
 * @throws EcrError for more than 10 rules, more than 25 destinations of all rules together, more than 100 prefixes of a
 * rule; no destination; the registry itself, another partition, a destination or prefix twice
 */
export function replicationRules(
    definitions: readonly ReplicationRuleDefinition[],
    source: PolicyPlace,
): ReplicationRule[] {
    const { rules, destinations } = REPLICATION_LIMITS;
    if (definitions.length === 0) {
        throw ecrError(`Replication has no rules: name its "destinations".`);
    }
    if (definitions.length > rules) {
        throw ecrError(
            `Replication has ${definitions.length} rules, and ECR takes ${rules} for a registry: join those that have the same destinations, a rule takes ${REPLICATION_LIMITS.filters} prefixes.`,
        );
    }
    const made = definitions.map((rule, index) => replicationRule(`rules[${index}]`, rule, source));
    const places = new Set(
        made.flatMap((rule) => rule.destinations.map(({ region, registryId }) => `${registryId}/${region}`)),
    );
    if (places.size > destinations) {
        throw ecrError(
            `Replication has ${places.size} destinations in all its rules, and ECR takes ${destinations} for a registry: replicate from a registry of each continent, or have the others pull through a cache.`,
        );
    }
    return made;
}

function replicationRule(
    at: string,
    { destinations, prefixes }: ReplicationRuleDefinition,
    source: PolicyPlace,
): ReplicationRule {
    if (destinations.length === 0) {
        throw ecrError(`${at} has no destinations: name a region at least.`);
    }
    const places = destinations.map((one, index) => destinationOf(`${at}.destinations[${index}]`, one, source));
    const keys = places.map(({ region, registryId }) => `${region} of account ${registryId}`);
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined) {
        throw ecrError(`${at} has the destination ${twice} twice: leave one out.`);
    }
    const filters = prefixes === "all" ? [] : checkedPrefixes(at, prefixes);
    return {
        destinations: places,
        ...(filters.length === 0
            ? {}
            : { repositoryFilters: filters.map((filter) => ({ filter, filterType: "PREFIX_MATCH" as const })) }),
    };
}

function destinationOf(at: string, { region, account, host }: ReplicationDestination, source: PolicyPlace) {
    if (!isRegion(region)) {
        throw ecrError(`${at} has the region ${quote(String(region))}: a region's name is such as "eu-west-1".`);
    }
    const registryId = account === undefined ? source.account : checkedAccount(`${at}.account`, account);
    if (region === source.region && registryId === source.account) {
        throw ecrError(
            `${at} is the registry itself (${region} of account ${registryId}), and ECR replicates elsewhere only: leave it out.`,
        );
    }
    if (partitionOf(region) !== source.partition) {
        throw ecrError(
            `${at} is in the partition ${partitionOf(region)}, and the registry in ${source.partition}: ECR does not replicate between partitions, so make it a target of the catalogue, which our own copy carries.`,
        );
    }
    const named = host === undefined ? undefined : parseEcrHost(host);
    if (named?.visibility === "public" || (named && (named.account !== registryId || named.region !== region))) {
        throw ecrError(
            `${at} has the host ${host}, which is not that of ${region} of account ${registryId} (${ecrHostOf(registryId, region)}).`,
        );
    }
    return { region, registryId };
}

function checkedPrefixes(at: string, prefixes: readonly string[]): readonly string[] {
    if (prefixes.length === 0) {
        throw ecrError(
            `${at} has an empty list of prefixes: write "all" for the whole registry, or the begins of its repositories' names.`,
        );
    }
    if (prefixes.length > REPLICATION_LIMITS.filters) {
        throw ecrError(
            `${at} has ${prefixes.length} prefixes, and ECR takes ${REPLICATION_LIMITS.filters} for a rule: give them a common begin, or make another rule.`,
        );
    }
    for (const prefix of prefixes) {
        const problem = repositoryPrefixProblem(prefix);
        if (problem !== undefined) {
            throw ecrError(`${at} has the prefix ${problem}.`);
        }
    }
    const twice = prefixes.find((prefix, index) => prefixes.indexOf(prefix) !== index);
    if (twice !== undefined) {
        throw ecrError(`${at} has the prefix ${quote(twice)} twice: leave one out.`);
    }
    return prefixes;
}

/** Prefixes of one rule that say nothing, since a shorter one of it covers them: a sentence for each, no mistake. */
export function overlappingPrefixes(definitions: readonly Pick<ReplicationRuleDefinition, "prefixes">[]): string[] {
    return definitions.flatMap(({ prefixes }, index) =>
        (prefixes === "all" ? [] : prefixes).flatMap((prefix) => {
            const wider = (prefixes as readonly string[]).find((other) => other !== prefix && prefix.startsWith(other));
            return wider === undefined
                ? []
                : [
                      `rules[${index}] has the prefix ${quote(prefix)}, which ${quote(wider)} of the same rule covers already`,
                  ];
        }),
    );
}

/** Whether a rule replicates the repository. */
export function isReplicated({ prefixes }: Pick<ReplicationRuleDefinition, "prefixes">, repository: string): boolean {
    return prefixes === "all" || prefixes.some((prefix) => repository.startsWith(prefix));
}

/** The host of a destination; its account is the source's where it names none. */
export function destinationHost(
    { region, account, host }: ReplicationDestination,
    source: Pick<PolicyPlace, "account">,
): string {
    return host ?? ecrHostOf(isAccount(account) ? account : source.account, region);
}

/**
 * The same checks where the registry's account and region are not known yet: a mistake is told at construction.
 *
 * @throws EcrError as replicationRules does
 */
export function checkReplication(definitions: readonly ReplicationRuleDefinition[]): void {
    const region = definitions[0]?.destinations[0]?.region;
    const partition = isRegion(region) ? partitionOf(region) : "aws";
    replicationRules(definitions, { account: "000000000000", region: "", partition });
}
