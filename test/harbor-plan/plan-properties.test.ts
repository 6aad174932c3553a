import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, CatalogError, defineCatalog, hasCutOver } from "../../core/catalog";
import {
    destinationRepository,
    FILTERS_LENGTH,
    filtersLength,
    type MirrorPlan,
    mirrorPlan,
    type ReplicationRule,
} from "../../core/harbor-plan";
import { fitsPattern } from "../../core/replication/patterns";

const PATHS = ["library", "acme", "acme/team", "acme/team/deep/er", "a", ""];
const NAMES = ["api", "api-gw", "ap", "app", "a", "team"];
const TAGS = ["1.18", "1.18.3", "1.1", "latest", "v2.0.0", "1"];
const REGISTRIES = ["hub", "ghcr", "other"] as const;

const tag = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...TAGS) },
    { weight: 1, arbitrary: fc.constantFrom(...TAGS).map((from) => ({ from, to: "stable" })) },
    { weight: 1, arbitrary: fc.constant({ semver: ">=1", newest: 2 }) },
);
const target = fc.oneof(
    { weight: 6, arbitrary: fc.constant("harbor") },
    {
        weight: 2,
        arbitrary: fc
            .tuple(fc.constantFrom("", "x/", "acme/"), fc.constantFrom(...NAMES))
            .map(([path, name]) => ({ registry: "harbor", repository: `${path}${name}` })),
    },
);
const image = fc.record({
    registry: fc.constantFrom(...REGISTRIES),
    path: fc.constantFrom(...PATHS),
    name: fc.constantFrom(...NAMES),
    tags: fc.uniqueArray(tag, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) }),
    targets: fc.array(target, { minLength: 1, maxLength: 2 }),
    kind: fc.constantFrom({}, {}, {}, { platforms: ["linux/amd64"] }, { policy: "migrate", phase: "cut-over" }),
});
const HOSTS = { hub: "docker.io", ghcr: "ghcr.io", other: "registry.example.com" };

/** A catalogue with a Harbor; undefined for one that is refused. */
function catalogOf(images: readonly (typeof image extends fc.Arbitrary<infer T> ? T : never)[]): Catalog | undefined {
    const written = images.map(({ kind, name, path, registry, tags, targets }, index) => [
        `image-${index}`,
        { source: `${HOSTS[registry]}/${path === "" ? "" : `${path}/`}${name}`, tags, targets, ...kind },
    ]);
    try {
        return defineCatalog({
            version: 1,
            registries: {
                harbor: { host: "harbor.example.com/mirror", kind: "harbor" },
                hub: { host: "docker.io" },
                ghcr: { host: "ghcr.io" },
                other: { host: "registry.example.com" },
            },
            images: Object.fromEntries(written),
        } as never) as Catalog;
    } catch (error) {
        if (error instanceof CatalogError) {
            return undefined;
        }
        throw error;
    }
}

const catalogs = fc.array(image, { minLength: 1, maxLength: 10 }).map(catalogOf);

/** What a rule would bring, of one tag of a repository at its source: the repository here, or undefined. */
function broughtBy(rule: ReplicationRule, repository: string, name: string): string | undefined {
    return fitsPattern(rule.names, repository) && fitsPattern(rule.tags, name)
        ? destinationRepository(repository, rule)
        : undefined;
}

/** What has to be brought here: of which image, to where, and the tag at its source. */
function wantedCopies(catalog: Catalog, registry: string) {
    return Object.values(catalog.images).flatMap((one) =>
        one.targets
            .filter((to, index) => to.registry === registry && !(hasCutOver(one) && index === 0))
            .flatMap((to) => to.tags.map(({ from }) => ({ image: one, repository: to.repository, from }))),
    );
}

