import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineCatalog } from "../../core/catalog";
import {
    cachedImages,
    cachedReference,
    cachedRepository,
    checkNoTargetBelow,
    type EcrRegistry,
    type PullThroughRule,
    type PullThroughWish,
    primingCatalog,
    pullThroughRule,
    pullThroughRules,
    UPSTREAM_NAMES,
    UPSTREAMS,
} from "../../core/ecr";
import { ruleProblems } from "../support/aws/ecr-requests";

const SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/docker-hub-AbCdEf";
const ROLE = "arn:aws:iam::111111111111:role/reader";
const HOSTS: Readonly<Record<string, string>> = {
    acr: "acme.azurecr.io",
    ecr: "222222222222.dkr.ecr.eu-west-1.amazonaws.com",
};

/** A wish that is right for its upstream. */
function wishOf(key: string, changes: Partial<PullThroughWish> = {}): PullThroughWish {
    const upstream = changes.upstream ?? key;
    const { login } = UPSTREAMS[upstream as keyof typeof UPSTREAMS] ?? { login: "none" };
    const host = HOSTS[upstream];
    return {
        key,
        ...(host === undefined ? {} : { host }),
        hasCredentials: login === "secret",
        hasRole: login === "role",
        ...changes,
    };
}

/** As it goes to AWS. */
function requestOf({ host: _, key: __, ...rule }: PullThroughRule, wish: PullThroughWish): object {
    return {
        ...rule,
        ...(wish.hasCredentials ? { credentialArn: SECRET } : {}),
        ...(wish.hasRole ? { customRoleArn: ROLE } : {}),
    };
}

describe("Rules of a pull-through cache", () => {
    it.each(UPSTREAM_NAMES)("are what AWS takes for %s, and its own key is the prefix", (name) => {
        const wish = wishOf(name);
        const rule = pullThroughRule(wish, "111111111111");
        expect(rule.ecrRepositoryPrefix).toBe(name);
        expect(ruleProblems(requestOf(rule, wish))).toEqual([]);
    });

    it("name each upstream as AWS does", () => {
        const named = UPSTREAM_NAMES.map((name) => pullThroughRule(wishOf(name)));
        expect(named.map((rule) => `${rule.upstreamRegistry} ${rule.upstreamRegistryUrl} ${rule.host}`)).toEqual([
            "docker-hub registry-1.docker.io docker.io",
            "github-container-registry ghcr.io ghcr.io",
            "quay quay.io quay.io",
            "k8s registry.k8s.io registry.k8s.io",
            "ecr-public public.ecr.aws public.ecr.aws",
            "gitlab-container-registry registry.gitlab.com registry.gitlab.com",
            "azure-container-registry acme.azurecr.io acme.azurecr.io",
            "chainguard cgr.dev cgr.dev",
            "ecr 222222222222.dkr.ecr.eu-west-1.amazonaws.com 222222222222.dkr.ecr.eu-west-1.amazonaws.com",
        ]);
    });

    it.each([
        [wishOf("hub"), '"hub" is no upstream that ECR'],
        [wishOf("docker-hub", { prefix: "h" }), 'a prefix has 2 to 30 characters there, and "h" has 1'],
        [wishOf("docker-hub", { prefix: "h".repeat(31) }), "has 31"],
        [wishOf("docker-hub", { prefix: "Hub" }), '"Hub" is no prefix'],
        [wishOf("docker-hub", { prefix: "hub/" }), "written without the slash at its end"],
        [wishOf("docker-hub", { prefix: "hub//x" }), '"hub//x" is no prefix'],
        [wishOf("docker-hub", { prefix: "root" }), ""],
        [
            wishOf("docker-hub", { hasCredentials: false }),
            'has no "credentials", and AWS takes none for docker-hub without',
        ],
        [wishOf("ghcr", { hasCredentials: false }), 'a classic personal access token with "read:packages"'],
        [wishOf("gitlab", { hasCredentials: false }), "deploy token"],
        [wishOf("acr", { hasCredentials: false }), "service principal"],
        [wishOf("chainguard", { hasCredentials: false }), "chainctl"],
        [wishOf("quay", { hasCredentials: true }), "which AWS does not take for quay: leave them out"],
        [wishOf("k8s", { hasCredentials: true }), "which AWS does not take for k8s"],
        [wishOf("ecr-public", { hasCredentials: true }), "which AWS does not take for ecr-public"],
        [wishOf("ecr", { hasCredentials: true }), 'give it a "roleArn" instead'],
        [wishOf("quay", { hasRole: true }), 'has a "roleArn", which AWS has for the upstream ecr alone'],
        [
            wishOf("ecr", { hasRole: false }),
            "reads from account 222222222222, which takes a role in the cache's account",
        ],
        [wishOf("quay", { upstreamPrefix: "team" }), 'an "upstreamPrefix", which AWS has for the upstream ecr alone'],
        [wishOf("ecr", { upstreamPrefix: "T" }), 'takes another "upstreamPrefix"'],
        [wishOf("ecr", { prefix: "ROOT", upstreamPrefix: "team" }), "has the prefix ROOT"],
        [wishOf("acr", { host: "acme.example.com" }), 'is not "acme.example.com": write one like acme.azurecr.io'],
        [wishOf("ecr", { host: "public.ecr.aws" }), "write one like 222222222222.dkr.ecr"],
        [wishOf("mine", { upstream: "acr", host: undefined } as never), "has to be told"],
        [wishOf("quay", { host: "ghcr.io" }), "is always quay.io: leave out"],
    ])("are refused in one sentence: %j", (wish, sentence) => {
        const make = () => pullThroughRule(wish, "111111111111");
        if (sentence === "") {
            expect(make).not.toThrow();
        } else {
            expect(make).toThrow(
                expect.objectContaining({ code: "ECR_ARGUMENT", message: expect.stringContaining(sentence) }),
            );
        }
    });

    it("take an ECR upstream of the same account without a role, and one of an unknown account", () => {
        const wish = wishOf("ecr", { hasRole: false });
        expect(pullThroughRule(wish, "222222222222").host).toBe(HOSTS.ecr);
        expect(pullThroughRule(wish).host).toBe(HOSTS.ecr);
    });

    it("have prefixes of their own, and are fifty at most", () => {
        const many = (count: number) =>
            Array.from({ length: count }, (_, number) => wishOf(`quay-${number}`, { upstream: "quay" }));
        expect(pullThroughRules(many(50))).toHaveLength(50);
        expect(() => pullThroughRules(many(51))).toThrow("takes 1 to 50 pull-through cache rules, and here are 51");
        expect(() => pullThroughRules([])).toThrow("here are 0");
        expect(() => pullThroughRules([wishOf("quay"), wishOf("k8s", { prefix: "quay" })])).toThrow(
            'The rules "quay" and "k8s" have one prefix, "quay": give each its own.',
        );
        expect(pullThroughRules([wishOf("quay"), wishOf("k8s", { prefix: "quay/k8s" })])).toHaveLength(2);
    });

    it("agree with AWS's own pattern on every prefix", () => {
        const part = fc.stringMatching(/^[a-z0-9A-Z._/-]{1,33}$/);
        fc.assert(
            fc.property(fc.oneof(part, fc.constantFrom("ROOT", "ab", "a/b", "a-b/c_d")), (prefix) => {
                const wish = wishOf("quay", { prefix });
                let taken: boolean;
                try {
                    pullThroughRule(wish);
                    taken = true;
                } catch {
                    taken = false;
                }
                const request = { ecrRepositoryPrefix: prefix, upstreamRegistryUrl: "quay.io" };
                // A slash at the end AWS takes, and drops.
                expect(taken).toBe(ruleProblems(request).length === 0 && !prefix.endsWith("/"));
            }),
        );
    });
});

