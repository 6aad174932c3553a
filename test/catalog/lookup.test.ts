import { describe, expect, it } from "vitest";
import {
    type Catalog,
    findImage,
    findRegistry,
    nearest,
    pinnedReference,
    selectImages,
    targetsFor,
    UnknownNameError,
    waves,
} from "../../core/catalog";
import { load, REGISTRIES } from "./folder";

const catalog: Catalog = load(`${REGISTRIES}defaults: { targets: [ghcr] }
images:
  vault: { source: a/vault, tags: ["1.18", { from: "1.18.3", to: stable }], purpose: ci, critical: true, wave: 10 }
  local-kms: { source: a/local-kms, tags: ["3"], purpose: ci, wave: 2 }
  explorer: { policy: dual, source: a/explorer, tags: [latest], targets: [ghcr, { registry: hub, repository: b/c, tags: [latest] }] }
  installer: { policy: keep, source: a/installer, tags: [latest], wave: 2 }
`);
const namesOf = (selection: Parameters<typeof selectImages>[1]) =>
    selectImages(catalog, selection).map(({ name }) => name);

describe("A name", () => {
    it("finds its image and its registry", () => {
        expect(findImage(catalog, "vault").name).toBe("vault");
        expect(findRegistry(catalog, "ghcr").host).toBe("ghcr.io");
    });

    it("that is unknown is one sentence with the nearest, and a code", () => {
        expect(() => findImage(catalog, "valut")).toThrow('The catalogue has no image "valut"; did you mean "vault"?');
        expect(() => findImage(catalog, "toString")).toThrow(
            'The catalogue has no image "toString"; known: explorer, installer, local-kms, vault.',
        );
        expect(() => findRegistry(catalog, "gchr")).toThrow(
            'The catalogue has no registry "gchr"; did you mean "ghcr"?',
        );
        const code = (act: () => unknown) => {
            try {
                return act();
            } catch (error) {
                return error instanceof UnknownNameError ? error.code : error;
            }
        };
        expect(code(() => findImage(catalog, ""))).toBe("IMAGE_UNKNOWN");
        expect(code(() => findRegistry(catalog, "constructor"))).toBe("REGISTRY_UNKNOWN");
    });
});

describe("A selection", () => {
    it("is all images, sorted, where nothing is asked", () => {
        expect(namesOf(undefined)).toEqual(["explorer", "installer", "local-kms", "vault"]);
        expect(namesOf({ where: {} })).toHaveLength(4);
    });

    it("takes images for which all holds that is asked", () => {
        expect(namesOf({ where: { purpose: "ci" } })).toEqual(["local-kms", "vault"]);
        expect(namesOf({ where: { purpose: "ci", critical: true } })).toEqual(["vault"]);
        expect(namesOf({ where: { critical: false } })).toEqual(["explorer", "installer", "local-kms"]);
        expect(namesOf({ where: { policy: "keep" } })).toEqual(["installer"]);
        expect(namesOf({ images: ["vault", "explorer", "vault"] })).toEqual(["explorer", "vault"]);
        expect(namesOf({ images: ["vault", "explorer"], where: { policy: "dual" } })).toEqual(["explorer"]);
        expect(namesOf({ images: [] })).toEqual([]);
    });

    it("refuses a name that no image has", () => {
        expect(() => namesOf({ images: ["vault", "explorr"] })).toThrow('did you mean "explorer"?');
    });
});

describe("Waves and targets", () => {
    it("are in their order, as numbers", () => {
        expect(waves(catalog)).toEqual([0, 2, 10]);
    });

    it("are those of a tag where one is named", () => {
        expect(targetsFor(findImage(catalog, "vault"), "1.18.3").map(({ registry }) => registry)).toEqual(["ghcr"]);
        expect(targetsFor(findImage(catalog, "vault"), "stable")).toEqual([]);
        expect(targetsFor(findImage(catalog, "explorer")).map(({ registry }) => registry)).toEqual(["ghcr", "hub"]);
        expect(targetsFor(findImage(catalog, "installer"))).toEqual([]);
    });
});

describe("A pinned reference", () => {
    it("has tag and digest, and Docker Hub's name is written out", () => {
        const digest = `sha256:${"0".repeat(64)}`;
        expect(pinnedReference(findRegistry(catalog, "hub"), "library/nginx", "1.27", digest)).toBe(
            `docker.io/library/nginx:1.27@${digest}`,
        );
        expect(pinnedReference({ host: "127.0.0.1:5001" }, "a/b", undefined, digest)).toBe(
            `127.0.0.1:5001/a/b@${digest}`,
        );
        expect(pinnedReference({ host: "ghcr.io" }, "a/b", "x", undefined)).toBe("ghcr.io/a/b:x");
    });
});

describe("The nearest name", () => {
    it.each([
        ["gchr", ["hub", "ghcr", "ecr"], "ghcr"],
        ["Vault", ["vault", "vault2"], "vault"],
        ["evn", ["env", "aws"], "env"],
        ["explorr", ["explorer", "exporter"], "explorer"],
        ["zz", ["a", "b"], undefined],
        ["ab", ["cd"], undefined],
        ["", ["a"], undefined],
        ["something", [], undefined],
        ["dve", ["e", "staging"], undefined],
        ["x".repeat(5000), ["x".repeat(4999)], undefined],
    ])("to %s among %s is %s", (name, candidates, expected) => {
        expect(nearest(name, candidates)).toBe(expected);
    });
});
