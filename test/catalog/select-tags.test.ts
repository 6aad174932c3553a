import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    type Catalog,
    decideImage,
    defineCatalog,
    emptyChoices,
    findImage,
    selectTags,
    type TagSelector,
} from "../../core/catalog";

/** As on Docker Hub, in the order of a registry's listing. */
const NGINX = (
    "1 1-alpine 1.25 1.25.5 1.25.5-alpine 1.26 1.26.3 1.26.3-alpine 1.27 1.27-alpine 1.27.2 1.27.2-alpine 1.27.3 " +
    "1.27.3-alpine 1.27.10 1.28.0-rc.1 20240901 alpine latest mainline stable"
).split(" ");
const POSTGRES = "16 16.4 17 17.1 17.2 17.2-bookworm 18beta1 latest".split(" ");
const SIGNED = [
    "1.0.0",
    `sha256-${"a".repeat(64)}`,
    `sha256-${"a".repeat(64)}.sig`,
    `sha512-${"b".repeat(64)}`,
    "1.0.0.prev-0123456789ab",
    "sha-1234567",
];

const TABLE: readonly (readonly [title: string, selector: TagSelector, tags: readonly string[], chosen: string])[] = [
    [
        "a range, highest first, the moving names with it",
        { semver: ">=1.26 <1.27.3" },
        NGINX,
        "1.27.2 1.27 1.26.3 1.26",
    ],
    [
        "the newest of a range, without the moving names",
        { semver: ">=1.25", newest: 4 },
        NGINX,
        "1.27.10 1.27.3 1.27.2 1.26.3",
    ],
    ["two numbers as a release, where nothing continues them", { semver: ">=16", newest: 2 }, POSTGRES, "17.2 17.1"],
    ["no prerelease by a range that names none", { semver: ">=1.27.10" }, NGINX, "1.27.10"],
    [
        "prereleases by a range that names one",
        { semver: ">=1.27.10-0", exclude: ["*alpine"] },
        NGINX,
        "1.28.0-rc.1 1.27.10",
    ],
    ["a v before the numbers", { semver: "<1.1" }, ["v1.0.1", "v1.1.0", "version"], "v1.0.1"],
    ["both names of one version, the shorter first", { newest: 2 }, ["v1.0.1", "1.0.1", "1.0.0"], "1.0.1 v1.0.1"],
    ["the newest releases, and no variant of them", { newest: 3 }, NGINX, "1.27.10 1.27.3 1.27.2"],
    ["the newest of a variant", { glob: "*-alpine", newest: 2 }, NGINX, "1.27.3-alpine 1.27.2-alpine"],
    [
        "the version that a group names",
        { regex: "(?<version>.+)-alpine", semver: ">=1.26", newest: 2 },
        NGINX,
        "1.27.3-alpine 1.27.2-alpine",
    ],
    ["one number, where a group says that it is one", { regex: "(?<version>\\d+)", newest: 1 }, NGINX, "20240901"],
    ["moving names, where a pattern leaves nothing else", { regex: "\\d\\.\\d+", newest: 2 }, NGINX, "1.27 1.26"],
    ["a regular expression over the whole tag", { regex: "1\\.27" }, NGINX, "1.27"],
    ["alternatives over the whole tag, each", { regex: "stable|1" }, NGINX, "1 stable"],
    ["a glob over the whole tag, versions first", { glob: "{1.27,latest,stable}" }, NGINX, "1.27 latest stable"],
    ["a glob with ? and a class", { glob: "1.2[67].?" }, NGINX, "1.27.3 1.27.2 1.26.3"],
    ["what a glob has as plain characters", { glob: "!latest" }, NGINX, ""],
    ["everything but the excluded", { exclude: ["1*", "2*", { regex: "m.*|alpine" }] }, NGINX, "latest stable"],
    ["no tags that other things hang on", { glob: "*" }, SIGNED, "1.0.0 sha-1234567"],
    ["nothing of nothing", { newest: 5 }, [], ""],
    ["nothing that is no version", { newest: 5 }, ["latest", "1.2.3.4", "18beta1", "1.99999999999999999999"], ""],
];

describe("A selector chooses", () => {
    it.each(TABLE)("%s", (_title, selector, tags, chosen) => {
        expect(selectTags(selector, tags).join(" ")).toBe(chosen);
    });

    it("and gives up on a pattern that would never end", () => {
        const tags = [`${"a".repeat(60)}b`];
        const started = Date.now();
        expect(() => selectTags({ regex: "(a+)+" }, tags)).toThrow("takes longer than 1 s on 1 tags");
        expect(() => selectTags({ glob: `${"*a".repeat(20)}c` }, ["a".repeat(120)])).toThrow("takes longer than 1 s");
        expect(Date.now() - started).toBeLessThan(10_000);
    });
});

