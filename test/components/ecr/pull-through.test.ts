import * as pulumi from "@pulumi/pulumi";
import { EcrPullThroughCache, type EcrPullThroughCacheArgs } from "transship";
import { describe, expect, it } from "vitest";
import { refusedByEcr } from "../../support/aws/ecr-requests";
import { type Plain, type Recorded, type RecordOptions, recordResources } from "../../support/mocks";
import { cachedCatalog, HOST } from "./cached-catalog";

const COMPONENT = "transship:ecr:EcrPullThroughCache::cache";
const RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";
const TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate";
const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const ARN = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/cache/docker-hub-AbCdEf";
const login = { username: "acme", accessToken: "canary-token" };

const usual: EcrPullThroughCacheArgs = {
    catalog: cachedCatalog(),
    upstreams: { "docker-hub": { credentials: login }, k8s: { prefix: "kubernetes" } },
};

function record(changes: Partial<EcrPullThroughCacheArgs> = {}, options: RecordOptions = {}): Promise<Recorded> {
    return recordResources(() => {
        const made = new EcrPullThroughCache("cache", { ...usual, ...changes });
        const { findings, primed, references, roleArn, rules, secretArns } = made;
        return { findings, primed, references, roleArn, rules, secretArns };
    }, options);
}

const inputsOf = (graph: Recorded, name: string, type?: string) =>
    graph.resource(name, type).inputs as Readonly<Record<string, Plain>>;

