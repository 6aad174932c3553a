import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, type CatalogDefinition, compactCatalog, defineCatalog, expandCatalog } from "../../core/catalog";

const REGISTRIES = ["hub", "ghcr", "e.c_r-1"];
const word = (first: string, rest: string, length: number) =>
    fc
        .tuple(fc.constantFrom(...first), fc.string({ unit: fc.constantFrom(...rest), maxLength: length - 1 }))
        .map((parts) => parts.join(""));
const LETTERS = "abcxyzABCXYZ019";
const name = word(LETTERS, `${LETTERS}._-`, 20).filter((text) => text !== "constructor");
const tag = fc.oneof(word(`${LETTERS}_`, `${LETTERS}._-`, 128), fc.constantFrom("constructor", "__proto__", "latest"));
const path = fc.array(word("abcxyz09", "abcxyz09", 8), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const platform = fc.constantFrom("linux/amd64", "linux/arm64/v8", "windows/amd64", "linux/s390x");
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const pattern = fc.oneof(
    fc.constantFrom("1.*", "*-alpine", "[a-z]*", "{a,b}", "%3E", "a > b", " ", "=", "é\u2028"),
    fc.string({ unit: fc.constantFrom(..."abc1.*-?^$|>,% "), minLength: 1, maxLength: 8 }),
);
const regex = fc.constantFrom("\\d+\\.\\d+", "(?<version>.+)-alpine", "a|b, c", ".*>.*", "[%= ]+");
const selector = fc
    .record({
        semver: optional(fc.constantFrom(">=1.18", "1.x || >2, <3", "~1.2 >1.2.3")),
        regex: optional(regex),
        glob: optional(pattern),
        newest: optional(fc.integer({ min: 1, max: 99 })),
        exclude: optional(fc.array(fc.oneof(pattern, fc.record({ regex })), { minLength: 1, maxLength: 3 })),
    })
    .filter((made) => Object.values(made).some((value) => value !== undefined));

/** Images of their own repositories, so that none stands in another's way; the tags of a target are some of its own. */
const image = fc
    .record({
        policy: fc.constantFrom("keep", "migrate", "dual", "mirror"),
        phase: fc.constantFrom("copying", "cut-over"),
        path,
        tags: fc.uniqueArray(tag, { minLength: 1, maxLength: 5 }),
        targets: fc.uniqueArray(fc.constantFrom("ghcr", "e.c_r-1"), { minLength: 1, maxLength: 2 }),
        renamed: optional(tag),
        moved: fc.boolean(),
        chosen: fc.boolean(),
        selectors: fc.array(selector, { maxLength: 2 }),
        picks: optional(selector),
        platforms: optional(fc.uniqueArray(platform, { minLength: 1, maxLength: 3 })),
        referrers: optional(fc.boolean()),
        foreignLayers: optional(fc.constantFrom("skip", "carry")),
        wave: optional(fc.nat({ max: 1000 })),
        purpose: optional(
            fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom(" | ", " -> ", "a=b wave=9", "%", "é")),
        ),
        critical: optional(fc.boolean()),
    })
    .map((made) => (index: number) => {
        const { policy, phase, path: source, tags, targets, renamed, moved, chosen, selectors, picks, ...rest } = made;
        const renames = [{ from: tags[0] as string, to: renamed ?? (tags[0] as string) }];
        const picked = picks === undefined || selectors.length === 0 ? [] : [picks];
        const own = chosen ? { tags: [...renames, ...picked] } : {};
        const repository = `image-${index}/${source}`;
        return JSON.parse(
            JSON.stringify({
                ...rest,
                policy,
                source: `docker.io/${repository}`,
                tags: [...tags, ...selectors],
                ...(policy === "migrate" ? { phase } : {}),
                targets:
                    policy === "keep"
                        ? []
                        : targets.map((registry) => ({
                              registry,
                              ...(moved ? { repository: `other/${repository}` } : {}),
                              ...own,
                          })),
            }),
        );
    });

