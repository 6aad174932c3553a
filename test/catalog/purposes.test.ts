import { describe, expect, it } from "vitest";
import { refuseOtherPurpose, sharedNamespaces } from "../../core/catalog";
import { load, problemsOf, REGISTRIES } from "./folder";

const HEAD = `${REGISTRIES}defaults: { targets: [ghcr] }\n`;
const VAULT = "source: docker.io/hashicorp/vault";

describe("Namespaces of purposes", () => {
    it.each([
        ["{ source: docker.io/hashicorp/vault, tags: [l], purpose: ci }", "acme/ci/hashicorp/vault"],
        ["{ source: docker.io/library/nginx, tags: [l], purpose: release }", "acme/shipped/it/nginx"],
        ["{ source: docker.io/a/b, tags: [l], purpose: tools }", "acme/a/b"],
        ["{ source: docker.io/a/b, tags: [l] }", "acme/a/b"],
        [
            "{ source: docker.io/a/b, tags: [l], purpose: ci, targets: [{ registry: ghcr, repository: own/b }] }",
            "acme/own/b",
        ],
    ])("put %s at %s", (image, repository) => {
        const text = `${HEAD}namespaces: { ci: ci, release: shipped/it }\nimages:\n  x: ${image}\n`;
        expect(load(text).images.x?.targets[0]?.repository).toBe(repository);
    });

    it("are checked: a purpose that nothing has, a path that is none, one path for two", () => {
        const text = `${HEAD}namespaces: { relaese: r, ci: Same, tools: t, release: t }
images: { x: { ${VAULT}, tags: [l], purpose: tools } }
`;
        expect(problemsOf(text)).toEqual([
            'catalog.yaml:6:15: namespaces.relaese: no image has the purpose "relaese"; did you mean "release"?',
            'catalog.yaml:6:31: namespaces.ci: "Same" is no path of repositories: lower case, no slash at its ends',
            'catalog.yaml:6:44: namespaces.tools: "tools" and "release" have one namespace; give each its own',
        ]);
    });
});

describe("Images of purpose ci and of release", () => {
    const two = (one: string, other: string, rest = "") =>
        `${HEAD}${rest}images:\n  a: { ${VAULT}, tags: ["1"], purpose: ${one} }\n  b: { ${VAULT}, tags: ["2"], purpose: ${other} }\n`;

    it.each([
        ["ci", "release"],
        ["release", "ci"],
    ])("never share a target's repository (%s, %s)", (one, other) => {
        expect(problemsOf(two(one, other))).toEqual([
            expect.stringMatching(
                new RegExp(
                    `images.b: the target ghcr.io/acme/hashicorp/vault is that of image "a" \\(.*\\) too, which is of purpose ${one} where this one is of ${other}; keep them apart by "namespaces"`,
                ),
            ),
        ]);
    });

    it.each([
        ["ci", "ci"],
        ["ci", "tools"],
        ["tools", "release"],
    ])("share one with their own kind and with any other word (%s, %s)", (one, other) => {
        expect(load(two(one, other)).images.b?.purpose).toBe(other);
    });

    it("do not meet in namespaces of their own", () => {
        const catalog = load(two("ci", "release", "namespaces: { ci: ci }\n"));
        expect(catalog.images.a?.targets[0]?.repository).toBe("acme/ci/hashicorp/vault");
        expect(sharedNamespaces(catalog, Object.values(catalog.images))).toEqual([]);
    });

    it("side by side at one registry are told, but for targets with a repository of their own", () => {
        const text = (target: string) =>
            `${HEAD}images:\n  a: { source: docker.io/x/a, tags: ["1"], purpose: ci, targets: [${target}] }\n  b: { source: docker.io/x/b, tags: ["2"], purpose: release }\n`;
        const shared = (target: string) => {
            const catalog = load(text(target));
            return sharedNamespaces(catalog, Object.values(catalog.images));
        };
        expect(shared("ghcr")).toEqual([{ registry: "ghcr", place: "ghcr.io/acme", ci: ["a"], release: ["b"] }]);
        expect(shared("{ registry: ghcr, repository: ci/x/a }")).toEqual([]);
    });
});

describe("What a purpose refuses", () => {
    const catalog = load(
        `${HEAD}images:\n${["ci", "release", "tools"].map((purpose) => `  ${purpose}: { source: x/${purpose}, tags: [l], purpose: ${purpose} }\n`).join("")}  none: { source: x/none, tags: [l] }\n`,
    );
    const all = Object.values(catalog.images);

    it.each([
        ["release", "ci"],
        ["ci", "release"],
    ] as const)("is the other one: %s refuses %s, and nothing else", (purpose, other) => {
        const refuse = () => refuseOtherPurpose(purpose, all, "This stack", "leave it out");
        expect(refuse).toThrow(
            `This stack is for images of purpose ${purpose}, and the image ${other} is of purpose ${other}; leave it out.`,
        );
        expect(() =>
            refuseOtherPurpose(
                purpose,
                all.filter(({ name }) => name !== other),
                "",
                "",
            ),
        ).not.toThrow();
    });

    it("is nothing without a purpose", () => {
        expect(() => refuseOtherPurpose(undefined, all, "", "")).not.toThrow();
    });

    it("is a word of an environment, which knows two", () => {
        const text = `${HEAD}environments: { prod: { purpose: relese } }\nimages: { x: { source: x/a, tags: [l] } }\n`;
        expect(problemsOf(text, "prod")[0]).toMatch(/must be one of ci, release; did you mean "release"\?/);
        expect(load(text.replace("relese", "release"), "prod").purpose).toBe("release");
    });
});
