import { describe, expect, it } from "vitest";
import { defineCatalog } from "../../core/catalog";
import { ecrRegistryOf, repositoryNameProblem, wantedRepositories } from "../../core/ecr";

const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const catalog = defineCatalog({
    version: 1,
    registries: {
        ecr: { host: `${HOST}/mirror`, kind: "ecr" },
        gallery: { host: "public.ecr.aws/acme/images", kind: "ecr-public" },
        ghcr: { host: "ghcr.io/acme" },
    },
    defaults: { targets: ["ecr"] },
    images: {
        vault: {
            source: "docker.io/hashicorp/vault",
            tags: ["1.18"],
            targets: [{ registry: "ecr", repository: "infra/vault" }],
        },
        alpine: { source: "docker.io/library/alpine", tags: ["3"], targets: ["ecr", "gallery", "ghcr"] },
        edge: {
            source: "docker.io/library/alpine",
            tags: ["edge"],
            targets: [{ registry: "ecr", repository: "alpine" }],
        },
    },
});

describe("The repositories that a catalogue wants at ECR", () => {
    it("are its targets there, each once, with its images", () => {
        expect(wantedRepositories(catalog, ecrRegistryOf(catalog, "ecr", undefined))).toEqual([
            { name: "mirror/alpine", images: ["alpine", "edge"] },
            { name: "mirror/infra/vault", images: ["vault"] },
        ]);
    });

    it("are without the alias at ECR Public, which is the registry's", () => {
        expect(wantedRepositories(catalog, ecrRegistryOf(catalog, "ecr-public", "gallery"))).toEqual([
            { name: "images/alpine", images: ["alpine"] },
        ]);
    });

    it("are those of some images, where those are named", () => {
        expect(wantedRepositories(catalog, ecrRegistryOf(catalog, "ecr", "ecr"), ["edge"])).toEqual([
            { name: "mirror/alpine", images: ["edge"] },
        ]);
    });

    it("are refused where ECR would: with the image and what to change", () => {
        const given = defineCatalog({
            version: 1,
            registries: { ecr: { host: HOST, kind: "ecr" } },
            images: {
                app: { source: "quay.io/acme/app", tags: ["1"], targets: [{ registry: "ecr", repository: "a" }] },
            },
        });
        expect(() => wantedRepositories(given, ecrRegistryOf(given, "ecr", undefined))).toThrow(
            /^The image app would go to .*, but a repository's name has 2 to 256 characters at ECR, and "a" has 1: give its target another "repository"/,
        );
    });

    it.each([
        ["nowhere", /^The registry "nowhere" is no registry of the catalogue: name one of ecr\.$/],
        ["ghcr", /^The registry "ghcr" is of kind ghcr: name one of ecr\.$/],
    ])("are not looked for at %s", (registry, message) => {
        expect(() => ecrRegistryOf(catalog, "ecr", registry)).toThrow(message);
    });

    it("ask which registry is meant, where the catalogue has several", () => {
        const two = defineCatalog({
            version: 1,
            registries: { ecr: { host: HOST, kind: "ecr" }, dr: { host: HOST.replace("eu", "us"), kind: "ecr" } },
            images: { app: { source: "quay.io/acme/app", tags: ["1"], targets: ["ecr", "dr"] } },
        });
        expect(() => ecrRegistryOf(two, "ecr", undefined)).toThrow(
            'The catalogue has several registries of kind ecr: name one of dr, ecr, by "registry".',
        );
    });
});

describe("A repository's name at ECR", () => {
    it.each(["ab", "mirror/app", "a.b_c-d/e1", "1/2/3"])("may be %s", (name) => {
        expect(repositoryNameProblem(name)).toBeUndefined();
    });

    it.each(["a", "Mirror/app", "mirror//app", "/app", "app/", "a__b", "a..b", "-ab", "a b"])("is not %s", (name) => {
        expect(repositoryNameProblem(name)).toMatch(/ECR/);
    });
});