describe("The schema of CreatePullThroughCacheRule", () => {
    it.each([
        [{ upstreamRegistryUrl: "quay.io" }],
        [{ ecrRepositoryPrefix: "hub", upstreamRegistryUrl: "registry-1.docker.io" }],
        [{ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io", credentialArn: SECRET }],
        [{ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io", customRoleArn: ROLE }],
        [{ ecrRepositoryPrefix: "hub", upstreamRegistryUrl: "docker.io", credentialArn: SECRET }],
        [
            {
                ecrRepositoryPrefix: "hub",
                upstreamRegistryUrl: "ghcr.io",
                credentialArn: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hub-AbCdEf",
            },
        ],
        [{ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io", upstreamRegistry: "ghcr" }],
        [{ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io", upstreamRepositoryPrefix: "team" }],
        [{ ecrRepositoryPrefix: "ROOT", upstreamRegistryUrl: HOSTS.ecr, upstreamRepositoryPrefix: "team" }],
        [{ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io", tags: {} }],
    ])("refuses %j", (request) => {
        expect(ruleProblems(request)).not.toEqual([]);
    });
});

const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const catalog = defineCatalog({
    version: 1,
    registries: { ecr: { host: `${HOST}/mirror`, kind: "ecr" } },
    images: {
        alpine: { policy: "keep", source: "docker.io/alpine", tags: ["3.20", "3.21"] },
        pause: { policy: "keep", source: "registry.k8s.io/pause", tags: ["3.10"] },
        nginx: { policy: "keep", source: "public.ecr.aws/nginx/nginx", tags: [{ semver: ">=1" }] },
        tool: { policy: "keep", source: `${HOSTS.ecr}/team/tool`, tags: ["1"], platforms: ["linux/arm64"] },
        other: { policy: "keep", source: `${HOSTS.ecr}/others/tool`, tags: ["1"] },
        vault: { source: "quay.io/hashicorp/vault", targets: ["ecr"], tags: ["1.18"] },
    },
});
const rules = pullThroughRules([
    wishOf("docker-hub"),
    wishOf("ecr-public"),
    wishOf("ecr", { prefix: "upstream", upstreamPrefix: "team" }),
    wishOf("quay"),
]);
const registry = catalog.registries.ecr as EcrRegistry;

describe("Images of a catalogue at the cache", () => {
    it("are those whose source a rule serves, with their repository there", () => {
        expect(cachedImages(catalog, rules).map((one) => [one.image, one.rule, one.repository, one.tags])).toEqual([
            ["alpine", "docker-hub", "docker-hub/library/alpine", ["3.20", "3.21"]],
            ["nginx", "ecr-public", "ecr-public/nginx/nginx", []],
            ["tool", "ecr", "upstream/tool", ["1"]],
            ["vault", "quay", "quay/hashicorp/vault", ["1.18"]],
        ]);
        expect(cachedReference(HOST, "docker-hub/library/alpine", "3.20")).toBe(
            `${HOST}/docker-hub/library/alpine:3.20`,
        );
    });

    it("go to the rule with the longest prefix at the upstream", () => {
        const both = pullThroughRules([
            wishOf("all", { upstream: "ecr" }),
            wishOf("team", { upstream: "ecr", upstreamPrefix: "team" }),
        ]);
        const found = cachedImages(catalog, both).map(({ repository }) => repository);
        expect(found).toEqual(["all/others/tool", "team/tool"]);
    });

    it("keep their names below ROOT", () => {
        const rule = pullThroughRule(wishOf("docker-hub", { prefix: "ROOT" }));
        expect(cachedRepository(rule, "library/alpine")).toBe("library/alpine");
    });

    it("are refused where ECR would take no such repository", () => {
        const long = defineCatalog({
            version: 1,
            images: { deep: { policy: "keep", source: `quay.io/${"deep/".repeat(46)}deep`, tags: ["1"] } },
        });
        const [rule] = pullThroughRules([wishOf("quay", { prefix: "quay-of-the-upstream-registry" })]);
        expect(() => cachedImages(long, [rule as PullThroughRule])).toThrow(
            "a repository's name has 2 to 256 characters",
        );
    });

    it("are carried to no repository below a rule's prefix", () => {
        const [rule] = pullThroughRules([wishOf("quay", { prefix: "mirror" })]);
        expect(() => checkNoTargetBelow(catalog, registry, [rule as PullThroughRule])).toThrow(
            'The image vault is carried to mirror/hashicorp/vault, below the prefix "mirror" of the cache',
        );
        expect(() => checkNoTargetBelow(catalog, registry, rules)).not.toThrow();
        const root = pullThroughRule(wishOf("quay", { prefix: "ROOT" }));
        expect(() => checkNoTargetBelow(catalog, registry, [root])).not.toThrow();
    });
});

describe("The catalogue for priming", () => {
    const cached = cachedImages(catalog, rules);

    it("has the cache as the one target of each image, with the tags that are listed by name", () => {
        const primed = primingCatalog(catalog, registry, cached);
        expect(Object.keys(primed.images)).toEqual(["alpine", "tool", "vault"]);
        expect(primed.images.alpine).toMatchObject({
            source: { registry: "docker.io", repository: "library/alpine" },
            targets: [
                {
                    registry: "ecr",
                    repository: "docker-hub/library/alpine",
                    tags: [
                        { from: "3.20", to: "3.20" },
                        { from: "3.21", to: "3.21" },
                    ],
                },
            ],
            platforms: "all",
        });
        expect(primed.images.tool?.platforms).toEqual(["linux/arm64"]);
    });

    it("takes a choice of images and platforms", () => {
        const primed = primingCatalog(catalog, registry, cached, { images: ["vault"], platforms: ["linux/amd64"] });
        expect(Object.values(primed.images).map(({ name, platforms }) => [name, platforms])).toEqual([
            ["vault", ["linux/amd64"]],
        ]);
    });

    it.each([
        [{ images: ["pause"] }, '"pause" cannot be primed: it has a source that no rule serves.'],
        [{ images: ["nobody"] }, '"nobody" cannot be primed: it is no image of the catalogue.'],
        [{ images: ["nginx"] }, "There is nothing to prime"],
        [{ platforms: ["arm"] }, '"platforms" must name platforms as linux/arm64, not "arm".'],
        [{ platforms: [] }, '"platforms" must name platforms'],
    ])("refuses %j", (choice, sentence) => {
        expect(() => primingCatalog(catalog, registry, cached, choice)).toThrow(sentence);
    });
});
