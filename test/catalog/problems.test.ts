import { describe, expect, it } from "vitest";
import { CatalogError, loadCatalog } from "../../core/catalog";
import { linesOf, problemsOf, REGISTRIES } from "./folder";

/**
 * Loads a text in which § stands before each place that a problem must name, in their order, and expects exactly these
 * problems: counting columns by eye proves little.
 */
function expectProblems(marked: string, problems: readonly string[]): void {
    const parts = marked.split("§");
    const places = parts.slice(1).map((_, index) => {
        const before = parts.slice(0, index + 1).join("");
        return `${before.split("\n").length}:${before.length - before.lastIndexOf("\n")}`;
    });
    expect(places).toHaveLength(problems.length);
    expect(problemsOf(parts.join(""))).toEqual(problems.map((text, index) => `catalog.yaml:${places[index]}: ${text}`));
}

const VALID = "source: docker.io/hashicorp/vault, tags: [latest], targets: [ghcr]";

const IMAGES: readonly (readonly [title: string, text: string, ...problems: string[]])[] = [
    [
        "an unknown registry",
        '{ source: docker.io/hashicorp/vault, targets: [§gchr], tags: ["1.18"] }',
        'images.vault.targets[0]: unknown registry "gchr"; did you mean "ghcr"?',
    ],
    [
        "an unknown registry in the long form",
        "{ source: docker.io/a/b, tags: [x], targets: [{ registry: §harbour }] }",
        'images.vault.targets[0].registry: unknown registry "harbour"; known: hub, ghcr',
    ],
    [
        "an unknown key",
        `{ ${VALID}, §platfroms: all }`,
        'images.vault: unknown key "platfroms"; did you mean "platforms"?',
    ],
    [
        "a missing key beside its misspelling",
        "{ §sorce: docker.io/a/b, tags: [x], targets: [ghcr] }",
        'images.vault: "source" is missing',
        'images.vault: unknown key "sorce"; did you mean "source"?',
    ],
    [
        "a tag that YAML reads as a number",
        "{ source: docker.io/a/b, tags: [§1.10], targets: [ghcr] }",
        'images.vault.tags[0]: must be text: write "1.10" in quotes, since YAML reads it as a number',
    ],
    [
        "a source with a tag",
        '{ source: §"docker.io/a/b:1.2", tags: ["1.2"], targets: [ghcr] }',
        'images.vault.source: "docker.io/a/b:1.2" has a tag: write it below tags, as in tags: ["1.2"]',
    ],
    [
        "a source with a digest",
        `{ source: §"docker.io/a/b@sha256:${"0".repeat(64)}", tags: ["1.2"], targets: [ghcr] }`,
        `images.vault.source: "docker.io/a/b@sha256:${"0".repeat(64)}" has a digest: name the repository only; the lock file says which digest a tag is`,
    ],
    [
        "a bad reference",
        "{ source: §docker.io/Acme/b, tags: [x], targets: [ghcr] }",
        'images.vault.source: "docker.io/Acme/b" is not an image reference: the repository must be lower case: write "acme/b"',
    ],
    [
        "a bad digest",
        '{ source: §"docker.io/a/b@sha256:abc", tags: [x], targets: [ghcr] }',
        'images.vault.source: "docker.io/a/b@sha256:abc" is not an image reference: "sha256:abc" is not a digest: sha256 has 64 hexadecimal digits, this has 3 characters',
    ],
    [
        "bad tags",
        '{ source: docker.io/a/b, tags: [§"a b", §"sha256:abc"], targets: [ghcr] }',
        'images.vault.tags[0]: "a b" is not a tag: letters, digits, ".", "_" and "-", at most 128, the first no "." or "-"',
        'images.vault.tags[1]: "sha256:abc" has a digest: name the tag here, its digest belongs in the lock file',
    ],
    [
        "tags that are listed twice, by their names at the target",
        '{ source: docker.io/a/b, tags: ["1", §"1", §{ from: "2", to: "1" }], targets: [ghcr] }',
        'images.vault.tags[1]: the tag "1" is listed twice',
        'images.vault.tags[2]: the tag "1" is what "1" is called too; each needs its own name',
    ],
    [
        "a tag of the form that holds digests for a roll-back",
        '{ source: docker.io/a/b, tags: [§{ from: x, to: "1.18.prev-0123456789ab" }], targets: [ghcr] }',
        'images.vault.tags[0]: the tag "1.18.prev-0123456789ab" has the form of those that hold digests for a roll-back; choose another',
    ],
    [
        "no tags",
        "{ source: docker.io/a/b, §tags: [], targets: [ghcr] }",
        "images.vault.tags: must name at least one tag",
    ],
    [
        "a target's tag that the image does not have",
        '{ source: docker.io/a/b, tags: ["1.18", { from: x, to: stable }], targets: [{ registry: ghcr, tags: [§"1.81", §stable, §other] }] }',
        'images.vault.targets[0].tags[0]: the image has no tag "1.81"; did you mean "1.18"?',
        'images.vault.targets[0].tags[1]: the image has no tag "stable"; write { from: "x", to: "stable" }',
        'images.vault.targets[0].tags[2]: the image has no tag "other"; add it to the image\'s tags',
    ],
    [
        "a bad target repository",
        "{ source: docker.io/a/b, tags: [x], targets: [{ registry: ghcr, repository: §Infra/b }] }",
        'images.vault.targets[0].repository: "Infra/b" is not a repository: repositories are lower case; write "infra/b"',
    ],
    [
        "a target that is the source",
        "{ source: docker.io/a/b, tags: [x], targets: [§hub] }",
        "images.vault.targets[0]: the target docker.io/a/b is the image's own source: leave it out",
    ],
    [
        "a target that is named twice",
        "{ source: docker.io/a/b, tags: [x], targets: [ghcr, §ghcr] }",
        'images.vault.targets[1]: the target ghcr.io/acme/a/b:x is named twice for image "vault"',
    ],
    [
        "a public registry without an owner",
        "{ source: quay.io/b, tags: [x], targets: [§hub] }",
        'images.vault.targets[0]: docker.io/b has no owner: give registry "hub" a path, as in host: docker.io/acme',
    ],
    [
        "no targets",
        "{ source: docker.io/a/b, tags: [x] }",
        'images.vault: image "vault" has no targets: name registries below "targets", or watch it only with "policy: keep"',
    ],
    [
        "targets for an image that stays",
        `{ source: docker.io/a/b, tags: [x], §targets: [ghcr], policy: keep }`,
        "images.vault.targets: an image with policy keep stays at its source: leave out its targets",
    ],
    [
        "a phase without migrate",
        `{ ${VALID}, phase: §copying }`,
        'images.vault.phase: "phase" goes with policy migrate only, and this image\'s is mirror',
    ],
    [
        "words that are none of the known ones",
        `{ ${VALID}, policy: §mirorr, phase: §done }`,
        'images.vault.policy: must be one of keep, migrate, dual, mirror; did you mean "mirror"?',
        "images.vault.phase: must be one of copying, cut-over",
    ],
    [
        "values of other types",
        `{ ${VALID}, wave: §-1, critical: §"yes", referrers: §1, foreignLayers: §yes, purpose: §"", platforms: [§linux, linux/arm64] }`,
        "images.vault.wave: must be 0 or more",
        "images.vault.critical: must be true or false",
        "images.vault.referrers: must be true or false",
        "images.vault.foreignLayers: must be one of skip, carry",
        "images.vault.purpose: must not be empty",
        'images.vault.platforms[0]: "linux" is not a platform: write os/architecture or os/architecture/variant, as in linux/arm64',
    ],
    ["an image that is no map", "§5", "images.vault: must be a map of keys and values, not a number"],
    ["an image that is empty", "", "images.vault: must be a map of keys and values, not nothing"],
];