const catalog = fc
    .record({
        images: fc.uniqueArray(fc.tuple(name, image), { minLength: 1, maxLength: 6, selector: ([key]) => key }),
        environment: fc.constantFrom("dev", "staging", "prod"),
        minAge: fc.constantFrom("5m", "24h"),
        onForeignDigest: fc.constantFrom("refuse", "overwrite"),
    })
    .map(({ images, environment, minAge, onForeignDigest }): Catalog => {
        const definition = {
            version: 1,
            defaults: { onForeignDigest },
            registries: {
                hub: { host: "docker.io", kind: "dockerhub", keepRemaining: 20 },
                ghcr: { host: "ghcr.io/acme", credentials: { from: "docker" }, concurrency: 4 },
                "e.c_r-1": {
                    host: "127.0.0.1:5000/a/b",
                    insecure: true,
                    timeouts: { connect: "5s", idle: "1m" },
                    credentials: { pull: { from: "anonymous" }, push: { from: "env", password: "TOKEN" } },
                },
            },
            environments: { dev: { upstream: "follow" }, staging: {}, prod: { promoteFrom: "staging", minAge } },
            images: Object.fromEntries(images.map(([key, make], index) => [key, make(index)])),
        };
        return defineCatalog(definition as unknown as CatalogDefinition, { environment }) as Catalog;
    });

describe("the compact form of a catalogue", () => {
    it("gives every image back as it was, and what an environment says of all", () => {
        fc.assert(
            fc.property(catalog, (whole) => {
                const compact = compactCatalog(whole, Object.keys(whole.images));
                // State holds it as JSON.
                const { lock, promotedLock, digest, registries, ...rest } = expandCatalog(
                    JSON.parse(JSON.stringify(compact)),
                );
                const { lock: _, promotedLock: __, digest: ___, registries: all, ...given } = whole;
                expect(rest).toEqual(given);
                expect([lock, promotedLock, digest]).toEqual([{}, {}, ""]);
                for (const [key, registry] of Object.entries(registries)) {
                    expect(REGISTRIES).toContain(key);
                    expect(registry).toEqual(all[key]);
                }
            }),
            { numRuns: 400 },
        );
    });

    it("is one line for each image, for those that are asked for, with the registries that they use", () => {
        fc.assert(
            fc.property(catalog, fc.nat(), (whole, number) => {
                const names = Object.keys(whole.images);
                const chosen = names[number % names.length] as string;
                const compact = compactCatalog(whole, [chosen]);
                expect(Object.keys(compact.images)).toEqual([chosen]);
                expect(compact.images[chosen]).not.toMatch(/[\n\r]/);
                const { source, targets } = whole.images[chosen] as Catalog["images"][string];
                const used = new Set([source.registry, ...targets.map(({ registry }) => registry)]);
                expect(new Set(Object.keys(compact.registries))).toEqual(used);
                expect(expandCatalog(compact).images[chosen]).toEqual(whole.images[chosen]);
            }),
            { numRuns: 100 },
        );
    });

    it("names a target's repository only where it is not the usual one; older states name all", () => {
        const whole = defineCatalog({
            version: 1,
            registries: { hub: { host: "docker.io" }, ghcr: { host: "ghcr.io/acme" } },
            images: {
                nginx: { source: "docker.io/library/nginx", targets: ["ghcr"], tags: ["1"] },
                vault: {
                    source: "docker.io/hashicorp/vault",
                    targets: [{ registry: "ghcr", repository: "infra/vault" }],
                    tags: ["1"],
                },
            },
        });
        const compact = compactCatalog(whole, ["nginx", "vault"]);
        expect(compact.images).toEqual({
            nginx: "mirror hub library/nginx 1 -> ghcr ~ =",
            vault: "mirror hub hashicorp/vault 1 -> ghcr acme/infra/vault =",
        });
        const old = { ...compact, images: { nginx: "mirror hub library/nginx 1 -> ghcr acme/nginx =" } };
        expect(expandCatalog(old).images.nginx).toEqual(whole.images.nginx);
    });
});
