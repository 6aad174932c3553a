import { CreateRepositoryCommand, ECRClient, PutLifecyclePolicyCommand } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
    CACHE_LIFECYCLE,
    type CreationTemplateWish,
    creationTemplate,
    type LifecycleDocumentRule,
    lifecyclePolicy,
    needsTemplateRole,
    TEMPLATE_ROLE_TRUST,
    templateRolePolicy,
    UNTAGGED_LIFECYCLE,
} from "../../core/ecr";
import { templateProblems, templateRequest } from "../support/aws/ecr-requests";
import { type AwsEmulator, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

const ROLE = "arn:aws:iam::111111111111:role/templates";
const PLACE = { account: "111111111111", region: "eu-west-1", partition: "aws" };
const KEY = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555";

function wishOf(changes: Partial<CreationTemplateWish> = {}): CreationTemplateWish {
    return { prefix: "docker-hub", appliedFor: ["PULL_THROUGH_CACHE"], hasRole: true, ...changes };
}

/** What AWS would refuse of it, when it goes out as the provider sends it. */
function problemsOf(wish: CreationTemplateWish): string[] {
    const request = templateRequest({ ...creationTemplate(wish, PLACE) });
    return templateProblems({ ...request, ...(needsTemplateRole(wish) ? { customRoleArn: ROLE } : {}) });
}

describe("A creation template", () => {
    it("is in the provider's words, with the encryption written out", () => {
        const made = creationTemplate(
            wishOf({
                description: "what is cached",
                encryption: { key: KEY },
                mutability: "IMMUTABLE",
                mutableTags: ["latest"],
                lifecycle: [{ kind: "expire", untagged: true, afterDays: 7 }],
                policy: { pull: ["222222222222"], lambda: true },
                tags: { team: "images" },
            }),
            PLACE,
        );
        expect(made).toEqual({
            prefix: "docker-hub",
            appliedFors: ["PULL_THROUGH_CACHE"],
            description: "what is cached",
            encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: KEY }],
            imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters: [
                { filter: "latest", filterType: "WILDCARD" },
                { filter: "sha256-*", filterType: "WILDCARD" },
            ],
            lifecyclePolicy: expect.any(String),
            repositoryPolicy: expect.any(String),
            resourceTags: { team: "images" },
        });
        expect(JSON.parse(made.lifecyclePolicy ?? "").rules.at(-1)).toMatchObject({
            selection: { tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 7 },
        });
        expect(JSON.parse(made.repositoryPolicy ?? "").Statement).toMatchObject([
            { Sid: "Pull", Principal: { AWS: ["arn:aws:iam::222222222222:root"] } },
            { Condition: { StringLike: { "aws:sourceArn": ["arn:aws:lambda:eu-west-1:111111111111:function:*"] } } },
        ]);
    });

    it("has a lifecycle where none is said: a cache's own, for all else one that takes nothing with a tag", () => {
        const rules = (changes: Partial<CreationTemplateWish>) =>
            JSON.parse(creationTemplate(wishOf(changes), PLACE).lifecyclePolicy ?? "{}").rules;
        expect(rules({})).toEqual(lifecyclePolicy(CACHE_LIFECYCLE).rules);
        expect(rules({ appliedFor: ["REPLICATION"] })).toEqual(lifecyclePolicy(UNTAGGED_LIFECYCLE).rules);
        expect(rules({ appliedFor: ["REPLICATION", "PULL_THROUGH_CACHE"] })).toEqual(
            rules({ appliedFor: ["REPLICATION"] }),
        );
        expect(rules({ lifecycle: false })).toBeUndefined();
    });

    it.each([
        {},
        { prefix: "ROOT" },
        { prefix: "m", appliedFor: ["REPLICATION"] },
        { prefix: "mirror/team", appliedFor: ["REPLICATION", "CREATE_ON_PUSH", "PULL_THROUGH_CACHE"] },
        { encryption: "KMS" },
        { encryption: { type: "KMS_DSSE", key: KEY } },
        { immutableTags: ["v*", "*-*"] },
        { mutability: "IMMUTABLE" },
        { mutability: "IMMUTABLE", signaturesMutable: false },
        { policy: { push: ["o-a1b2c3d4e5"] } },
        { tags: { team: "" }, description: "d".repeat(256) },
        { lifecycle: CACHE_LIFECYCLE },
    ] as Partial<CreationTemplateWish>[])("is what AWS takes: %j", (changes) => {
        expect(problemsOf(wishOf(changes))).toEqual([]);
    });

    it.each([
        [{ prefix: "Docker" }, '"Docker" is no prefix'],
        [{ prefix: "d" }, "a prefix has 2 to 30 characters there"],
        [{ prefix: "", appliedFor: ["REPLICATION"] }, "a prefix has 1 to 256 characters there"],
        [
            { appliedFor: [] },
            "must be for one or more of PULL_THROUGH_CACHE, REPLICATION, CREATE_ON_PUSH, each once, not nothing",
        ],
        [{ appliedFor: ["PUSH"] }, 'not "PUSH"'],
        [{ appliedFor: ["REPLICATION", "REPLICATION"] }, "each once"],
        [{ description: "d".repeat(257) }, "a description of 257 characters, and AWS takes 256"],
        [{ encryption: "AES" }, '"encryption" is "AES256", "KMS", "KMS_DSSE" or { key }, not "AES"'],
        [{ encryption: { key: "alias/mine" } }, "takes the whole ARN of a key"],
        [{ encryption: { key: KEY.replace("eu-west-1", "us-east-1") } }, "ECR takes keys of its region"],
        [{ encryption: "KMS", hasRole: false }, "has tags or a key of KMS, for which ECR takes a role"],
        [{ tags: { team: "x" }, hasRole: false }, "has tags or a key of KMS, for which ECR takes a role"],
        [{ tags: { "aws:team": "x" } }, "aws: is AWS's own"],
        [{ tags: { ["k".repeat(129)]: "x" } }, "a key has 1 to 128 characters"],
        [{ tags: { team: "v".repeat(257) } }, "a value at most 256"],
        [
            { tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ""])) },
            "has 51 tags, and AWS takes 50",
        ],
        [{ mutability: "FIXED" }, '"mutability" is "MUTABLE" or "IMMUTABLE", not "FIXED"'],
        [{ mutableTags: ["latest"] }, '"mutableTags" says nothing where all tags are MUTABLE'],
        [{ lifecycle: [] }, "A lifecycle policy has at least one rule"],
        [{ policy: { pull: ["nobody"] } }, "nobody"],
    ] as unknown as [Partial<CreationTemplateWish>, string][])(
        "is refused in one sentence: %j",
        (changes, sentence) => {
            expect(() => creationTemplate(wishOf(changes), PLACE)).toThrow(
                expect.objectContaining({ code: "ECR_ARGUMENT", message: expect.stringContaining(sentence) }),
            );
        },
    );
});

