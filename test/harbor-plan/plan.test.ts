import { describe, expect, it } from "vitest";
import { type Catalog, defineCatalog } from "../../core/catalog";
import {
    destinationOf,
    destinationRepository,
    endpointOf,
    HarborPlanError,
    harborRegistryOf,
    harborUrl,
    type MirrorWish,
    mirrorPlan,
    refuseUntaggedCollection,
} from "../../core/harbor-plan";

const REGISTRIES = {
    harbor: { host: "harbor.example.com/mirror", kind: "harbor" },
    hub: { host: "docker.io" },
    ghcr: { host: "ghcr.io" },
} as const;

function catalogOf(images: Record<string, unknown>, more: object = {}): Catalog {
    return defineCatalog({
        version: 1,
        registries: REGISTRIES,
        defaults: { targets: ["harbor"] },
        images,
        ...more,
    } as never) as Catalog;
}

const rulesOf = (images: Record<string, unknown>, wish: MirrorWish = {}, more: object = {}) =>
    mirrorPlan(catalogOf(images, more), wish).rules.map(({ flatten, key, names, namespace, tags }) => ({
        key,
        names,
        tags,
        to: `${namespace} ${flatten}`,
    }));

const reasonOf = (image: object, wish: MirrorWish = {}, more: object = {}) =>
    mirrorPlan(catalogOf({ one: image, ok: { source: "ghcr.io/acme/ok", tags: ["1"] } }, more), wish).left.find(
        (left) => left.image === "one",
    )?.reason;

describe("Where a rule puts a repository", () => {
    it.each([
        ["hashicorp/vault", "mirror/hashicorp/vault", "mirror", "none"],
        ["library/alpine", "mirror/alpine", "mirror", "one"],
        ["a/b/c/d", "m/x/c/d", "m/x", "two"],
        ["a/b/c/d", "m/d", "m", "three"],
        ["a/b/c/d/e", "m/e", "m", "all"],
        ["pause", "k8s/pause", "k8s", "none"],
        ["acme/app", "acme/app", "acme", "one"],
    ])("%s goes to %s by namespace %s, flattening %s", (source, target, namespace, flatten) => {
        expect(destinationOf(source, target)).toEqual({ namespace, flatten });
        expect(destinationRepository(source, { namespace, flatten } as never)).toBe(target);
    });

    it.each([
        ["acme/app", "mirror/application"],
        ["acme/app", "mirror/my-app"],
        ["acme/app", "app"],
    ])("%s cannot go to %s", (source, target) => {
        expect(destinationOf(source, target)).toBeUndefined();
    });
});

