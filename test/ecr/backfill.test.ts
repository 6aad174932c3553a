import { describe, expect, it } from "vitest";
import { compactCatalog, defineCatalog, expandCatalog } from "../../core/catalog";
import { type BackfillRule, backfillCatalog, ecrRegistryOf } from "../../core/ecr";

const HOME = "111111111111";
const HOST = `${HOME}.dkr.ecr.eu-west-1.amazonaws.com`;
const OTHER = "222222222222";

function catalogWith(registry: object = {}) {
    return defineCatalog(
        {
            version: 1,
            registries: { ecr: { host: `${HOST}/mirror`, kind: "ecr", ...registry }, ghcr: { host: "ghcr.io/acme" } },
            environments: { staging: {}, prod: { upstream: "locked", promoteFrom: "staging", minAge: "24h" } },
            images: {
                vault: {
                    source: "docker.io/hashicorp/vault",
                    tags: ["1.18", { from: "1.18.3", to: "stable" }],
                    targets: ["ecr", "ghcr"],
                    platforms: ["linux/amd64"],
                    wave: 2,
                    critical: true,
                },
                explorer: {
                    policy: "dual",
                    source: "docker.io/kuzudb/explorer",
                    tags: ["dev", { semver: ">=0.7", newest: 5 }],
                    targets: [{ registry: "ecr", repository: "apps/explorer", tags: ["dev", { glob: "0.1*" }] }],
                    referrers: false,
                },
                elsewhere: { source: "docker.io/acme/elsewhere", tags: ["1"], targets: ["ghcr"] },
                watched: { policy: "keep", source: "docker.io/nextcloud/all-in-one", tags: ["latest"] },
            },
        } as never,
        { environment: "prod" },
    );
}

function derive(rules: readonly BackfillRule[], registry: object = {}) {
    const catalog = catalogWith(registry);
    return backfillCatalog(catalog, ecrRegistryOf(catalog, "ecr", undefined), rules, HOME);
}

const TO_AMERICA: BackfillRule = { destinations: [{ region: "us-east-1" }], prefixes: ["mirror/"] };

describe("The catalogue of a backfill", () => {
    it("has the source's copies as originals and each destination as a registry of its own", () => {
        const { registries } = derive([
            { destinations: [{ region: "us-east-1" }, { region: "eu-west-1", account: OTHER }], prefixes: "all" },
        ]);
        expect(registries).toEqual({
            ecr: { name: "ecr", host: HOST, prefix: "mirror", kind: "ecr" },
            "us-east-1": {
                name: "us-east-1",
                host: `${HOME}.dkr.ecr.us-east-1.amazonaws.com`,
                prefix: "mirror",
                kind: "ecr",
            },
            "222222222222-eu-west-1": {
                name: "222222222222-eu-west-1",
                host: `${OTHER}.dkr.ecr.eu-west-1.amazonaws.com`,
                prefix: "mirror",
                kind: "ecr",
            },
        });
    });

    it("keeps every repository's name, the tags as the source has them, and the whole index", () => {
        expect(derive([TO_AMERICA]).images.vault).toEqual({
            name: "vault",
            policy: "mirror",
            source: { registry: "ecr", repository: "mirror/hashicorp/vault" },
            tags: ["1.18", "stable"],
            targets: [
                {
                    registry: "us-east-1",
                    repository: "mirror/hashicorp/vault",
                    tags: [
                        { from: "1.18", to: "1.18" },
                        { from: "stable", to: "stable" },
                    ],
                },
            ],
            platforms: "all",
            referrers: true,
            foreignLayers: "skip",
            wave: 2,
            critical: true,
        });
    });

    it("has the image's selectors and the target's, which choose of what the source lists", () => {
        const { explorer } = derive([TO_AMERICA]).images;
        expect(explorer).toMatchObject({
            tags: ["dev"],
            selectors: [{ semver: ">=0.7", newest: 5 }],
            referrers: false,
            targets: [{ tags: [{ from: "dev", to: "dev" }], selectors: [{ glob: "0.1*" }] }],
        });
    });

    it("has the images that a rule covers, with the destinations of all rules that do", () => {
        const { images } = derive([
            { destinations: [{ region: "us-east-1" }], prefixes: ["mirror/apps"] },
            { destinations: [{ region: "us-east-1" }, { region: "us-west-2" }], prefixes: ["mirror/"] },
            { destinations: [{ region: "ap-south-1" }], prefixes: ["other/"] },
        ]);
        const places = Object.values(images).map(({ name, targets }) => [name, targets.map((one) => one.registry)]);
        expect(places).toEqual([
            ["explorer", ["us-east-1", "us-west-2"]],
            ["vault", ["us-east-1", "us-west-2"]],
        ]);
    });

    it("follows its source whatever the environment is, without locks, ages and waivers", () => {
        const derived = derive([TO_AMERICA]);
        expect(derived).toMatchObject({ environment: "prod", upstream: "follow", lock: {}, promotedLock: {} });
        expect(derived).not.toHaveProperty("minAge");
    });

    it("survives the form that inputs have", () => {
        const derived = derive([TO_AMERICA]);
        const compact = compactCatalog(derived, Object.keys(derived.images));
        expect(expandCatalog(compact).images).toEqual(derived.images);
        expect(expandCatalog(compact).registries).toEqual(derived.registries);
    });

    it("takes the hosts that it is given: of both IP versions, or an emulator's", () => {
        const destinations = [{ region: "us-east-1", host: `${HOME}.dkr-ecr.us-east-1.on.aws` }];
        expect(derive([{ destinations, prefixes: "all" }]).registries["us-east-1"]?.host).toBe(
            `${HOME}.dkr-ecr.us-east-1.on.aws`,
        );
    });
});