describe("An image with a mistake", () => {
    it.each(IMAGES)("names %s with line and column", (_title, text, ...problems) => {
        // Without a mark it is the image itself that is meant, by its name.
        const unmarked = problems.length - (text.split("§").length - 1);
        expectProblems(`${REGISTRIES}images:\n  ${unmarked > 0 ? "§" : ""}vault: ${text}\n`, problems);
    });

    it("takes a name that can be a key everywhere, and no other", () => {
        const images = ["a b", "__proto__", "constructor", "-x"].map((name) => `  "${name}": { ${VALID} }`).join("\n");
        const rule = 'it begins with a letter or a digit, and has letters, digits, ".", "_" and "-", at most 100';
        const lines = problemsOf(`${REGISTRIES}images:\n${images}\n`);
        expect(lines[0]).toBe(`catalog.yaml:6:3: images["a b"]: "a b" cannot be a name: ${rule}`);
        expect(lines.some((line) => line.includes('"__proto__" cannot be a name'))).toBe(true);
        expect(lines.some((line) => line.includes('"constructor" cannot be a name'))).toBe(true);
        expect(lines.some((line) => line.includes('"-x" cannot be a name'))).toBe(true);
    });
});

describe("Two images with one target", () => {
    it("are a problem that names both places when their sources differ, whatever their tags", () => {
        const a = "  a: { source: docker.io/x/tool, tags: [one], targets: [ghcr] }";
        const b = "  b: { source: quay.io/x/tool, tags: [two], targets: [ghcr] }";
        expect(problemsOf(`${REGISTRIES}images:\n${a}\n${b}\n`)).toEqual([
            'catalog.yaml:7:55: images.b.targets[0]: the target ghcr.io/acme/x/tool is that of image "a" (catalog.yaml:6:57) too, which has another source; give one of them a "repository" of its own',
        ]);
    });

    it("are a problem when they share a source and a tag, and none when their tags differ", () => {
        const a = "  a: { source: docker.io/x/tool, tags: [one], targets: [ghcr] }";
        const b = (tag: string) => `  b: { source: docker.io/x/tool, tags: [${tag}], targets: [ghcr] }`;
        expect(problemsOf(`${REGISTRIES}images:\n${a}\n${b("one")}\n`)).toEqual([
            'catalog.yaml:7:57: images.b.targets[0]: the target ghcr.io/acme/x/tool:one is that of image "a" (catalog.yaml:6:57) too; give one of them other tags, or a "repository" of its own',
        ]);
        expect(() => problemsOf(`${REGISTRIES}images:\n${a}\n${b("two")}\n`)).toThrow("no CatalogError was thrown");
    });

    it("are found where an environment sends two registries to one place", () => {
        const lines = problemsOf(
            `version: 1
registries: { a: { host: a.example }, b: { host: b.example } }
environments: { dev: { registries: { b: { host: a.example } } } }
images:
  x: { source: docker.io/x/y, tags: [l], targets: [a] }
  z: { source: docker.io/x/z, tags: [l], targets: [{ registry: b, repository: x/y }] }
`,
        );
        expect(lines).toHaveLength(1);
        expect(lines[0]).toContain('images.z.targets[0]: the target a.example/x/y is that of image "x"');
    });
});