describe("A pull-through cache", () => {
    it("has a rule, a template and, where the upstream wants a login, a secret for each upstream", async () => {
        const graph = await record();
        expect(graph.resources.map(({ name, type }) => `${type} ${name}`)).toEqual([
            `${RULE} cache-docker-hub`,
            `${RULE} cache-k8s`,
            `${TEMPLATE} cache-docker-hub-template`,
            `${TEMPLATE} cache-k8s-template`,
            `${SECRET} cache-docker-hub-secret`,
            `${VERSION} cache-docker-hub-credentials`,
            "transship:ecr:EcrPullThroughCache cache",
        ]);
        const children = graph.resources.filter(({ name }) => name !== "cache");
        expect(new Set(children.map(({ parent }) => parent))).toEqual(new Set([COMPONENT]));
        expect(refusedByEcr(graph.resources)).toEqual({});
    });

    it("says all of each resource", async () => {
        const graph = await record();
        expect(inputsOf(graph, "cache-docker-hub")).toEqual({
            region: "eu-west-1",
            ecrRepositoryPrefix: "docker-hub",
            upstreamRegistryUrl: "registry-1.docker.io",
            credentialArn: ARN,
        });
        expect(inputsOf(graph, "cache-k8s")).toEqual({
            region: "eu-west-1",
            ecrRepositoryPrefix: "kubernetes",
            upstreamRegistryUrl: "registry.k8s.io",
        });
        const { lifecyclePolicy, ...template } = inputsOf(graph, "cache-k8s-template");
        expect(template).toEqual({
            region: "eu-west-1",
            prefix: "kubernetes",
            appliedFors: ["PULL_THROUGH_CACHE"],
            encryptionConfigurations: [{ encryptionType: "AES256" }],
            imageTagMutability: "MUTABLE",
        });
        expect(JSON.parse(lifecyclePolicy as string).rules.slice(1)).toMatchObject([
            { selection: { tagStatus: "tagged", tagPatternList: ["*"], countNumber: 100 }, action: { type: "expire" } },
            { selection: { tagStatus: "untagged", countUnit: "days", countNumber: 30 }, action: { type: "expire" } },
        ]);
        expect(inputsOf(graph, "cache-docker-hub-secret")).toEqual({
            region: "eu-west-1",
            name: "ecr-pullthroughcache/cache/docker-hub",
            description: "What ECR's pull-through cache logs in with at docker-hub",
            recoveryWindowInDays: 0,
        });
        expect(inputsOf(graph, "cache-docker-hub-credentials")).toEqual({
            region: "eu-west-1",
            secretId: "cache-docker-hub-secret-id",
            secretString: "[secret]",
        });
    });

    it("makes the rule after its template and its credentials, so that no repository comes without what they say", async () => {
        const graph = await record();
        expect(graph.resource("cache-docker-hub").dependencies).toEqual([
            `${TEMPLATE}::cache-docker-hub-template`,
            `${SECRET}::cache-docker-hub-secret`,
            `${VERSION}::cache-docker-hub-credentials`,
        ]);
        expect(graph.resource("cache-k8s").dependencies).toEqual([`${TEMPLATE}::cache-k8s-template`]);
    });

    it("takes a rule away before another upstream has its prefix, of which ECR has one", async () => {
        const graph = await record();
        const rules = graph.resources.filter(({ type }) => type === RULE);
        expect(rules.map(({ options }) => options)).toEqual(rules.map(() => ({ deleteBeforeReplace: true })));
    });

    it("tells what pods pull for the catalogue's images, a string for each listed tag", async () => {
        expect((await record()).outputs).toEqual({
            findings: [],
            primed: {},
            references: {
                alpine: {
                    "3.20": `${HOST}/docker-hub/library/alpine:3.20`,
                    "3.21": `${HOST}/docker-hub/library/alpine:3.21`,
                },
                pause: { "3.10": `${HOST}/kubernetes/pause:3.10` },
                vault: { "1.18": `${HOST}/docker-hub/hashicorp/vault:1.18` },
            },
            roleArn: undefined,
            rules: {
                "docker-hub": { prefix: "docker-hub", upstream: "registry-1.docker.io" },
                k8s: { prefix: "kubernetes", upstream: "registry.k8s.io" },
            },
            secretArns: { "docker-hub": ARN },
        });
    });

    it("tells one reference, and for an unknown one which there are", async () => {
        const ask = (image: string, tag?: string) =>
            recordResources(() => ({ found: new EcrPullThroughCache("cache", usual).reference(image, tag) }));
        expect((await ask("pause")).outputs).toEqual({ found: `${HOST}/kubernetes/pause:3.10` });
        expect((await ask("alpine", "3.21")).outputs).toEqual({ found: `${HOST}/docker-hub/library/alpine:3.21` });
        await expect(ask("alpine")).rejects.toThrow(
            'the image alpine has several tags, name one of them: "3.20", "3.21"',
        );
        await expect(ask("alpine", "3")).rejects.toThrow(
            'the image alpine has no tag "3" at the cache, but "3.20", "3.21"',
        );
        await expect(ask("nobody")).rejects.toThrow(
            'no rule serves the image "nobody", but "alpine", "pause", "vault"',
        );
    });

    it("takes another account's ECR as upstream, with a role", async () => {
        const graph = await record({
            upstreams: {
                central: {
                    upstream: "ecr",
                    host: "222222222222.dkr.ecr.us-east-1.amazonaws.com",
                    upstreamPrefix: "team",
                    prefix: "team",
                    roleArn: pulumi.output("arn:aws:iam::111111111111:role/reader"),
                },
            },
        });
        expect(inputsOf(graph, "cache-central")).toEqual({
            region: "eu-west-1",
            ecrRepositoryPrefix: "team",
            upstreamRegistryUrl: "222222222222.dkr.ecr.us-east-1.amazonaws.com",
            upstreamRepositoryPrefix: "team",
            customRoleArn: "arn:aws:iam::111111111111:role/reader",
        });
        expect(refusedByEcr(graph.resources)).toEqual({});
    });

    it("takes every upstream of the table at once", async () => {
        const graph = await record({
            catalog: undefined,
            upstreams: {
                "docker-hub": { credentials: login },
                ghcr: { credentials: { username: "octocat", accessToken: "ghp_x" } },
                quay: {},
                k8s: {},
                "ecr-public": {},
                gitlab: { credentials: { username: "gitlab+deploy-token-1", accessToken: "t" } },
                acr: { host: "acme.azurecr.io", credentials: { username: "pull", accessToken: "t" } },
                chainguard: { credentials: { username: "a/b", accessToken: "t" } },
                ecr: { host: "111111111111.dkr.ecr.us-east-1.amazonaws.com" },
            },
        });
        expect(graph.ofType("PullThroughCacheRule")).toHaveLength(9);
        expect(graph.ofType("RepositoryCreationTemplate")).toHaveLength(9);
        expect(graph.ofType("Secret")).toHaveLength(5);
        expect(refusedByEcr(graph.resources)).toEqual({});
    });

    it("is made where the provider is, without a catalogue: no region of its own, and no references", async () => {
        const graph = await record({ catalog: undefined });
        expect(inputsOf(graph, "cache-k8s")).not.toHaveProperty("region");
        expect(graph.outputs).toMatchObject({ references: {} });
    });

    it("is never made at another account than the catalogue's", async () => {
        await expect(record({}, { call: () => ({ accountId: "222222222222" }) })).rejects.toThrow(
            "but the credentials of the AWS provider are of account 222222222222",
        );
    });
});

