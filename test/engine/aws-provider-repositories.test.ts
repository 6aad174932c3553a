import {
    CreateRepositoryCommand,
    DeleteRepositoryPolicyCommand,
    DescribeRepositoriesCommand,
    ECRClient,
    GetLifecyclePolicyCommand,
    GetRepositoryPolicyCommand,
    PutImageTagMutabilityCommand,
} from "@aws-sdk/client-ecr";
import { defineCatalog, EcrRepositories, type EcrRepositoriesArgs } from "transship";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AwsEmulator, EMULATED_ACCOUNT, EMULATED_REGION, startMoto } from "../support/aws/emulator";
import { awsConfig, withPlugin } from "../support/aws/provider";
import { TestStack } from "../support/engine-stack";
import { describeWith, describeWithEngine } from "../support/require-program";

const VAULT = "mirror/hashicorp/vault";
const ETCD = "mirror/coreos/etcd";
const SAME = { same: expect.any(Number) };
const FULL: Partial<EcrRepositoriesArgs> = {
    mutability: "IMMUTABLE",
    mutableTags: ["1.18", "3"],
    lifecycle: [{ kind: "expire", untagged: true, afterDays: 14 }],
    policy: { pull: ["222222222222"], push: ["444444444444"], lambda: true },
    tags: { team: "images" },
};

