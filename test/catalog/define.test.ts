import { describe, expect, expectTypeOf, it } from "vitest";
import { type Catalog, defineCatalog, findImage } from "../../core/catalog";
import { linesOf, load } from "./folder";

const catalog = defineCatalog({
    version: 1,
    defaults: { targets: ["ghcr"] },
    registries: { hub: { host: "docker.io" }, ghcr: { host: "ghcr.io/acme", credentials: { from: "docker" } } },
    environments: { local: { upstream: "follow", registries: { ghcr: { host: "127.0.0.1:5552", insecure: true } } } },
    images: {
        vault: { source: "hashicorp/vault", tags: ["1.18", { from: "1.18.3", to: "stable" }] },
        nginx: { source: "nginx", tags: ["1.27"], targets: ["ghcr", { registry: "hub", repository: "acme/nginx" }] },
    },
});

describe("A catalogue that a program defines", () => {
    it("is the same as that of a file", () => {
        const { path, lockPath, ...loaded } = load(`version: 1
defaults: { targets: [ghcr] }
registries: { hub: { host: docker.io }, ghcr: { host: ghcr.io/acme, credentials: { from: docker } } }
environments: { local: { upstream: follow, registries: { ghcr: { host: "127.0.0.1:5552", insecure: true } } } }
images:
  vault: { source: hashicorp/vault, tags: ["1.18", { from: "1.18.3", to: stable }] }
  nginx: { source: nginx, tags: ["1.27"], targets: [ghcr, { registry: hub, repository: acme/nginx }] }
`);
        expect(catalog).toEqual(loaded);
        expect(path).toBeDefined();
        expect(lockPath).toBeDefined();
    });

    it("has names that the compiler knows, and is a catalogue like any other", () => {
        expectTypeOf(catalog).toEqualTypeOf<Catalog<"vault" | "nginx", "hub" | "ghcr">>();
        expectTypeOf(catalog).toExtend<Catalog>();
        expectTypeOf(catalog.images.vault.tags).toEqualTypeOf<readonly string[]>();
        expect(findImage(catalog, "vault").name).toBe("vault");
    });

    it("takes no registry that it does not have, for the compiler and at run time", () => {
        const act = () =>
            defineCatalog({
                version: 1,
                registries: { ghcr: { host: "ghcr.io/acme" } },
                // @ts-expect-error: no such registry
                images: { vault: { source: "a/b", tags: ["x"], targets: ["gchr"] } },
            });
        expect(linesOf(act)).toEqual(['images.vault.targets[0]: unknown registry "gchr"; did you mean "ghcr"?']);
    });

    it("tells problems by their path of keys, all at once", () => {
        const definition = {
            version: 1,
            include: ["x.yaml"],
            images: { "a.b": { sorce: 1, tags: [1.1, null], policy: [] }, c: { source: "a/b", tags: "x" } },
        };
        expect(linesOf(() => defineCatalog(definition as never, { environment: "x" })).sort()).toEqual(
            [
                'images["a.b"].tags[0]: must be text, not a number',
                'images["a.b"].tags[1]: must be text, not nothing',
                'images["a.b"].policy: must be one of keep, migrate, dual, mirror',
                'images["a.b"]: "source" is missing',
                'images["a.b"]: unknown key "sorce"; did you mean "source"?',
                'images.c.tags: must be a list, as in ["1.18"], or a selector, as in { semver: ">=1.18" }',
                'images.c: image "c" has no targets: name registries below "targets", or watch it only with "policy: keep"',
                "include: an object is beside no files: load a file, or merge the objects in the program",
            ].sort(),
        );
    });

    it("is not changed, and may be frozen", () => {
        const definition = Object.freeze({
            version: 1,
            images: Object.freeze({ k: Object.freeze({ policy: "keep", source: "a/b", tags: Object.freeze(["x"]) }) }),
        } as const);
        const before = JSON.stringify(definition);
        expect(defineCatalog(definition).images.k.policy).toBe("keep");
        expect(JSON.stringify(definition)).toBe(before);
    });

    it.each([undefined, null, 5, "version: 1", [], () => 1])("is not %s", (definition) => {
        expect(linesOf(() => defineCatalog(definition as never))).toHaveLength(1);
    });
});