const KEEP = "images: { k: { policy: keep, source: a/b, tags: [x] } }\n";

const REGISTRY: readonly (readonly [title: string, text: string, ...problems: string[]])[] = [
    [
        "a scheme",
        "{ host: §https://ghcr.io }",
        'registries.r.host: "https://ghcr.io" has a scheme: leave out "https://"',
    ],
    [
        "plain HTTP as a scheme",
        "{ host: §http://ghcr.io }",
        'registries.r.host: "http://ghcr.io" has a scheme: leave out "http://", and say "insecure: true"',
    ],
    [
        "a path in upper case",
        "{ host: §ghcr.io/Acme }",
        'registries.r.host: "ghcr.io/Acme" is not a registry: paths of repositories are lower case, whatever their owner is called; write "ghcr.io/acme"',
    ],
    [
        "a name without dot or port",
        "{ host: §acme }",
        'registries.r.host: "acme" is not a registry: without a dot or a port "acme" would be a repository; write the full host name, or its port too',
    ],
    [
        "an impossible port",
        '{ host: §"acme.example:99999" }',
        'registries.r.host: "acme.example:99999" is not a registry: "acme.example:99999" is not a host with an optional port',
    ],
    [
        "an unknown kind",
        "{ host: a.example, kind: §habor }",
        'registries.r.kind: must be one of dockerhub, ghcr, ecr, ecr-public, harbor, distribution, zot, nexus, gar, acr, quay, other; did you mean "harbor"?',
    ],
    [
        "a duration with a blank",
        "{ host: a.example, timeouts: { connect: §5 sec } }",
        "registries.r.timeouts.connect: must be a whole number and ms, s, m, h or d, as in 5s or 24h",
    ],
    [
        "certificates over plain HTTP",
        "{ host: a.example, insecure: §true, ca: x.pem }",
        "registries.r.insecure: plain HTTP uses no certificates: leave out either this or ca and clientCert",
    ],
    [
        "half a client certificate",
        "{ host: a.example, §clientCert: { cert: x.pem } }",
        'registries.r.clientCert: "key" is missing',
    ],
    [
        "credentials from nowhere",
        "{ host: a.example, credentials: { from: §evn } }",
        'registries.r.credentials.from: must be one of env, docker, aws, gcp, config, anonymous; did you mean "env"?',
    ],
    [
        "half of the credentials",
        "{ host: a.example, §credentials: { pull: { from: docker } } }",
        'registries.r.credentials: "push" is missing',
    ],
    ["no host", "{ kind: ghcr }", 'registries.r: "host" is missing'],
    ["no requests at all", "{ host: a.example, concurrency: §0 }", "registries.r.concurrency: must be 1 or more"],
];

