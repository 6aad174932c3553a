import { describe, expect, it } from "vitest";
import { problemsOf, REGISTRIES } from "./folder";

/** One image, its tags as written; `§` stands before the place that each problem names. */
const CASES: readonly (readonly [title: string, tags: string, ...problems: string[]])[] = [
    [
        "a key that is nearly right",
        '{ §semvr: ">=1" }',
        'images.vault.tags: unknown key "semvr"; did you mean "semver"?',
    ],
    [
        "regsync's words",
        "{ §allow: [x], §deny: [y] }",
        'images.vault.tags: unknown key "allow": write "regex", or "glob"',
        'images.vault.tags: unknown key "deny": write "exclude"',
    ],
    [
        "a rename without its list",
        '{ §from: "1", §to: "2" }',
        'images.vault.tags: unknown key "from": write a list around it, as in [{ from: "1.18.3", to: stable }]',
        'images.vault.tags: unknown key "to": write a list around it, as in [{ from: "1.18.3", to: stable }]',
    ],
    [
        "a rename that is nearly right, in a list",
        '[§{ §form: "1", to: "2" }]',
        'images.vault.tags[0]: "from" is missing',
        'images.vault.tags[0]: unknown key "form"; did you mean "from"?',
    ],
    [
        "a selector without a rule",
        "[latest, §{}]",
        'images.vault.tags[1]: selects nothing: say which tags, as in { semver: ">=1.18" }, or { glob: "*" } for all',
    ],
    [
        "a range that is none",
        "{ semver: §latest }",
        'images.vault.tags.semver: "latest" is no range of versions, as in ">=1.18", "1.x || 2.x" or "~1.18.2"',
    ],
    [
        "a range that YAML takes for a number",
        "{ semver: §1.10 }",
        'images.vault.tags.semver: must be text: write "1.10" in quotes, since YAML reads it as a number',
    ],
    [
        "a regular expression that is none",
        '[{ regex: §"1.(2", exclude: [{ regex: §"a)|(b" }] }]',
        'images.vault.tags[0].regex: "1.(2" is no regular expression: Unterminated group',
        "images.vault.tags[0].exclude[0].regex: \"a)|(b\" is no regular expression: Unmatched ')'",
    ],
    [
        "a group in Go's way",
        "{ regex: §'(?P<version>.*)-alpine' }",
        'images.vault.tags.regex: "(?P<version>.*)-alpine" has a group in the way of Go and Python: JavaScript writes (?<version>…), without the P',
    ],
    ["newest of nothing", "{ newest: §0 }", "images.vault.tags.newest: must be 1 or more"],
    [
        "an exclusion that is no list",
        '{ newest: 1, exclude: §"*-rc*" }',
        "images.vault.tags.exclude: must be a list, not a string",
    ],
];

function lines(tags: string, targets = "[ghcr]"): string[] {
    return problemsOf(`${REGISTRIES}images:\n  vault: { source: docker.io/a/b, targets: ${targets}, tags: ${tags} }\n`);
}

describe("A selector with a mistake", () => {
    it.each(CASES)("names %s with line and column", (_title, marked, ...problems) => {
        const head = `  vault: { source: docker.io/a/b, targets: [ghcr], tags: `;
        const parts = marked.split("§");
        const line = REGISTRIES.split("\n").length + 1;
        const columns = parts.slice(1).map((_, index) => head.length + parts.slice(0, index + 1).join("").length + 1);
        expect(lines(parts.join(""))).toEqual(
            problems.map((text, index) => `catalog.yaml:${line}:${columns[index]}: ${text}`),
        );
    });

    it("is refused where a pattern is too long to be one", () => {
        const text = "x".repeat(501);
        expect(lines(`{ glob: "${text}" }`)[0]).toContain("is too long for a pattern: 500 characters at most");
        expect(lines(`{ regex: "${text}" }`)[0]).toContain("is too long for a pattern: 500 characters at most");
    });
});

describe("A target's selector", () => {
    it("must fit one of the tags that the image lists", () => {
        const [problem, ...others] = lines('["1.18", "1.19"]', '[{ registry: ghcr, tags: { semver: ">=2" } }]');
        expect(problem).toContain('images.vault.targets[0].tags: none of the image\'s tags fits { semver: ">=2" }');
        expect(others).toEqual([]);
    });

    it("stands beside names that the image has to list, too", () => {
        const [problem] = lines('{ semver: ">=1" }', '[{ registry: ghcr, tags: ["1.18"] }]');
        expect(problem).toContain(
            'the image has no tag "1.18"; list it there beside the selectors, which may choose it today and another one tomorrow',
        );
    });
});

describe("Two images of one source with one target", () => {
    const pair = (a: string, b: string) =>
        `${REGISTRIES}images:
  a: { source: docker.io/x/tool, tags: ${a}, targets: [ghcr] }
  b: { source: docker.io/x/tool, tags: ${b}, targets: [ghcr] }
`;

    it("are refused where a selector of one may choose a tag of the other", () => {
        const [problem, ...others] = problemsOf(pair('["1.18"]', '{ semver: ">=1", newest: 3 }'));
        expect(problem).toContain('{ semver: ">=1", newest: 3 } may choose "1.18"; exclude it there');
        expect(others).toEqual([]);
    });

    it("are refused where both have selectors", () => {
        const [problem] = problemsOf(pair('{ glob: "a*" }', '{ glob: "b*" }'));
        expect(problem).toContain("both choose tags by selectors, which may meet");
    });

    it("are none of a problem where it is excluded", () => {
        const text = pair('["1.18"]', '{ semver: ">=1", exclude: ["1.18"] }');
        expect(() => problemsOf(text)).toThrow("no CatalogError was thrown");
    });
});