describe("A backfill's credentials", () => {
    const at = (registry: object, destination: object) =>
        derive([{ destinations: [{ region: "us-east-1", ...destination }], prefixes: "all" }], registry).registries[
            (destination as { account?: string }).account === undefined ? "us-east-1" : `${OTHER}-us-east-1`
        ]?.credentials?.push;
    const AWS = { credentials: { from: "aws", profile: "hub", region: "eu-west-1" } };
    const ROLE = `arn:aws:iam::${OTHER}:role/push`;

    it.each([
        ["none where the source has none", {}, {}, undefined],
        ["Docker's where the source has those", { credentials: { from: "docker" } }, {}, { from: "docker" }],
        [
            "the source's profile, for the destination's region",
            AWS,
            {},
            { from: "aws", profile: "hub", region: "us-east-1" },
        ],
        [
            "a role at another account",
            AWS,
            { account: OTHER, roleArn: ROLE },
            { from: "aws", profile: "hub", region: "us-east-1", roleArn: ROLE },
        ],
        ["a profile of its own", AWS, { profile: "far" }, { from: "aws", profile: "far", region: "us-east-1" }],
        [
            "a profile of its own without the source's role",
            { credentials: { from: "aws", roleArn: `arn:aws:iam::${HOME}:role/hub` } },
            { profile: "far" },
            { from: "aws", profile: "far", region: "us-east-1" },
        ],
        [
            "of its own where the source's are a password of its region",
            { credentials: { from: "env", password: "HUB" } },
            { credentials: { from: "env", password: "FAR" } },
            { from: "env", password: "FAR" },
        ],
    ])("are %s", (_what, registry, destination, expected) => {
        expect(at(registry, destination)).toEqual(expected);
    });

    it.each([
        [
            "the source's are a password, which holds in its region only",
            { credentials: { from: "env", password: "HUB" } },
            {},
            /^The registry ecr has credentials from the environment, which hold in its own region only: give the destination us-east-1 its own by "roleArn", "profile" or "credentials"\.$/,
        ],
        [
            "two are given",
            {},
            { profile: "far", credentials: { from: "docker" } },
            /has "credentials" beside "profile" or "roleArn"/,
        ],
        [
            "a role's ARN is none",
            {},
            { roleArn: "push" },
            /^The destination us-east-1 has the roleArn "push": "arn:aws:iam/,
        ],
    ])("are refused where %s", (_what, registry, destination, message) => {
        expect(() => at(registry, destination)).toThrow(message);
    });

    it("are refused where two rules give a destination other ones", () => {
        const rule = (profile: string): BackfillRule => ({
            destinations: [{ region: "us-east-1", profile }],
            prefixes: "all",
        });
        expect(() => derive([rule("a"), rule("b")])).toThrow(
            /^The destination us-east-1 is given in two ways, with other hosts or credentials/,
        );
    });
});
