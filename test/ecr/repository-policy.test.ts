import {
    CreateRepositoryCommand,
    ECRClient,
    GetRepositoryPolicyCommand,
    SetRepositoryPolicyCommand,
} from "@aws-sdk/client-ecr";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EcrError, type RepositoryPrincipals, repositoryPolicy } from "../../core/ecr";
import { type AwsEmulator, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

const HOME = { account: "111111111111", region: "eu-west-1", partition: "aws" };
const CHINA = { account: "111111111111", region: "cn-north-1", partition: "aws-cn" };
const OTHER = "012345678901";
const ROLE = "arn:aws:iam::222222222222:role/ci/deploy";
const ORGANIZATION = "o-a1b2c3d4e5";
const UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*";
const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const LAMBDA = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

const GOOD: readonly (readonly [string, RepositoryPrincipals])[] = [
    ["accounts and roles", { pull: [OTHER, ROLE] }],
    ["an organisation and a unit of it", { read: [ORGANIZATION, UNIT] }],
    ["services", { pull: ["codebuild.amazonaws.com"] }],
    ["every right", { pull: [OTHER], read: [OTHER], push: [OTHER], pullThrough: [OTHER], full: [OTHER] }],
    ["Lambda", { lambda: [OTHER, ORGANIZATION, UNIT, "arn:aws:lambda:eu-west-1:333333333333:function:app-*"] }],
    ["a statement of one's own", { statements: [{ Effect: "Deny", Principal: "*", Action: "ecr:DeleteRepository" }] }],
];

describe("The policy of a repository", () => {
    it("lets accounts, roles, organisations, units and services pull, each as AWS names it", () => {
        const pull = [OTHER, ROLE, ORGANIZATION, UNIT, "codebuild.amazonaws.com", OTHER];
        expect(repositoryPolicy({ pull }, HOME)).toEqual({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "Pull",
                    Effect: "Allow",
                    Principal: { AWS: [`arn:aws:iam::${OTHER}:root`, ROLE] },
                    Action: PULL,
                },
                {
                    Sid: "PullOrganizations",
                    Effect: "Allow",
                    Principal: { AWS: "*" },
                    Condition: { StringEquals: { "aws:PrincipalOrgID": [ORGANIZATION] } },
                    Action: PULL,
                },
                {
                    Sid: "PullOrganizationPaths",
                    Effect: "Allow",
                    Principal: { AWS: "*" },
                    Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": [UNIT] } },
                    Action: PULL,
                },
                {
                    Sid: "PullService1",
                    Effect: "Allow",
                    Principal: { Service: "codebuild.amazonaws.com" },
                    Condition: { StringEquals: { "aws:SourceAccount": [HOME.account] } },
                    Action: PULL,
                },
            ],
        });
    });

    // AmazonEC2ContainerRegistryPullOnly and …ReadOnly, userguide/image-push-iam.html, userguide/pull-through-cache-iam.html
    it.each([
        ["pull", "Pull", PULL],
        [
            "read",
            "Read",
            [
                ...PULL,
                "ecr:DescribeImageScanFindings",
                "ecr:DescribeImages",
                "ecr:DescribeRepositories",
                "ecr:GetLifecyclePolicy",
                "ecr:GetLifecyclePolicyPreview",
                "ecr:GetRepositoryPolicy",
                "ecr:ListImages",
                "ecr:ListTagsForResource",
            ],
        ],
        [
            "push",
            "Push",
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
        ],
        ["pullThrough", "PullThrough", ["ecr:BatchImportUpstreamImage", "ecr:TagResource"]],
        ["full", "Full", ["ecr:*"]],
    ])("allows with %s these actions and no other", (right, Sid, Action) => {
        expect(repositoryPolicy({ [right]: [ROLE] }, HOME).Statement).toEqual([
            { Sid, Effect: "Allow", Principal: { AWS: [ROLE] }, Action },
        ]);
    });

    it("lets Lambda read for the registry's own account alone, where nobody is named", () => {
        expect(repositoryPolicy({ lambda: true }, HOME).Statement).toEqual([
            {
                Sid: "Lambda",
                Effect: "Allow",
                Principal: { Service: "lambda.amazonaws.com" },
                Action: LAMBDA,
                Condition: { StringLike: { "aws:sourceArn": ["arn:aws:lambda:eu-west-1:111111111111:function:*"] } },
            },
        ]);
    });

    it("lets Lambda of other accounts read, and those who make the functions there", () => {
        const one = "arn:aws:lambda:eu-west-1:333333333333:function:app-*";
        const { Statement } = repositoryPolicy({ lambda: [OTHER, one, HOME.account, ORGANIZATION, UNIT] }, HOME);
        expect(Statement.map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition])).toEqual([
            [
                "Lambda",
                { Service: "lambda.amazonaws.com" },
                {
                    StringLike: {
                        "aws:sourceArn": [
                            `arn:aws:lambda:eu-west-1:${OTHER}:function:*`,
                            one,
                            "arn:aws:lambda:eu-west-1:111111111111:function:*",
                        ],
                    },
                },
            ],
            [
                "LambdaOrganizations",
                { Service: "lambda.amazonaws.com" },
                { StringEquals: { "aws:SourceOrgID": [ORGANIZATION] } },
            ],
            [
                "LambdaOrganizationPaths",
                { Service: "lambda.amazonaws.com" },
                { "ForAnyValue:StringLike": { "aws:SourceOrgPaths": [UNIT] } },
            ],
            ["LambdaMakers", { AWS: [`arn:aws:iam::${OTHER}:root`, "arn:aws:iam::333333333333:root"] }, undefined],
            ["LambdaMakersOrganizations", { AWS: "*" }, { StringEquals: { "aws:PrincipalOrgID": [ORGANIZATION] } }],
            [
                "LambdaMakersOrganizationPaths",
                { AWS: "*" },
                { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": [UNIT] } },
            ],
        ]);
        expect(Statement.every(({ Action }) => JSON.stringify(Action) === JSON.stringify(LAMBDA))).toBe(true);
    });

    it("lets a service read on behalf of the accounts and resources that are named, and nobody else's", () => {
        const sourceArns = ["arn:aws:codebuild:eu-west-1:222222222222:project/*"];
        const given = { service: "codebuild.amazonaws.com", accounts: ["222222222222"], sourceArns };
        expect(repositoryPolicy({ pull: [given] }).Statement[0]?.Condition).toEqual({
            StringEquals: { "aws:SourceAccount": ["222222222222"] },
            StringLike: { "aws:SourceArn": sourceArns },
        });
    });

    it("takes the partition of the registry", () => {
        const { Statement } = repositoryPolicy({ pull: [OTHER], lambda: true }, CHINA);
        expect(Statement[0]?.Principal).toEqual({ AWS: [`arn:aws-cn:iam::${OTHER}:root`] });
        expect(Statement[1]?.Condition).toEqual({
            StringLike: { "aws:sourceArn": ["arn:aws-cn:lambda:cn-north-1:111111111111:function:*"] },
        });
    });

    it("has the user's own statements last, as they were written", () => {
        const own = {
            Sid: "Mine",
            Effect: "Allow",
            Principal: "*",
            Action: "ecr:BatchGetImage",
            Condition: { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } },
        } as const;
        expect(repositoryPolicy({ pull: [OTHER], statements: [own] }, HOME).Statement[1]).toEqual(own);
    });

    it("allows nothing to anybody unnamed: whatever is asked, each statement names ARNs or has a condition", () => {
        const account = fc.stringMatching(/^\d{12}$/);
        const organization = fc.stringMatching(/^o-[a-z0-9]{10,32}$/);
        const role = account.map((one) => `arn:aws:iam::${one}:role/app`);
        const some = fc.array(fc.oneof(account, organization, role, fc.constant("codebuild.amazonaws.com")), {
            minLength: 1,
            maxLength: 8,
        });
        const lambda = fc.array(fc.oneof(account, organization), { minLength: 1, maxLength: 8 });
        fc.assert(
            fc.property(fc.record({ pull: some, push: some, lambda }), (principals) => {
                for (const { Principal, Condition } of repositoryPolicy(principals, HOME).Statement) {
                    const { AWS, Service } = Principal as Record<string, unknown>;
                    expect(Condition !== undefined || Array.isArray(AWS)).toBe(true);
                    expect(Service === undefined || Condition !== undefined).toBe(true);
                    expect(JSON.stringify(AWS ?? "").includes('"*"')).toBe(AWS === "*");
                }
            }),
            { numRuns: 200 },
        );
    });
});