describe("The schema of CreateRepositoryCreationTemplate", () => {
    const good = { prefix: "hub", appliedFor: ["PULL_THROUGH_CACHE"] };

    it.each([
        [{ prefix: "hub" }],
        [{ ...good, appliedFor: [] }],
        [{ ...good, appliedFor: ["PUSH"] }],
        [{ ...good, prefix: "Hub" }],
        [{ ...good, encryptionConfiguration: { encryptionType: "KMS" } }],
        [{ ...good, encryptionConfiguration: { encryptionType: "AES256", kmsKey: KEY } }],
        [{ ...good, customRoleArn: ROLE, encryptionConfiguration: { encryptionType: "KMS", kmsKey: "alias/mine" } }],
        [{ ...good, resourceTags: [{ Key: "team", Value: "x" }] }],
        [{ ...good, customRoleArn: ROLE, resourceTags: [{ Key: "aws:team", Value: "x" }] }],
        [{ ...good, imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" }],
        [{ ...good, imageTagMutabilityExclusionFilters: [{ filter: "latest", filterType: "WILDCARD" }] }],
        [{ ...good, lifecyclePolicy: { rules: [] } }],
        [{ ...good, appliedFors: ["REPLICATION"] }],
    ])("refuses %j", (request) => {
        expect(templateProblems(request)).not.toEqual([]);
    });
});

describe("The role that templates make repositories with", () => {
    it("is assumed by ECR alone", () => {
        expect(TEMPLATE_ROLE_TRUST.Statement).toEqual([
            { Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]);
    });

    it("may make and tag repositories below the prefixes, and no others", () => {
        const { Statement } = templateRolePolicy(
            [
                { prefix: "quay", replicates: false },
                { prefix: "docker-hub", replicates: false },
            ],
            PLACE,
        );
        expect(Statement).toEqual([
            {
                Sid: "MakeRepositories",
                Effect: "Allow",
                Action: ["ecr:CreateRepository", "ecr:TagResource"],
                Resource: [
                    "arn:aws:ecr:eu-west-1:111111111111:repository/docker-hub/*",
                    "arn:aws:ecr:eu-west-1:111111111111:repository/quay/*",
                ],
            },
        ]);
    });

    it("may replicate where the template is for that, and use the keys that are named", () => {
        const { Statement } = templateRolePolicy(
            [
                { prefix: "ROOT", replicates: true, encryption: { key: KEY } },
                { prefix: "quay", replicates: false, encryption: "AES256" },
            ],
            PLACE,
        );
        expect(Statement).toMatchObject([
            {
                Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
                Resource: [
                    "arn:aws:ecr:eu-west-1:111111111111:repository/*",
                    "arn:aws:ecr:eu-west-1:111111111111:repository/quay/*",
                ],
            },
            { Action: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"], Resource: [KEY] },
        ]);
    });

    it("may use any key of the place where AWS's own is meant", () => {
        const policy = templateRolePolicy([{ prefix: "hub", replicates: false, encryption: "KMS" }], {
            account: "111111111111",
            region: "cn-north-1",
            partition: "aws-cn",
        });
        expect(policy.Statement[1]).toMatchObject({ Resource: ["arn:aws-cn:kms:cn-north-1:111111111111:key/*"] });
    });
});

describeWith(["moto_server"], "The lifecycle policies of templates", (found) => {
    let moto: AwsEmulator;
    let client: ECRClient;

    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
        client = new ECRClient(moto.client);
        await client.send(new CreateRepositoryCommand({ repositoryName: "docker-hub/app" }));
    });

    afterAll(async () => {
        client.destroy();
        await moto.close();
    });

    const put = (policy: object) =>
        client.send(
            new PutLifecyclePolicyCommand({
                repositoryName: "docker-hub/app",
                lifecyclePolicyText: JSON.stringify(policy),
            }),
        );

    it.each([
        ["a cache", CACHE_LIFECYCLE],
        ["replication and a first push", UNTAGGED_LIFECYCLE],
    ])("are taken for %s", async (_name, policy) => {
        expect((await put(lifecyclePolicy(policy))).repositoryName).toBe("docker-hub/app");
    });

    it("are read: one whose rule counts by nothing is refused", async () => {
        const rule = lifecyclePolicy(UNTAGGED_LIFECYCLE).rules[0] as LifecycleDocumentRule;
        const { countType: _, ...selection } = rule.selection;
        await expect(put({ rules: [{ ...rule, selection }] })).rejects.toThrow();
    });
});