describe("A registry with a mistake", () => {
    it.each(REGISTRY)("names %s with line and column", (_title, text, ...problems) => {
        const unmarked = problems.length - (text.split("§").length - 1);
        const registry = `  ${unmarked > 0 ? "§" : ""}r: ${text}`;
        expectProblems(`version: 1\nregistries:\n${registry}\n${KEEP}`, problems);
    });

    it("never repeats what may be a secret", () => {
        const secret = "s3cr3t!value";
        for (const credentials of [
            `{ username: me, password: "${secret}" }`,
            `{ from: env, password: "${secret}" }`,
            `{ from: "${secret}" }`,
            `"${secret}"`,
            `{ from: config, key: [ "${secret}" ] }`,
            `{ from: env, username: 5, password: { "x": "${secret}" } }`,
        ]) {
            const lines = problemsOf(
                `version: 1\nregistries: { r: { host: a.example, credentials: ${credentials} } }\nimages: { k: { policy: keep, source: a/b, tags: [x] } }\n`,
            );
            expect(lines.join("\n")).toContain("registries.r.credentials");
            expect(lines.join("\n")).not.toContain(secret);
        }
    });

    it("never repeats a password that stands in an address", () => {
        const lines = problemsOf(
            "version: 1\nregistries: { r: { host: 'https://me:s3cret@a.example' } }\nimages: { k: { policy: keep, source: 'https://me:s3cret@a.example/b', tags: [x] } }\n",
        );
        expect(lines).toEqual([
            'catalog.yaml:2:26: registries.r.host: a registry is a host without a user name: where it comes from is told by "credentials"',
            "catalog.yaml:3:38: images.k.source: a source is a host and a repository, without a scheme and a user name",
        ]);
    });

    it("is told when two have one host and path, since a source must belong to one", () => {
        expect(
            problemsOf(
                "version: 1\nregistries:\n  a: { host: docker.io }\n  b: { host: index.docker.io }\nimages: { k: { policy: keep, source: a/b, tags: [x] } }\n",
            ),
        ).toEqual([
            'catalog.yaml:4:14: registries.b.host: "docker.io" is the registry "a" already (catalog.yaml:3:3); a source must belong to one of them',
        ]);
    });
});