describe("Credentials of upstreams", () => {
    it("are secret wherever they are, also where they are given as plain texts", async () => {
        let written: unknown;
        const computed: RecordOptions["computed"] = ({ inputs, type }) => {
            written = type === VERSION ? inputs.secretString : written;
            return undefined;
        };
        const graph = await record({}, { computed });
        expect(JSON.stringify(graph)).not.toContain("canary");
        expect(JSON.parse((written as { value?: string }).value ?? String(written))).toEqual(login);
    });

    it("may be Outputs, and unknown in a preview", async () => {
        const known = { username: pulumi.output("acme"), accessToken: pulumi.secret("t") };
        expect(refusedByEcr((await record({ upstreams: { "docker-hub": { credentials: known } } })).resources)).toEqual(
            {},
        );
        const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<string>;
        const credentials = { username: unknown, accessToken: unknown };
        const graph = await record({ upstreams: { "docker-hub": { credentials } } }, { preview: true });
        expect(inputsOf(graph, "cache-docker-hub")).toMatchObject({ ecrRepositoryPrefix: "docker-hub" });
        expect(inputsOf(graph, "cache-docker-hub-secret")).toMatchObject({
            name: "ecr-pullthroughcache/cache/docker-hub",
        });
    });

    it("are found wrong in Outputs too", async () => {
        const credentials = { username: pulumi.output("me@acme.example"), accessToken: "t" };
        await expect(record({ upstreams: { "docker-hub": { credentials } } })).rejects.toThrow(
            "Docker Hub's user names are lower case letters and digits",
        );
    });

    it("may be a secret that is there, of which nothing is made", async () => {
        const graph = await record({ upstreams: { "docker-hub": { credentials: { secretArn: ARN } } } });
        expect(graph.ofType("Secret")).toEqual([]);
        expect(inputsOf(graph, "cache-docker-hub").credentialArn).toBe(ARN);
        expect(graph.outputs).toMatchObject({ secretArns: { "docker-hub": ARN } });
    });

    it.each([
        [
            "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hub-AbCdEf",
            "whose name begins with ecr-pullthroughcache/",
        ],
        [ARN.replace("eu-west-1", "us-east-1"), "ECR reads one of its own place only"],
        [pulumi.output(ARN.replace("111111111111", "222222222222")), "the secret is of account 222222222222"],
    ])("must be a secret that ECR reads", async (secretArn, sentence) => {
        await expect(record({ upstreams: { "docker-hub": { credentials: { secretArn } } } })).rejects.toThrow(sentence);
    });
});

