import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, defineCatalog } from "../../core/catalog";
import { fixedTags, type KeptRule, keptRules, type MirrorProject, mirrorPlan } from "../../core/harbor-plan";
import { rollbackTag } from "../../core/mirror";
import { fitsPattern } from "../../core/replication/patterns";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const lockOf = (...tags: string[]) => Object.fromEntries(tags.map((tag) => [tag, { digest: DIGEST }]));

function projectOf(images: Record<string, object>, lock = {}): MirrorProject {
    const catalog = defineCatalog({
        version: 1,
        registries: {
            harbor: { host: "harbor.example.com/mirror", kind: "harbor" },
            hub: { host: "docker.io" },
            ghcr: { host: "ghcr.io" },
        },
        defaults: { targets: ["harbor"] },
        images,
    } as never) as Catalog;
    return mirrorPlan(catalog, { lock }).projects[0] as MirrorProject;
}

/** Whether a retention keeps an artifact for ever. (src/lib/selector/selectors/doublestar/selector.go) */
function keeps(rules: readonly KeptRule[], repository: string, tags: readonly string[]): boolean {
    return rules.some(
        (rule) =>
            rule.keep === "always" &&
            fitsPattern(rule.repositories.matches, repository) &&
            (tags.length === 0 ? rule.untagged : tags.some((tag) => fitsPattern(rule.tags.matches, tag))),
    );
}

const IMAGES = {
    vault: { source: "docker.io/hashicorp/vault", tags: ["1.18", "1.18.3", { from: "1.18.3", to: "stable" }] },
    alpine: { source: "docker.io/library/alpine", tags: ["3.20.1", "latest"] },
    api: { source: "ghcr.io/acme/api", tags: [{ semver: ">=1" }] },
};

describe("The retention of a project", () => {
    it("keeps what the catalogue and the lock name, what holds a digest for a roll-back, and signatures", () => {
        const rules = keptRules(projectOf(IMAGES, { api: lockOf("1.0.0") }));
        expect(rules).toEqual([
            {
                repositories: { matches: "**" },
                tags: { matches: "{*.prev-*,1.0.0,1.18,1.18.3,3.20.1,latest,sha256-*,stable}" },
                untagged: false,
                keep: "always",
            },
            ...[{ pushedWithinDays: 90 }, { pulledWithinDays: 90 }].map((keep) => ({
                repositories: { matches: "**" },
                tags: { matches: "**" },
                untagged: true,
                keep,
            })),
        ]);
        for (const tag of ["1.18", "stable", "1.0.0", rollbackTag("1.18", DIGEST), `sha256-${"a".repeat(64)}.sig`]) {
            expect(keeps(rules, "hashicorp/vault", [tag])).toBe(true);
        }
        expect(keeps(rules, "hashicorp/vault", ["1.17"])).toBe(false);
        expect(keeps(rules, "hashicorp/vault", [])).toBe(false);
    });

    it("keeps all tags where a selector chooses and no lock has said what", () => {
        const rules = keptRules(projectOf(IMAGES));
        expect(keeps(rules, "acme/api", ["7.7.7"])).toBe(true);
        expect(keeps(rules, "hashicorp/vault", ["7.7.7"])).toBe(false);
    });

    it("never has more rules than Harbor takes", () => {
        const many = Array.from({ length: 40 }, (_, index) => [
            `i${index}`,
            { source: `ghcr.io/org-${index}/api`, tags: [{ newest: 3 }] },
        ]);
        const rules = keptRules(projectOf(Object.fromEntries(many)));
        expect(rules.length).toBeLessThanOrEqual(15);
        expect(keeps(rules, "org-39/api", ["1"])).toBe(true);
    });

    it("ages out the rest as it is told to", () => {
        expect(keptRules(projectOf(IMAGES), [{ latestPushed: 3 }]).at(-1)).toMatchObject({
            untagged: true,
            keep: { latestPushed: 3 },
        });
    });

    it("keeps every tag that it is to keep, whatever its repositories are called", () => {
        const repository = fc.constantFrom("a", "a/b", "a/b/c", "ab", "b", "b/a");
        const tags = fc.uniqueArray(fc.constantFrom("1", "1.1", "latest", "v1"), { minLength: 1 });
        const all = fc.uniqueArray(fc.record({ repository, tags, isOpen: fc.boolean() }), {
            minLength: 1,
            selector: (one) => one.repository,
        });
        fc.assert(
            fc.property(all, (repositories) => {
                const rules = keptRules({
                    name: "mirror",
                    repositories: repositories.map(({ isOpen, repository: name, tags: of }) => ({
                        name,
                        images: [],
                        isOpen,
                        tags: of.map((tag) => ({ from: tag, to: tag, isRebuilt: false })),
                    })),
                });
                for (const { isOpen, repository: name, tags: of } of repositories) {
                    expect(of.every((tag) => keeps(rules, name, [tag]))).toBe(true);
                    expect(keeps(rules, name, ["any-other"]) || !isOpen).toBe(true);
                }
            }),
        );
    });
});

describe("Tags that never move", () => {
    const isFixed = (project: MirrorProject, repository: string, tag: string, except: readonly string[] = []) =>
        fixedTags(project, except).some(
            (rule) => fitsPattern(rule.repositories, repository) && fitsPattern(rule.tags, tag),
        );

    it.each([
        ["hashicorp/vault", "1.18.3", true],
        ["hashicorp/vault", "1.18", false],
        ["hashicorp/vault", "stable", false],
        ["hashicorp/vault", "1.18.4", false],
        ["hashicorp/vault", rollbackTag("1.18.3", DIGEST), false],
        ["hashicorp/vault", `sha256-${"a".repeat(64)}`, false],
        ["hashicorp/vault", `sha256-${"a".repeat(64)}.sig`, false],
        // Docker builds its official images anew below the tags that they have.
        ["alpine", "3.20.1", false],
        ["acme/api", "1.18.3", false],
    ])("%s:%s is one: %s", (repository, tag, fixed) => {
        expect(isFixed(projectOf(IMAGES), repository, tag)).toBe(fixed);
    });

    it("are the lock's too, prereleases among them, and none of an image that is excepted", () => {
        const project = projectOf(IMAGES, { api: lockOf("v1.0.0-rc.1", "1.2.0", "2") });
        expect(["v1.0.0-rc.1", "1.2.0", "2"].map((tag) => isFixed(project, "acme/api", tag))).toEqual([
            true,
            true,
            false,
        ]);
        expect(isFixed(project, "acme/api", "1.2.0", ["api"])).toBe(false);
        const some = { some: { source: "ghcr.io/acme/some", tags: ["1.0.0"], platforms: ["linux/arm64"] } };
        expect(isFixed(projectOf(some), "acme/some", "1.0.0")).toBe(false);
    });

    it("are not what moves in a repository beside", () => {
        const project = projectOf({
            a: { source: "ghcr.io/acme/a", tags: ["1.0.0", "2.0.0"] },
            b: { source: "ghcr.io/acme/b", tags: ["2.0.0", { from: "latest", to: "1.0.0" }] },
        });
        expect(fixedTags(project)).toEqual([{ parent: "acme", repositories: "acme/{a,b}", tags: "2.0.0" }]);
    });
});