// moto parses the grammar of IAM and the prefixes of actions; it knows no principal, and looks at none.
describeWith(["moto_server"], "moto, which parses policies of repositories,", (found) => {
    let moto: AwsEmulator;
    let client: ECRClient;
    const repositoryName = "mirror/app";
    const set = (policyText: string) => client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));

    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
        client = new ECRClient(moto.client);
        await client.send(new CreateRepositoryCommand({ repositoryName }));
    });
    afterAll(async () => {
        client.destroy();
        await moto.close();
    });

    it.each(GOOD)("accepts that with %s, and gives it back", async (_what, principals) => {
        const policy = repositoryPolicy(principals, HOME);
        await set(JSON.stringify(policy));
        const { policyText } = await client.send(new GetRepositoryPolicyCommand({ repositoryName }));
        expect(JSON.parse(policyText ?? "")).toEqual(policy);
    });

    it.each([
        ["a key that none has", { Effect: "Deny", Principal: "*", Action: "ecr:*", Principals: "*" }],
        ["no effect", { Principal: "*", Action: "ecr:*" }],
        ["no action", { Effect: "Deny", Principal: "*" }],
        ["an action without a service", { Effect: "Deny", Principal: "*", Action: "BatchGetImage" }],
    ])("refuses what is refused here too: %s", async (_what, statement) => {
        const policyText = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
        await expect(set(policyText)).rejects.toThrow(/Invalid repository policy provided/);
        expect(() => repositoryPolicy({ statements: [statement as never] }, HOME)).toThrow(EcrError);
    });
});