const part = fc.nat({ max: 4 });
const tag = fc.oneof(
    fc
        .tuple(fc.constantFrom("", "v"), part, part, part, fc.constantFrom("", "", "-alpine", "-rc.1"))
        .map(([v, a, b, c, suffix]) => `${v}${a}.${b}.${c}${suffix}`),
    fc.tuple(part, part).map((numbers) => numbers.join(".")),
    fc.constantFrom("latest", "edge", "1", "20240901", "1.0.0.prev-0123456789ab"),
);
const listing = fc.uniqueArray(tag, { maxLength: 30 });
const selector = fc
    .record(
        {
            semver: fc.constantFrom(">=1", "1.x", "<2.1.2 || >=3.2.0-0", "*"),
            regex: fc.constantFrom("v?[0-2].*", "(?<version>.+)-alpine", ".*[0-9]"),
            glob: fc.constantFrom("*", "?.*", "*-alpine", "{latest,1.*}"),
            newest: fc.integer({ min: 1, max: 6 }),
            exclude: fc.constantFrom(["*-rc*"], [{ regex: "v.*" }], ["1.0.0", "2.*"]),
        },
        { requiredKeys: [] },
    )
    .filter((made) => Object.keys(made).length > 0);

describe("Whatever there is", () => {
    it("what is chosen is there, each once, in one order, and no more than so many", () => {
        fc.assert(
            fc.property(selector, listing, (rule, tags) => {
                const chosen = selectTags(rule, tags);
                expect(new Set(chosen).size).toBe(chosen.length);
                expect(chosen.every((one) => tags.includes(one) && !one.includes(".prev-"))).toBe(true);
                expect(chosen.length).toBeLessThanOrEqual(rule.newest ?? tags.length);
                expect(selectTags(rule, [...tags].reverse())).toEqual(chosen);
            }),
            { numRuns: 300 },
        );
    });

    it("choosing from what was chosen, and others of those beside it, gives the same: a lock needs no listing", () => {
        fc.assert(
            fc.property(selector, listing, fc.array(fc.nat()), (rule, tags, picks) => {
                const chosen = selectTags(rule, tags);
                const others = picks.flatMap((index) => tags[index % Math.max(tags.length, 1)] ?? []);
                fc.pre(chosen.length > 0);
                expect(selectTags(rule, [...others, ...chosen])).toEqual(chosen);
            }),
            { numRuns: 300 },
        );
    });

    it("a tag that nobody could choose changes nothing", () => {
        fc.assert(
            fc.property(selector, listing, (rule, tags) => {
                const more = [...tags, `sha256-${"0".repeat(64)}`, "9.9.9.prev-abcdefabcdef"];
                expect(selectTags(rule, more)).toEqual(selectTags(rule, tags));
            }),
            { numRuns: 100 },
        );
    });
});

describe("An image with selectors", () => {
    const image = (tags: unknown, target: object = {}) => {
        const catalog = defineCatalog({
            version: 1,
            registries: { ghcr: { host: "ghcr.io/acme" } },
            images: { tool: { source: "docker.io/a/tool", tags, targets: [{ registry: "ghcr", ...target }] } },
        } as never) as unknown;
        return findImage(catalog as Catalog, "tool");
    };
    const pairs = (made: ReturnType<typeof image>) => made.targets[0]?.tags.map(({ from, to }) => `${from}>${to}`);

    it("has the tags that are listed, then those that are chosen, and takes them to its targets", () => {
        const decided = decideImage(image(["latest", { newest: 2 }]), ["1.1.0", "1.0.0", "latest"]);
        expect(decided.tags).toEqual(["latest", "1.1.0", "1.0.0"]);
        expect(pairs(decided)).toEqual(["latest>latest", "1.1.0>1.1.0", "1.0.0>1.0.0"]);
        expect([decided.selectors, decided.targets[0]?.selectors]).toEqual([undefined, undefined]);
    });

    it("never writes a chosen tag over the new name of another one", () => {
        const decided = decideImage(image([{ from: "1.0.0", to: "stable" }, { glob: "*" }]), ["1.0.0", "stable"]);
        expect(pairs(decided)).toEqual(["1.0.0>stable", "1.0.0>1.0.0"]);
    });

    it("lets a target choose among them", () => {
        const made = image({ semver: ">=1" }, { tags: { newest: 1 } });
        expect(pairs(decideImage(made, ["1.1.0", "1.0.0"]))).toEqual(["1.1.0>1.1.0"]);
        expect(emptyChoices(image({ glob: "*" }, { tags: { newest: 1 } }), ["edge"])).toMatchObject([
            { registry: "ghcr", selector: { newest: 1 } },
        ]);
    });

    it("is decided at once by a target's selector where all its tags are listed", () => {
        const made = image(["1.0.0", "1.1.0", "edge"], { tags: { newest: 1 } });
        expect([made.selectors, made.targets[0]?.selectors]).toEqual([undefined, undefined]);
        expect(pairs(made)).toEqual(["1.1.0>1.1.0"]);
    });
});