describe("Settings of the cached repositories", () => {
    const KEY = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555";

    it("are those of the component, and a rule's own in their place", async () => {
        const graph = await record({
            description: pulumi.output("cached"),
            mutability: "IMMUTABLE",
            mutableTags: pulumi.output(["latest"]),
            signaturesMutable: false,
            policy: { pull: ["222222222222"] },
            lifecycle: false,
            upstreams: {
                k8s: {},
                quay: { template: { mutableTags: [], lifecycle: [{ kind: "expire", untagged: true, afterDays: 7 }] } },
            },
        });
        const { repositoryPolicy, ...template } = inputsOf(graph, "cache-k8s-template");
        expect(template).toEqual({
            region: "eu-west-1",
            prefix: "k8s",
            appliedFors: ["PULL_THROUGH_CACHE"],
            description: "cached",
            encryptionConfigurations: [{ encryptionType: "AES256" }],
            imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters: [{ filter: "latest", filterType: "WILDCARD" }],
        });
        expect(JSON.parse(repositoryPolicy as string).Statement).toMatchObject([
            { Sid: "Pull", Principal: { AWS: ["arn:aws:iam::222222222222:root"] } },
        ]);
        const { lifecyclePolicy, imageTagMutability } = inputsOf(graph, "cache-quay-template");
        expect(imageTagMutability).toBe("IMMUTABLE");
        expect(JSON.parse(lifecyclePolicy as string).rules.at(-1).selection.countNumber).toBe(7);
        expect(refusedByEcr(graph.resources)).toEqual({});
    });

    it("have a role made for tags and KMS, one for all, that may do no more than is needed", async () => {
        const graph = await record({
            encryption: { key: pulumi.output(KEY) },
            tags: { team: pulumi.output("images") },
            upstreams: { k8s: {}, quay: { template: { encryption: "AES256", tags: {} } } },
        });
        const role = inputsOf(graph, "cache-template-role", "role:Role");
        expect(JSON.parse(role.assumeRolePolicy as string).Statement).toEqual([
            { Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]);
        const policy = inputsOf(graph, "cache-template-role-policy");
        expect(JSON.parse(policy.policy as string).Statement).toMatchObject([
            {
                Action: ["ecr:CreateRepository", "ecr:TagResource"],
                Resource: ["arn:aws:ecr:eu-west-1:111111111111:repository/k8s/*"],
            },
            { Resource: [KEY] },
        ]);
        expect(inputsOf(graph, "cache-k8s-template")).toMatchObject({
            customRoleArn: expect.stringMatching(/^arn:aws:iam::111111111111:role\//),
            encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: KEY }],
            resourceTags: { team: "images" },
        });
        expect(inputsOf(graph, "cache-quay-template")).not.toHaveProperty("customRoleArn");
        const { dependencies } = graph.resource("cache-k8s-template");
        expect(dependencies).toContain("aws:iam/rolePolicy:RolePolicy::cache-template-role-policy");
        expect(refusedByEcr(graph.resources)).toEqual({});
    });

    it("take a role that is given, and none is made then", async () => {
        const customRoleArn = "arn:aws:iam::111111111111:role/mine";
        const graph = await record({ tags: { team: "images" }, customRoleArn, upstreams: { k8s: {} } });
        expect(graph.ofType("Role")).toEqual([]);
        expect(inputsOf(graph, "cache-k8s-template").customRoleArn).toBe(customRoleArn);
    });

    it.each([
        [{ description: "d".repeat(257) }, "a description of 257 characters"],
        [{ description: pulumi.output("d".repeat(257)) }, "a description of 257 characters"],
        [{ encryption: { key: pulumi.output("alias/x") } }, "takes the whole ARN of a key"],
        [{ mutableTags: ["latest"] }, "says nothing where all tags are MUTABLE"],
        [{ policy: { pull: pulumi.output(["nobody"]) } }, "nobody"],
        [{ lifecycle: pulumi.output([]) }, "A lifecycle policy has at least one rule"],
    ] as [Partial<EcrPullThroughCacheArgs>, string][])("are checked, in Outputs too: %#", async (changes, sentence) => {
        await expect(record({ ...changes, upstreams: { k8s: {} } })).rejects.toThrow(sentence);
    });
});

