import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isScalar, parseDocument, visit } from "yaml";
import { CatalogError, defineCatalog, loadCatalog, readLock, writeLock } from "../../core/catalog";
import { canonicalJson } from "../../core/catalog/digest";
import { Problems } from "../../core/catalog/problems";
import { readYaml } from "../../core/catalog/yaml-document";
import { folderOf } from "./folder";

/** Words from which texts are made that look like catalogues, beside some that break them. */
const WORDS = [
    ..."version images registries environments defaults include source tags targets policy host kind".split(" "),
    ..."from to upstream promoteFrom credentials pull push env docker follow locked keep migrate ghcr 1 1.10".split(
        " ",
    ),
    ..."null ~ true - ? : , [ ] { } & * ! | > ' \" # % @ ` --- ... << *a &a !!str !x".split(" "),
    ...[
        "\n",
        "\n  ",
        "\n    ",
        ": ",
        "- ",
        "\t",
        "docker.io/a/b",
        "sha256:abc",
        "__proto__",
        "constructor",
        "\u{1F4E6}",
        "\0",
    ],
];
const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((list) => list.join(""));
const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    words,
    words.map((text) => `version: 1\n${text}`),
);

/** Objects that are catalogues nearly: right keys, any values. */
const KEYS = ["version", "images", "registries", "environments", "defaults", "include", "source", "tags", "targets"];
const { nearly } = fc.letrec<{ nearly: unknown }>((tie) => ({
    nearly: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(
            1,
            1.1,
            null,
            true,
            "",
            "all",
            "ghcr",
            "docker.io/a/b",
            "ghcr.io/acme",
            "5s",
            "keep",
            "a",
        ),
        fc.array(tie("nearly"), { maxLength: 3 }),
        fc.dictionary(
            fc.constantFrom(...KEYS, "a", "from", "to", "host", "credentials", "registry", "__proto__", "constructor"),
            tie("nearly"),
            { maxKeys: 6 },
        ),
    ),
}));

function onlyCatalogErrors(act: () => unknown): void {
    try {
        act();
    } catch (error) {
        if (!(error instanceof CatalogError)) {
            throw error;
        }
        expect(error.problems.length).toBeGreaterThan(0);
        for (const { message, line, column } of error.problems) {
            expect(message).not.toMatch(/undefined|\[object|\n/);
            expect(line === undefined || line >= 1).toBe(true);
            expect(column === undefined || column >= 1).toBe(true);
        }
    }
}

describe("Whatever a file holds", () => {
    const folder = () => folderOf({ "catalog.yaml": "", "l.yaml": "" });

    it("loading it ends with a catalogue or with a CatalogError", () => {
        const path = join(folder(), "catalog.yaml");
        fc.assert(
            fc.property(texts, (text) => {
                writeFileSync(path, text);
                onlyCatalogErrors(() => loadCatalog(path, { environment: "a" }));
            }),
            { numRuns: 600 },
        );
    });

    it("reading it as a lock ends with a lock, which can be written, or with a CatalogError", () => {
        const path = join(folder(), "l.yaml");
        fc.assert(
            fc.property(texts, (text) => {
                writeFileSync(path, text);
                onlyCatalogErrors(() => {
                    const lock = readLock(path);
                    writeLock(path, "a", { x: { y: { digest: `sha256:${"0".repeat(64)}` } } });
                    expect(readLock(path).environments).toMatchObject(lock.environments.a ? {} : lock.environments);
                });
            }),
            { numRuns: 200 },
        );
    });

    it("its values are those that another reader of YAML finds", () => {
        fc.assert(
            fc.property(texts, (text) => {
                const problems = new Problems();
                const ours = readYaml("f", text, problems);
                const theirs = parseDocument(text, { uniqueKeys: true });
                fc.pre(problems.count === 0 && theirs.errors.length === 0 && theirs.warnings.length === 0);
                // Keys and quirks on which YAML's own text leaves room are not compared.
                fc.pre(!/[?|>%\r]|^\s*:|[[{,]\s*:/m.test(text));
                // A key is its text for us: 1.10 and not 1.1.
                visit(theirs, {
                    Pair: (_, { key }) => {
                        if (isScalar(key) && typeof key.value !== "string") {
                            key.value = key.source ?? "";
                        }
                    },
                });
                expect(ours.value).toEqual(theirs.toJS({ maxAliasCount: -1 }));
            }),
            { numRuns: 1500 },
        );
    });
});

describe("Whatever an object holds", () => {
    it("defining it ends with a catalogue or with a CatalogError", () => {
        fc.assert(
            fc.property(fc.oneof(fc.jsonValue(), nearly, fc.object()), fc.option(fc.string()), (value, environment) => {
                onlyCatalogErrors(() => defineCatalog(value as never, { environment: environment ?? undefined }));
            }),
            { numRuns: 800 },
        );
    });
});

describe("A catalogue", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "10", "9", "toString"), { minLength: 1 });
    const images = names.map((list) =>
        list.map(
            (name) => [name, { source: `docker.io/x/${name.toLowerCase()}`, tags: ["x"], targets: ["ghcr"] }] as const,
        ),
    );
    const registries = [
        ["hub", { host: "docker.io" }],
        ["ghcr", { kind: "ghcr", host: "ghcr.io/acme" }],
    ] as const;

    it("is the same whatever the order of its keys", () => {
        const shuffled = images.chain((list) =>
            fc.tuple(
                fc.shuffledSubarray(list as unknown[], { minLength: list.length }),
                fc.shuffledSubarray([...registries] as unknown[], { minLength: 2 }),
                fc.constant(list),
            ),
        );
        fc.assert(
            fc.property(shuffled, ([some, places, list]) => {
                const define = (i: unknown, r: unknown) =>
                    defineCatalog({
                        version: 1,
                        images: Object.fromEntries(i as never),
                        registries: Object.fromEntries(r as never),
                    } as never);
                expect(JSON.stringify(define(some, places))).toBe(JSON.stringify(define(list, registries)));
            }),
        );
    });
});

describe("Canonical JSON", () => {
    it("is JSON of the same value, and equal for values that differ in the order of keys only", () => {
        fc.assert(
            fc.property(fc.jsonValue(), (value) => {
                const text = canonicalJson(value);
                expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
                const reversed = (part: unknown): unknown =>
                    Array.isArray(part)
                        ? part.map(reversed)
                        : typeof part === "object" && part !== null
                          ? Object.fromEntries(
                                Object.entries(part)
                                    .reverse()
                                    .map(([k, v]) => [k, reversed(v)]),
                            )
                          : part;
                expect(canonicalJson(reversed(value))).toBe(text);
            }),
        );
    });
});
