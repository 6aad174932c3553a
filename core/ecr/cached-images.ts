import type { Catalog, CatalogImage } from "../catalog";
import { quote } from "../oci";
import { ecrError } from "./error";
import { isBelow, ROOT } from "./prefixes";
import { cachedRepository, type PullThroughRule } from "./pull-through-rule";
import type { EcrRegistry } from "./repositories";
import { repositoryNameProblem } from "./repositories";

/** An image of the catalogue that a rule serves. */
export interface CachedImage {
    readonly image: string;
    /** The rule's key. */
    readonly rule: string;
    /** The repository at the cache. */
    readonly repository: string;
    /** Those that the catalogue lists by name: what a selector would choose, nobody has asked for here. */
    readonly tags: readonly string[];
}

/**
 * The catalogue's images whose source a rule serves, sorted by name. Of several rules the one with the longest prefix at
 * the upstream is taken, since it says most of it, then that with the longer prefix.
 *
 * @throws EcrError where ECR would take no such repository
 */
export function cachedImages(catalog: Catalog, rules: readonly PullThroughRule[]): CachedImage[] {
    const ordered = [...rules].sort(
        (a, b) => bySpecificity(b) - bySpecificity(a) || b.ecrRepositoryPrefix.length - a.ecrRepositoryPrefix.length,
    );
    return Object.values(catalog.images)
        .flatMap((image) => servedBy(image, catalog, ordered))
        .sort((a, b) => (a.image < b.image ? -1 : 1));
}

function bySpecificity({ upstreamRepositoryPrefix: prefix = ROOT }: PullThroughRule): number {
    return prefix === ROOT ? 0 : prefix.length;
}

function servedBy(image: CatalogImage, catalog: Catalog, rules: readonly PullThroughRule[]): CachedImage[] {
    const { registry, repository } = image.source;
    const host = catalog.registries[registry]?.host;
    for (const rule of rules.filter((one) => one.host === host)) {
        const cached = cachedRepository(rule, repository);
        if (cached !== undefined) {
            const problem = repositoryNameProblem(cached);
            if (problem !== undefined) {
                throw ecrError(`The image ${image.name} would be cached as ${cached}, but ${problem}.`);
            }
            return [{ image: image.name, rule: rule.key, repository: cached, tags: image.tags }];
        }
    }
    return [];
}

/** `111111111111.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/alpine:3.20`. */
export function cachedReference(host: string, repository: string, tag: string): string {
    return `${host}/${repository}:${tag}`;
}

/**
 * Refuses what is carried to a repository below a rule's prefix: the cache would set the tag back to the upstream's within
 * a day. ROOT is left out: it is for what nothing else makes.
 *
 * @throws EcrError
 */
export function checkNoTargetBelow(catalog: Catalog, registry: EcrRegistry, rules: readonly PullThroughRule[]): void {
    for (const { name, targets } of Object.values(catalog.images) as CatalogImage[]) {
        for (const { repository } of targets.filter((target) => target.registry === registry.name)) {
            const rule = rules.find(
                ({ ecrRepositoryPrefix: prefix }) => prefix !== ROOT && isBelow(repository, prefix),
            );
            if (rule !== undefined) {
                throw ecrError(
                    `The image ${name} is carried to ${repository}, below the prefix ${quote(rule.ecrRepositoryPrefix)} of the cache, which would set its tags back to the upstream's: give the rule ${quote(rule.key)} another prefix.`,
                );
            }
        }
    }
}