/** Harbor's own test whether a name filter names repositories exactly, and which. (src/pkg/reg/util/pattern.go) */
function exactRepositories(pattern: string): string[] | undefined {
    const parts = pattern.split("/").map((part) => {
        const found = /^([^{},]*)\{([^{}]*)\}([^{},]*)$/.exec(part);
        if (found !== null) {
            return (found[2] as string).split(",").map((one) => `${found[1]}${one}${found[3]}`);
        }
        return /[*?[\\\]^{},]/.test(part) || part === "" ? undefined : [part];
    });
    return parts.reduce<string[] | undefined>(
        (all, part) => all && part && (all.length === 0 ? part : all.flatMap((a) => part.map((b) => `${a}/${b}`))),
        [],
    );
}

const ALL_REPOSITORIES = PATHS.flatMap((path) =>
    [...NAMES, "apix", "te"].map((name) => (path === "" ? name : `${path}/${name}`)),
);
const ALL_TAGS = [...TAGS, "1.18.4", "1.18.", "stable", "sha256-0123.sig", "1.18.prev-0123456789ab"];

function planOf(catalog: Catalog, wish: { exact?: boolean; signatures?: boolean } = {}): MirrorPlan {
    return mirrorPlan(catalog, wish);
}

describe("For every catalogue", () => {
    it("each copy is brought by exactly one rule or named as carried by ourselves", () => {
        let brought = 0;
        let named = 0;
        fc.assert(
            fc.property(catalogs, fc.boolean(), fc.boolean(), (catalog, exact, signatures) => {
                fc.pre(catalog !== undefined);
                const plan = planOf(catalog, { exact, signatures });
                for (const { from, image: one, repository } of wantedCopies(catalog, "harbor")) {
                    const rules = plan.rules.filter(
                        (rule) =>
                            rule.source === one.source.registry &&
                            broughtBy(rule, one.source.repository, from) === repository,
                    );
                    const isLeft = plan.left.some((left) => left.image === one.name && left.repository === repository);
                    if (isLeft) {
                        named += 1;
                    } else {
                        brought += 1;
                        expect(rules).toHaveLength(1);
                    }
                }
            }),
            { numRuns: 150 },
        );
        expect(brought).toBeGreaterThan(50);
        expect(named).toBeGreaterThan(50);
    });

    it("the rules bring nothing that is not in it, whatever else is at the sources", () => {
        fc.assert(
            fc.property(catalogs, (catalog) => {
                fc.pre(catalog !== undefined);
                const wanted = new Set(
                    Object.values(catalog.images).flatMap((one) =>
                        one.targets.flatMap((to) =>
                            to.tags
                                .filter(({ from, to: here }) => from === here)
                                .map(
                                    ({ from }) =>
                                        `${one.source.registry} ${one.source.repository}:${from} ${to.repository}`,
                                ),
                        ),
                    ),
                );
                for (const rule of planOf(catalog).rules) {
                    for (const repository of ALL_REPOSITORIES) {
                        for (const name of ALL_TAGS) {
                            const here = broughtBy(rule, repository, name);
                            if (here !== undefined) {
                                expect(wanted).toContain(`${rule.source} ${repository}:${name} ${here}`);
                            }
                        }
                    }
                }
            }),
            { numRuns: 40 },
        );
    });

    it("each rule names its repositories exactly, as Harbor reads it, and fits into its column", () => {
        fc.assert(
            fc.property(catalogs, fc.boolean(), (catalog, exact) => {
                fc.pre(catalog !== undefined);
                const { rules } = planOf(catalog, { exact });
                for (const { flatten, names, repositories, tags } of rules) {
                    expect(exactRepositories(names)?.sort()).toEqual(repositories.map(({ from }) => from).sort());
                    expect(filtersLength(names, tags)).toBeLessThanOrEqual(FILTERS_LENGTH);
                    const level = { none: 0, one: 1, two: 2, three: 3, all: 0 }[flatten];
                    // Harbor refuses a rule that takes away more parts than there are.
                    expect(repositories.every(({ from }) => level <= from.split("/").length - 1)).toBe(true);
                }
                for (const key of ["key", "name"] as const) {
                    expect(new Set(rules.map((rule) => rule[key])).size).toBe(rules.length);
                }
            }),
            { numRuns: 80 },
        );
    });
});