// AWS's own plugin is in no package registry. What it makes of a document, or of a resource that is there, no mock tells.
describeWith(
    ["moto_server", "pulumi-resource-aws"],
    "repositories by AWS's own plugin",
    ({ moto_server: server, "pulumi-resource-aws": plugin }) => {
        describeWithEngine("on the real engine", (engine) => {
            let moto: AwsEmulator;
            let stack: TestStack;
            let args: Partial<EcrRepositoriesArgs> = {};
            let account = EMULATED_ACCOUNT;
            let region = EMULATED_REGION;

            const program = async () => {
                const host = `${account}.dkr.ecr.${region}.amazonaws.com/mirror`;
                const catalog = defineCatalog({
                    version: 1,
                    defaults: { targets: ["ecr"] },
                    registries: { ecr: { host, kind: "ecr", credentials: { from: "aws" } } },
                    images: {
                        vault: { source: "quay.io/hashicorp/vault", tags: ["1.18"] },
                        etcd: { source: "quay.io/coreos/etcd", tags: ["3"] },
                    },
                });
                return { repositories: new EcrRepositories("hub", { catalog, ...args }).repositories };
            };
            const ecr = (at = EMULATED_REGION) => new ECRClient({ ...moto.client, region: at });
            const there = async (at = EMULATED_REGION) => {
                const { repositories = [] } = await ecr(at).send(new DescribeRepositoriesCommand({}));
                return Object.fromEntries(repositories.map((one) => [one.repositoryName, one]));
            };
            const policyOf = async (repositoryName: string) => {
                const { policyText } = await ecr().send(new GetRepositoryPolicyCommand({ repositoryName }));
                return JSON.parse(policyText ?? "");
            };
            const rulesOf = async (repositoryName: string) => {
                const { lifecyclePolicyText } = await ecr().send(new GetLifecyclePolicyCommand({ repositoryName }));
                return JSON.parse(lifecyclePolicyText ?? "").rules;
            };

            beforeAll(async () => {
                moto = await startMoto(server);
                stack = await TestStack.open(engine, program, { config: awsConfig(moto), env: withPlugin(plugin) });
            });

            afterAll(() => moto.close());

            beforeEach(() => {
                args = FULL;
                account = EMULATED_ACCOUNT;
                region = EMULATED_REGION;
            });

            it("are not made at another account than the catalogue's, and a preview says so", async () => {
                account = "222222222222";
                for (const run of [await stack.preview(), await stack.up()]) {
                    expect(run.ok).toBe(false);
                    expect(run.text).toContain("but the credentials of the AWS provider are of account 123456789012");
                    expect(run.text).not.toContain("    at ");
                }
                expect(await there()).toEqual({});
            });

            it("are made by one up, and found as they are by the next preview, up and refresh", async () => {
                const run = await stack.up();
                expect(run.ok ? "" : run.text).toBe("");
                expect(run.outputs.repositories).toMatchObject({ [VAULT]: { name: VAULT }, [ETCD]: { name: ETCD } });
                expect((await there())[VAULT]).toMatchObject({
                    imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
                    imageScanningConfiguration: { scanOnPush: true },
                });
                expect((await stack.preview()).changes).toEqual(SAME);
                expect((await stack.up({ refresh: true })).changes).toEqual(SAME);
            });

            it("show what a hand changed after a refresh, and mend it", async () => {
                const before = await policyOf(ETCD);
                await ecr().send(
                    new PutImageTagMutabilityCommand({ repositoryName: VAULT, imageTagMutability: "MUTABLE" }),
                );
                await ecr().send(new DeleteRepositoryPolicyCommand({ repositoryName: ETCD }));
                const run = await stack.up({ refresh: true });
                expect(run.changes).toMatchObject({ create: 1, update: 1 });
                expect((await there())[VAULT]?.imageTagMutability).toBe("IMMUTABLE_WITH_EXCLUSION");
                expect(await policyOf(ETCD)).toEqual(before);
            });

            it("have a changed lifecycle policy, not none, and lose what is dropped", async () => {
                args = { ...FULL, lifecycle: [{ kind: "expire", untagged: true, afterDays: 30 }] };
                expect((await stack.up()).ok).toBe(true);
                expect(
                    (await rulesOf(VAULT)).map(
                        (rule: { selection: { countNumber: number } }) => rule.selection.countNumber,
                    ),
                ).toContain(30);
                args = { tags: { team: "images" } };
                expect((await stack.up()).ok).toBe(true);
                await expect(policyOf(VAULT)).rejects.toThrow("Repository policy does not exist");
                expect((await there())[VAULT]?.imageTagMutability).toBe("MUTABLE");
                expect((await stack.up({ refresh: true })).changes).toEqual(SAME);
            });

            it("are never replaced for another encryption", async () => {
                const before = (await there())[VAULT]?.createdAt;
                args = { encryption: "KMS" };
                const run = await stack.up();
                expect(run.ok).toBe(false);
                expect(run.text).toContain(`the repository ${VAULT} is encrypted by AES256, not by KMS`);
                expect((await there())[VAULT]?.createdAt).toEqual(before);
            });

            it("stay when the stack is destroyed, and are imported as they are by the next one", async () => {
                expect((await stack.destroy()).ok).toBe(true);
                expect(Object.keys(await there()).sort()).toEqual([ETCD, VAULT]);
                args = { ...FULL, import: true };
                const run = await stack.up();
                expect(run.ok ? "" : run.text).toBe("");
                expect(run.changes).toMatchObject({ import: 2 });
                expect((await there())[VAULT]?.imageTagMutability).toBe("MUTABLE");
                expect((await stack.up({ refresh: true })).changes).toEqual(SAME);
                args = FULL;
                expect((await stack.preview()).changes).toEqual({ ...SAME, update: 2 });
                expect((await stack.up()).ok).toBe(true);
                expect((await there())[VAULT]?.imageTagMutability).toBe("IMMUTABLE_WITH_EXCLUSION");
                expect((await stack.destroy()).ok).toBe(true);
            });

            it("that are adopted get policies only, and stay", async () => {
                args = { adopt: true, ...(FULL.policy === undefined ? {} : { policy: FULL.policy }) };
                const run = await stack.up();
                expect(run.ok ? "" : run.text).toBe("");
                expect((await policyOf(VAULT)).Statement).toHaveLength(3);
                expect((await stack.up({ refresh: true })).changes).toEqual(SAME);
                expect((await stack.destroy()).ok).toBe(true);
                expect(Object.keys(await there()).sort()).toEqual([ETCD, VAULT]);
            });

            it("are made at the host's region, whatever the provider's is, and deleted where that is said", async () => {
                region = "us-east-1";
                args = { ...FULL, import: [VAULT] };
                await ecr(region).send(new CreateRepositoryCommand({ repositoryName: VAULT }));
                expect((await stack.up()).changes).toMatchObject({ import: 1 });
                expect(Object.keys(await there(region)).sort()).toEqual([ETCD, VAULT]);
                args = { ...FULL, retainOnDelete: false, forceDelete: true };
                expect((await stack.up({ refresh: true })).ok).toBe(true);
                expect((await stack.destroy()).ok).toBe(true);
                expect(await there(region)).toEqual({});
            });
        });
    },
    { optionalInCi: true },
);