describe("A file that is no catalogue", () => {
    it.each([
        ["an empty file", "§", "an empty catalogue: it needs version, registries and images"],
        ["comments only", "§# nothing\n", "an empty catalogue: it needs version, registries and images"],
        ["a list", "§- a\n", "must be a map of keys and values, not a list"],
        ["no images", "§version: 1\n", 'images: an empty catalogue: name at least one image below "images"'],
        [
            "images without one",
            "version: 1\n§images: {}\n",
            'images: an empty catalogue: name at least one image below "images"',
        ],
        ["a bracket left open", "version: 1\nimages: {\n§", "this is not valid YAML: deficient indentation"],
        [
            "a tab",
            "version: 1\nimages:\n§\tx: 1\n",
            "this is not valid YAML: tab characters must not be used in indentation",
        ],
        [
            "brackets without end",
            `${"[".repeat(99)}§${"[".repeat(20_000)}`,
            "this is not valid YAML: nesting exceeded maxDepth (100)",
        ],
        [
            "a second document",
            "version: 1\nimages: { k: { policy: keep, source: a/b, tags: [x] } }\n---\n§version: 1\n",
            "a second YAML document begins here: write one in each file",
        ],
        [
            "a key written twice",
            "version: 1\nimages:\n  k: { policy: keep, source: a/b, tags: [x] }\n  §k: { policy: keep, source: a/c, tags: [x] }\n",
            'images: the key "k" is written twice, first in line 3',
        ],
        [
            "a YAML tag",
            "version: 1\n§images: !include { k: { policy: keep, source: a/b, tags: [x] } }\n",
            'images: the YAML tag "!include" has no meaning here: leave it out',
        ],
        [
            "an alias of nothing",
            "version: 1\nimages: { k: §*x }\n",
            'images.k: the alias "*x" names no anchor before it',
        ],
        [
            "an alias inside of itself",
            "version: 1\nimages: { k: &k { policy: keep, source: a/b, tags: §*k } }\n",
            'images.k.tags: the alias "*k" stands inside of what it names',
        ],
    ])("is told: %s", (_title, text, ...problems) => {
        expectProblems(text, problems);
    });

    it("is told when aliases would make more values than any catalogue has", () => {
        const lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
        for (const [alias, anchor] of ["ab", "bc", "cd", "de", "ef"]) {
            lines.push(`${anchor}: &${anchor} [${Array(10).fill(`*${alias}`).join(", ")}]`);
        }
        expect(problemsOf(lines.join("\n"))).toContain(
            'catalog.yaml:5:1: e: aliases add more than 100000 values; write them out, or use "defaults"',
        );
    });

    it("is told when there is no file, or a folder", () => {
        expect(linesOf(() => loadCatalog("no-such-folder/catalog.yaml"))).toEqual([
            "no-such-folder/catalog.yaml: it cannot be read: there is no such file; give the path of a catalogue",
        ]);
        expect(linesOf(() => loadCatalog("test"))[0]).toContain("test: it cannot be read: it is a folder");
    });
});

describe("All problems", () => {
    it("are told at once, in the order of the file, as one error with places", () => {
        const text = `version: 2
defaults: { targets: [gcr], platform: all }
registries:
  ghcr: { host: "ghcr.io/acme/" }
environments:
  prod: { upstream: folow }
images:
  a: { source: docker.io/x/y, tags: [1], plicy: keep }
  b: { source: docker.io/x/y:1, tags: [a] }
`;
        const lines = problemsOf(text, "prd");
        expect(lines.map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
            "catalog.yaml:1:10: version",
            "catalog.yaml:2:23: defaults.targets[0]",
            "catalog.yaml:2:29: defaults",
            "catalog.yaml:4:17: registries.ghcr.host",
            "catalog.yaml:5:1: environments",
            "catalog.yaml:6:21: environments.prod.upstream",
            "catalog.yaml:8:38: images.a.tags[0]",
            "catalog.yaml:8:42: images.a",
            "catalog.yaml:9:16: images.b.source",
        ]);
        expect(lines).toHaveLength(9);
    });

    it("carry a stable code, and each its file, line, column and path", () => {
        const error = (() => {
            try {
                return loadCatalog("no-such.yaml");
            } catch (thrown) {
                return thrown;
            }
        })();
        expect(error).toBeInstanceOf(CatalogError);
        expect(error).toMatchObject({ code: "CATALOG_INVALID", problems: [{ file: "no-such.yaml", at: "" }] });
    });
});