describe("The rules of a catalogue", () => {
    it("are one for the repositories of one path with the same tags, called after the first of them", () => {
        const images = {
            vault: { source: "docker.io/hashicorp/vault", tags: ["1.18", "1.18.3"] },
            consul: { source: "docker.io/hashicorp/consul", tags: ["1.18.3", "1.18"] },
            nomad: { source: "docker.io/hashicorp/nomad", tags: ["1.9"] },
            alpine: { source: "docker.io/library/alpine", tags: ["3"] },
            api: { source: "ghcr.io/acme/api", tags: ["latest"] },
        };
        expect(rulesOf(images)).toEqual([
            { key: "ghcr/mirror/acme/api", names: "acme/api", tags: "latest", to: "mirror none" },
            { key: "hub/mirror/alpine", names: "library/alpine", tags: "3", to: "mirror one" },
            {
                key: "hub/mirror/hashicorp/consul",
                names: "hashicorp/{consul,vault}",
                tags: "{1.18,1.18.3}",
                to: "mirror none",
            },
            { key: "hub/mirror/hashicorp/nomad", names: "hashicorp/nomad", tags: "1.9", to: "mirror none" },
        ]);
        // Fewer rules, and more than the catalogue names.
        expect(rulesOf(images, { exact: false })[2]).toEqual({
            key: "hub/mirror/hashicorp/consul",
            names: "hashicorp/{consul,nomad,vault}",
            tags: "{1.18,1.18.3,1.9}",
            to: "mirror none",
        });
    });

    it("are two where one repository goes to two places, and one where two images are of one", () => {
        const images = {
            "1.18": { source: "docker.io/hashicorp/vault", tags: ["1.18"] },
            "1.17": {
                source: "docker.io/hashicorp/vault",
                tags: ["1.17"],
                targets: ["harbor", { registry: "harbor", repository: "old/vault" }],
            },
        };
        expect(rulesOf(images)).toEqual([
            { key: "hub/mirror/hashicorp/vault", names: "hashicorp/vault", tags: "{1.17,1.18}", to: "mirror none" },
            { key: "hub/mirror/old/vault", names: "hashicorp/vault", tags: "1.17", to: "mirror/old one" },
        ]);
    });

    it("have the tags of signatures only where they are asked for", () => {
        const images = { api: { source: "ghcr.io/acme/api", tags: ["1"] } };
        expect(rulesOf(images, { signatures: true })[0]?.tags).toBe("{1,sha256-*}");
    });

    it("have the tags that the lock has of a selector", () => {
        const images = { api: { source: "ghcr.io/acme/api", tags: ["edge", { semver: ">=1" }] } };
        const entry = { digest: `sha256:${"a".repeat(64)}` };
        const lock = { api: { "1.0.0": entry, "0.9.0": entry, "2.0.0": entry } };
        expect(rulesOf(images, { lock })[0]?.tags).toBe("{1.0.0,2.0.0,edge}");
    });

    it("are split where Harbor has no room, so that one more image changes one rule, or halves it", () => {
        const images = Object.fromEntries(
            Array.from({ length: 300 }, (_, index) => [
                `image-${index}`,
                { source: `ghcr.io/acme/service-number-${index}`, tags: ["latest"] },
            ]),
        );
        const before = new Map(mirrorPlan(catalogOf(images)).rules.map((rule) => [rule.names, rule]));
        expect(before.size).toBeGreaterThan(5);
        for (const name of ["aaa", "service-number-1000", "zzz"]) {
            const more = { ...images, more: { source: `ghcr.io/acme/${name}`, tags: ["latest"] } };
            const after = mirrorPlan(catalogOf(more)).rules;
            const changed = after.filter(({ names }) => !before.has(names));
            expect(changed.length).toBeLessThanOrEqual(2);
            expect(changed.flatMap(({ images: of }) => of)).toContain("more");
        }
    });

    it("are split by tags where one repository has more than Harbor has room for", () => {
        const tags = Array.from({ length: 200 }, (_, index) => `1.18.${index}-enterprise`);
        const rules = mirrorPlan(catalogOf({ vault: { source: "docker.io/hashicorp/vault", tags } })).rules;
        expect(rules.length).toBeGreaterThan(3);
        expect(rules.flatMap(({ repositories }) => repositories.flatMap((one) => one.tags)).sort()).toEqual(
            tags.sort(),
        );
        expect(new Set(rules.map(({ key }) => key)).size).toBe(rules.length);
    });
});

describe("What Harbor cannot carry is said, with the reason:", () => {
    it.each([
        [
            "another name",
            { source: "ghcr.io/acme/api", tags: ["1"], targets: [{ registry: "harbor", repository: "x/app" }] },
            /it is called app here and api there, and Harbor renames no repository/,
        ],
        [
            "another tag",
            { source: "ghcr.io/acme/api", tags: [{ from: "1", to: "stable" }] },
            /its tag 1 is called stable here, and Harbor renames no tag/,
        ],
        [
            "a selector",
            { source: "ghcr.io/acme/api", tags: [{ semver: ">=1" }] },
            /chosen by a selector.*the lock has none/,
        ],
        [
            "platforms",
            { source: "ghcr.io/acme/api", tags: ["1"], platforms: ["linux/arm64"] },
            /names its platforms, and Harbor carries all of them/,
        ],
        ["its own", { source: "harbor.example.com/other/api", tags: ["1"] }, /its source is this Harbor itself/],
    ])("%s", (_, image, reason) => {
        expect(reasonOf(image)).toMatch(reason);
    });

    it("platforms are Harbor's where all of them are welcome", () => {
        const image = { source: "ghcr.io/acme/api", tags: ["1"], platforms: ["linux/arm64"] };
        expect(reasonOf(image, { allPlatforms: true })).toBeUndefined();
    });

    it("the lock of a locked environment, but for who says that Harbor is to carry there", () => {
        const image = { source: "ghcr.io/acme/api", tags: ["1"] };
        const define = (wish: MirrorWish) => {
            const catalog = { ...catalogOf({ one: image }), upstream: "locked" as const };
            return mirrorPlan(catalog, wish);
        };
        expect(define({}).left[0]?.reason).toMatch(/locked, and Harbor carries what a tag is now/);
        expect(define({ locked: "harbor" })).toMatchObject({ left: [], rules: [{ tags: "1" }] });
    });

    it("nothing is said of an image that is cut over to this Harbor: it is at home there", () => {
        const cut = { source: "ghcr.io/acme/api", tags: ["1"], policy: "migrate", phase: "cut-over" };
        const plan = mirrorPlan(catalogOf({ cut }));
        expect([plan.rules, plan.left]).toEqual([[], []]);
        expect(plan.projects.map(({ name }) => name)).toEqual(["mirror"]);
    });

    it("and everything where no rules are wanted", () => {
        const plan = mirrorPlan(catalogOf({ api: { source: "ghcr.io/acme/api", tags: ["1"] } }), { rules: false });
        expect(plan).toMatchObject({ rules: [], sources: [], left: [{ image: "api", tags: ["1"] }] });
    });
});

