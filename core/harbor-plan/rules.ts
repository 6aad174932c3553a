import type { Carried } from "./carried";
import type { Flatten } from "./destination";
import { planError } from "./error";
import { anyOf, FILTERS_LENGTH, filtersLength, halved, repositoriesBelow, splitPath } from "./patterns";

/** One pull replication rule of Harbor's. */
export interface ReplicationRule {
    /** Stable, and unique among them: `ghcr/mirror/acme/api`, the source's key and the first repository that it fills. */
    readonly key: string;
    /** What Harbor's own pages take as a name, unique among them too. */
    readonly name: string;
    /** Key of the source's registry. */
    readonly source: string;
    readonly namespace: string;
    readonly flatten: Flatten;
    /** Harbor's patterns. */
    readonly names: string;
    readonly tags: string;
    readonly repositories: readonly RuleRepository[];
    /** Sorted. */
    readonly images: readonly string[];
}

/** What one rule brings from one repository to another. */
export interface RuleRepository {
    readonly from: string;
    readonly to: string;
    readonly tags: readonly string[];
}

export interface RulesWish {
    /** `false`: repositories below one path share a rule, and each comes with the tags of all of them. */
    readonly exact: boolean;
    /** Tags of signatures come along, those of the older form (`sha256-….sig`), of whatever image they are. */
    readonly signatures: boolean;
}

/** Tags of cosign's older signatures, and of lists of referrers: `sha256-<hex>.sig`. */
export const ATTACHED_PATTERN = "sha256-*";

/**
 * The rules that carry what can be carried by rules. Repositories of one path with the same tags share one, which is
 * split where Harbor has no room for it. A rule is called after its first repository, so that others come and go
 * without it becoming another one.
 */
export function replicationRules(carried: readonly Carried[], { exact, signatures }: RulesWish): ReplicationRule[] {
    const groups = new Map<string, Carried[]>();
    for (const one of carried) {
        const { parent } = splitPath(one.sourceRepository);
        const { flatten, namespace } = one.destination;
        const shared = exact ? one.tags : [];
        const key = JSON.stringify([one.source, namespace, flatten, parent, shared]);
        groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    const rules = [...groups.values()].flatMap((group) => rulesOf(group, signatures));
    const sorted = rules.sort((a, b) => (a.key < b.key ? -1 : 1));
    return named(sorted);
}

/** Of repositories below one path, which go below one path with the same tags, or with the tags of all. */
function rulesOf(group: readonly Carried[], signatures: boolean): ReplicationRule[] {
    const byName = new Map(group.map((one) => [splitPath(one.sourceRepository).last, one]));
    const parent = splitPath((group[0] as Carried).sourceRepository).parent;
    const namesOf = (lasts: readonly string[]): string => repositoriesBelow(parent, lasts);
    const tagsOf = (tags: readonly string[]): string => anyOf(signatures ? [...tags, ATTACHED_PATTERN] : tags);
    const all = (of: readonly Carried[]): string[] => [...new Set(of.flatMap(({ tags }) => tags))].sort();
    const parts = halved([...byName.keys()], (lasts) => {
        const tags = tagsOf(all(lasts.map((name) => byName.get(name) as Carried)));
        return filtersLength(namesOf(lasts), tags) <= FILTERS_LENGTH;
    });
    return parts.flatMap(({ texts: lasts }) => {
        const members = lasts.map((name) => byName.get(name) as Carried);
        const chunks = halved(all(members), (tags) => filtersLength(namesOf(lasts), tagsOf(tags)) <= FILTERS_LENGTH);
        return chunks.map(({ path, texts: tags }) => ruleOf(members, path, namesOf(lasts), tagsOf(tags), tags));
    });
}

function ruleOf(
    members: readonly Carried[],
    path: string,
    names: string,
    pattern: string,
    tags: readonly string[],
): ReplicationRule {
    const [first, ...others] = [...members].sort((a, b) => (a.targetRepository < b.targetRepository ? -1 : 1));
    const { destination, source, targetRepository } = first as Carried;
    if (filtersLength(names, pattern) > FILTERS_LENGTH) {
        throw planError(
            `Harbor has no room for the name ${targetRepository} with one of its tags in a replication rule (${FILTERS_LENGTH} characters): leave it to the fleet.`,
        );
    }
    return {
        key: `${source}/${targetRepository}${path === "" ? "" : `:${path}`}`,
        name: "",
        source,
        ...destination,
        names,
        tags: pattern,
        repositories: [first as Carried, ...others].map((one) => ({
            from: one.sourceRepository,
            to: one.targetRepository,
            tags,
        })),
        images: [...new Set(members.flatMap(({ images }) => images))].sort(),
    };
}

/** Names for people; where two would be the same, both have their number in the order of their keys. */
function named(rules: readonly ReplicationRule[]): ReplicationRule[] {
    const plain = (key: string): string => key.replace(/[^a-z0-9]+/g, "-");
    const counts = new Map<string, number>();
    for (const { key } of rules) {
        counts.set(plain(key), (counts.get(plain(key)) ?? 0) + 1);
    }
    const seen = new Map<string, number>();
    return rules.map((rule) => {
        const name = plain(rule.key);
        const number = (seen.get(name) ?? 0) + 1;
        seen.set(name, number);
        return { ...rule, name: (counts.get(name) ?? 0) > 1 ? `${name}.${number}` : name };
    });
}
