import { ECRClient, GetRegistryPolicyCommand, PutRegistryPolicyCommand } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EcrError, type RegistryGrants, registryPolicy } from "../../core/ecr";
import { type AwsEmulator, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

const HOME = { account: "111111111111", region: "eu-west-1", partition: "aws" };
const HUB = "222222222222";
const OWN = {
    Sid: "Mine",
    Effect: "Deny",
    Principal: "*",
    Action: "ecr:DeleteRepository",
    Resource: "arn:aws:ecr:eu-west-1:111111111111:repository/*",
} as const;

describe("The policy of a registry", () => {
    // docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-examples.html
    it("lets accounts replicate hither, all repositories, and make those that are missing", () => {
        expect(registryPolicy({ replication: [{ accounts: [HUB, "333333333333", HUB] }] }, HOME)).toEqual({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "Replication1",
                    Effect: "Allow",
                    Principal: { AWS: [`arn:aws:iam::${HUB}:root`, "arn:aws:iam::333333333333:root"] },
                    Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
                    Resource: ["arn:aws:ecr:eu-west-1:111111111111:repository/*"],
                },
            ],
        });
    });

    it("lets them write some repositories only, which must be there", () => {
        const replication = [{ accounts: [HUB], prefixes: ["mirror/", "prod-"], createRepositories: false }];
        expect(registryPolicy({ replication }, HOME).Statement[0]).toMatchObject({
            Action: ["ecr:ReplicateImage"],
            Resource: [
                "arn:aws:ecr:eu-west-1:111111111111:repository/mirror/*",
                "arn:aws:ecr:eu-west-1:111111111111:repository/prod-*",
            ],
        });
    });

    // docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-pullthroughcache.html
    it("lets principals fill a pull-through cache", () => {
        const pullThrough = [{ principals: [HUB, "o-a1b2c3d4e5"], prefixes: ["docker-hub/"] }];
        const shared = {
            Effect: "Allow",
            Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
            Resource: ["arn:aws:ecr:eu-west-1:111111111111:repository/docker-hub/*"],
        };
        expect(registryPolicy({ pullThrough }, HOME).Statement).toEqual([
            { Sid: "PullThrough1", Principal: { AWS: [`arn:aws:iam::${HUB}:root`] }, ...shared },
            {
                Sid: "PullThrough1Organizations",
                Principal: { AWS: "*" },
                Condition: { StringEquals: { "aws:PrincipalOrgID": ["o-a1b2c3d4e5"] } },
                ...shared,
            },
        ]);
        const without = registryPolicy({ pullThrough: [{ principals: [HUB], createRepositories: false }] }, HOME);
        expect(without.Statement[0]?.Action).toEqual(["ecr:BatchImportUpstreamImage"]);
    });

    it("takes the partition of the registry, and the user's own statements last", () => {
        const china = { account: HOME.account, region: "cn-north-1", partition: "aws-cn" };
        const { Statement } = registryPolicy({ replication: [{ accounts: [HUB] }], statements: [OWN] }, china);
        expect(Statement[0]).toMatchObject({
            Principal: { AWS: [`arn:aws-cn:iam::${HUB}:root`] },
            Resource: ["arn:aws-cn:ecr:cn-north-1:111111111111:repository/*"],
        });
        expect(Statement[1]).toEqual(OWN);
    });

    it.each<[string, RegistryGrants, RegExp]>([
        ["nothing", {}, /^The policy of a registry would allow nothing/],
        ["an empty list", { replication: [] }, /^replication is an empty list/],
        [
            "a grant that is none",
            { replicate: [] } as never,
            /^The policy of a registry has no grant "replicate": one of/,
        ],
        ["no accounts", { replication: [{ accounts: [] }] }, /^replication\[0\]\.accounts is an empty list/],
        [
            "an account's number",
            { replication: [{ accounts: [1 as never] }] },
            /^replication\[0\]\.accounts\[0\] is the number 1: write an account in quotes/,
        ],
        [
            "everybody",
            { replication: [{ accounts: ["*"] }] },
            /^replication\[0\]\.accounts\[0\] is "\*", which is everybody/,
        ],
        [
            "its own account",
            { replication: [{ accounts: [HOME.account] }] },
            /^replication\[0\]\.accounts names 111111111111, which is the registry's own: between its regions an account replicates without a policy/,
        ],
        [
            "a prefix with a star",
            { replication: [{ accounts: [HUB], prefixes: ["mirror/*"] }] },
            /^replication\[0\]\.prefixes has "mirror\/\*", which begins no repository's name/,
        ],
        [
            "no prefixes",
            { replication: [{ accounts: [HUB], prefixes: [] }] },
            /^replication\[0\]\.prefixes is an empty list/,
        ],
        ["no principals", { pullThrough: [{ principals: [] }] }, /^pullThrough\[0\]\.principals is an empty list/],
        [
            "a statement without a resource",
            { statements: [{ Effect: "Deny", Principal: "*", Action: "ecr:*" }] },
            /statements\[0\] must have "Resource"/,
        ],
        [
            "a public statement",
            { statements: [{ ...OWN, Effect: "Allow" }] },
            /allows everybody with an account at AWS/,
        ],
        [
            "too many accounts",
            { replication: [{ accounts: Array.from({ length: 400 }, (_, index) => String(index).padStart(12, "0")) }] },
            /^The policy of a registry has \d+ characters, and ECR takes 10240/,
        ],
    ])("is refused with %s", (_what, grants, message) => {
        expect(() => registryPolicy(grants, HOME)).toThrow(EcrError);
        expect(() => registryPolicy(grants, HOME)).toThrow(message);
    });
});

// moto has the scope V1 without pull-through: it takes CreateRepository and ReplicateImage, and no other action.
describeWith(["moto_server"], "moto, which parses policies of registries,", (found) => {
    let moto: AwsEmulator;
    let client: ECRClient;
    const put = (policy: object) => client.send(new PutRegistryPolicyCommand({ policyText: JSON.stringify(policy) }));

    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
        client = new ECRClient(moto.client);
    });
    afterAll(async () => {
        client.destroy();
        await moto.close();
    });

    it("accepts that of replication, and gives it back", async () => {
        const replication = [
            { accounts: [HUB] },
            { accounts: ["333333333333"], prefixes: ["mirror/"], createRepositories: false },
        ];
        const policy = registryPolicy({ replication }, HOME);
        await put(policy);
        const { policyText } = await client.send(new GetRegistryPolicyCommand({}));
        expect(JSON.parse(policyText ?? "")).toEqual(policy);
    });

    it.each([
        ["a statement without a resource", { ...OWN, Action: "ecr:ReplicateImage", Resource: undefined }],
        ["an action of another service", { ...OWN, Action: "s3:GetObject" }],
        ["an effect that is none", { ...OWN, Action: "ecr:ReplicateImage", Effect: "Maybe" }],
    ])("refuses what is refused here too: %s", async (_what, statement) => {
        await expect(put({ Version: "2012-10-17", Statement: [statement] })).rejects.toThrow(/Invalid registry policy/);
        expect(() => registryPolicy({ statements: [statement as never] }, HOME)).toThrow(EcrError);
    });
});