describe("A registry of the catalogue, as Harbor knows it,", () => {
    it.each([
        [{ host: "docker.io", kind: "dockerhub" }, "docker-hub", "https://hub.docker.com"],
        [{ host: "ghcr.io", kind: "ghcr" }, "github-ghcr", "https://ghcr.io"],
        [{ host: "quay.io", kind: "quay" }, "quay", "https://quay.io"],
        [
            { host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com", kind: "ecr" },
            "aws-ecr",
            "https://111111111111.dkr.ecr.eu-west-1.amazonaws.com",
        ],
        [{ host: "public.ecr.aws", kind: "ecr-public" }, "docker-registry", "https://public.ecr.aws"],
        [{ host: "europe-docker.pkg.dev", kind: "gar" }, "google-gcr", "https://europe-docker.pkg.dev"],
        [{ host: "acme.azurecr.io", kind: "acr" }, "azure-acr", "https://acme.azurecr.io"],
        [{ host: "other.example.com", kind: "harbor" }, "harbor", "https://other.example.com"],
        [{ host: "127.0.0.1:5000", kind: "distribution", insecure: true }, "docker-registry", "http://127.0.0.1:5000"],
    ] as const)("%o is %s at %s", (registry, type, endpoint) => {
        expect(endpointOf(registry)).toEqual({ type, endpoint });
    });
});

describe("A mistake is one sentence:", () => {
    const api = { api: { source: "ghcr.io/acme/api", tags: ["1"], targets: ["ghcr"] } };
    const failing = (registries: object, images: object, registry?: string) => () =>
        mirrorPlan(defineCatalog({ version: 1, registries, images } as never) as Catalog, {
            ...(registry && { registry }),
        });
    const ghcr = { host: "ghcr.io/acme" };

    it.each([
        ["no Harbor", failing({ ghcr }, api), /has no registry of kind harbor: write one with "kind: harbor"/],
        ["another kind", failing({ ghcr }, api, "ghcr"), /The registry "ghcr" is of kind ghcr: write one/],
        ["an unknown one", failing({ ghcr, h: REGISTRIES.harbor }, api, "x"), /"x" is no registry.*name one of h as/],
        [
            "several",
            failing({ ghcr, a: REGISTRIES.harbor, b: { host: "b.io/x", kind: "harbor" } }, api),
            /several .*a, b/,
        ],
        [
            "nothing there",
            failing({ ghcr, h: REGISTRIES.harbor }, api),
            /No image of the catalogue has a target at h: /,
        ],
        [
            "no project",
            failing(
                { h: { host: "h.example.com", kind: "harbor" } },
                { a: { source: "ghcr.io/a", tags: ["1"], targets: ["h"] } },
            ),
            /would go to h.example.com\/a, which names no project: give the registry's host a path/,
        ],
        [
            "a name that is none for Harbor",
            failing(
                { h: { host: "h.example.com/a__b", kind: "harbor" } },
                { a: { source: "ghcr.io/a/b", tags: ["1"], targets: ["h"] } },
            ),
            /"a__b" is no project's name at Harbor/,
        ],
        ["the forbidden pair", () => refuseUntaggedCollection("h", ["hub"], true), /proxy cache "hub".*harbor#23570/],
    ])("%s", (_, run, message) => {
        expect(run).toThrow(HarborPlanError);
        expect(run).toThrow(message);
    });

    it("but a cache without such a collection is none, nor the other way round", () => {
        refuseUntaggedCollection("h", ["hub"], false);
        refuseUntaggedCollection("h", [], true);
    });

    it("and the address is the registry's host", () => {
        const registry = harborRegistryOf(catalogOf({ api: { source: "ghcr.io/acme/api", tags: ["1"] } }), undefined);
        expect(harborUrl(registry)).toBe("https://harbor.example.com");
        expect(harborUrl({ ...registry, insecure: true })).toBe("http://harbor.example.com");
    });
});