describe("Mistakes in a cache", () => {
    it.each([
        [{ upstreams: {} }, "takes 1 to 50 pull-through cache rules"],
        [{ upstreams: { "docker-hub": {} } }, 'has no "credentials"'],
        [{ upstreams: { quay: { credentials: login } } }, "which AWS does not take for quay"],
        [{ upstreams: { "docker-hub": { credentials: { username: "", accessToken: "t" } } } }, "not empty"],
        [
            { upstreams: { quay: { prefix: "mirror" } }, catalog: cachedCatalog() },
            "is carried to mirror/hashicorp/vault",
        ],
        [{ registry: "nobody" }, 'The registry "nobody" is no registry of the catalogue'],
        [{ catalog: undefined, registry: "ecr" }, "pass the catalog too"],
        [{ catalog: undefined, prime: true }, "pass the catalog too"],
        [{ prime: { images: ["nobody"] } }, '"nobody" cannot be primed'],
        [{ prime: { onFailure: "never" } }, 'must be one of "warn", "fail", not "never"'],
        [
            { upstreams: { central: { upstream: "ecr", host: "222222222222.dkr.ecr.us-east-1.amazonaws.com" } } },
            'give it as "roleArn"',
        ],
    ] as unknown as [Partial<EcrPullThroughCacheArgs>, string][])(
        "end the program before anything is made: %#",
        async (changes, sentence) => {
            const graph = recordResources(() => {
                expect(() => new EcrPullThroughCache("cache", { ...usual, ...changes })).toThrow(sentence);
            });
            expect((await graph).ofType("PullThroughCacheRule")).toEqual([]);
        },
    );
});

describe("Priming by the component", () => {
    it("is a resource after the rules, with sources and cache of each image, and no secret", async () => {
        const graph = await record(
            { prime: true },
            {
                computed: ({ type }) =>
                    type.endsWith(":EcrPriming")
                        ? {
                              digests: { alpine: { "3.20": `sha256:${"a".repeat(64)}` } },
                              different: ["alpine:3.20: it has no linux/s390x"],
                              failed: ["vault:1.18 was not primed"],
                          }
                        : undefined,
            },
        );
        const priming = graph.resource("cache-priming");
        expect(priming).toMatchObject({ type: "pulumi-nodejs:dynamic/transship:EcrPriming", parent: COMPONENT });
        expect(priming.dependencies).toEqual([`${RULE}::cache-docker-hub`, `${RULE}::cache-k8s`]);
        expect(priming.inputs).toMatchObject({
            onFailure: "fail",
            catalog: {
                images: {
                    alpine: "mirror docker.io library/alpine 3.20,3.21 -> ecr docker-hub/library/alpine =",
                    pause: "mirror registry.k8s.io pause 3.10 -> ecr kubernetes/pause =",
                    vault: "mirror docker.io hashicorp/vault 1.18 -> ecr docker-hub/hashicorp/vault =",
                },
            },
        });
        expect(graph.outputs).toMatchObject({
            primed: { alpine: { "3.20": `${HOST}/docker-hub/library/alpine:3.20@sha256:${"a".repeat(64)}` } },
            findings: ["alpine:3.20: it has no linux/s390x", "vault:1.18 was not primed"],
        });
    });

    it("is of the images and platforms that are chosen", async () => {
        const graph = await record({ prime: { images: ["pause"], platforms: ["linux/arm64"], onFailure: "warn" } });
        expect(graph.resource("cache-priming").inputs).toMatchObject({
            onFailure: "warn",
            catalog: {
                images: {
                    pause: "mirror registry.k8s.io pause 3.10 -> ecr kubernetes/pause = | platforms=linux/arm64",
                },
            },
        });
    });

    it("is not there unless it is asked for", async () => {
        expect((await record({ prime: false })).ofType("EcrPriming")).toEqual([]);
    });
});
