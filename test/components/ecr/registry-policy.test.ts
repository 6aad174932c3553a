import * as pulumi from "@pulumi/pulumi";
import { defineCatalog, EcrRegistryPolicy, type EcrRegistryPolicyArgs } from "transship";
import { describe, expect, it } from "vitest";
import { registryPolicy } from "../../../core/ecr";
import { type Recorded, type RecordOptions, recordResources } from "../../support/mocks";

const HOME = "111111111111";
const HUB = "222222222222";
const PLACE = { account: HOME, region: "eu-west-1", partition: "aws" };
const replication = [{ accounts: [HUB], prefixes: ["mirror/"] }];

function allow(args: EcrRegistryPolicyArgs = { replication }, options?: RecordOptions): Promise<Recorded> {
    return recordResources(
        () => {
            const { policy, registryId } = new EcrRegistryPolicy("spoke", args);
            return { policy, registryId };
        },
        {
            computed: ({ type }) => (type.endsWith("RegistryPolicy") ? { registryId: HOME } : undefined),
            ...options,
        },
    );
}

const policyOf = (recorded: Recorded) =>
    JSON.parse((recorded.resource("spoke-policy").inputs as { policy: string }).policy);

function catalogAt(account: string) {
    return defineCatalog({
        version: 1,
        registries: { ecr: { host: `${account}.dkr.ecr.us-west-2.amazonaws.com/mirror`, kind: "ecr" } },
        images: { app: { source: "quay.io/acme/app", tags: ["1"], targets: ["ecr"] } },
    });
}

describe("EcrRegistryPolicy", () => {
    it("puts one policy where the provider is", async () => {
        const recorded = await allow();
        expect(recorded.resources).toEqual([
            {
                type: "aws:ecr/registryPolicy:RegistryPolicy",
                name: "spoke-policy",
                parent: "transship:ecr:EcrRegistryPolicy::spoke",
                inputs: { policy: expect.any(String) },
            },
            { type: "transship:ecr:EcrRegistryPolicy", name: "spoke" },
        ]);
        expect(policyOf(recorded)).toEqual(registryPolicy({ replication }, PLACE));
        expect(recorded.outputs).toEqual({ policy: JSON.stringify(policyOf(recorded)), registryId: HOME });
    });

    it("puts it into a region that is named, and into the catalogue's registry", async () => {
        const named = await allow({ replication, account: HOME, region: pulumi.output("us-east-1") });
        expect(named.resource("spoke-policy").inputs).toMatchObject({ region: "us-east-1" });
        expect(policyOf(named)).toEqual(registryPolicy({ replication }, { ...PLACE, region: "us-east-1" }));
        const known = await allow({ replication, catalog: catalogAt(HOME), registry: "ecr" });
        expect(known.resource("spoke-policy").inputs).toMatchObject({ region: "us-west-2" });
        expect(policyOf(known)).toEqual(registryPolicy({ replication }, { ...PLACE, region: "us-west-2" }));
    });

    it("takes outputs in every grant", async () => {
        const pullThrough = [{ principals: [HUB], prefixes: ["docker-hub/"], createRepositories: false }];
        const statements = [{ Effect: "Deny", Principal: "*", Action: "ecr:DeleteRepository", Resource: "*" }] as const;
        const recorded = await allow({
            replication: [
                {
                    accounts: pulumi.output([HUB]),
                    prefixes: [pulumi.output("mirror/")],
                    createRepositories: pulumi.output(true),
                },
            ],
            pullThrough: pulumi.output([
                { principals: [HUB], prefixes: ["docker-hub/"], createRepositories: pulumi.output(false) },
            ]),
            statements: [pulumi.output(statements[0])],
        });
        expect(policyOf(recorded)).toEqual(registryPolicy({ replication, pullThrough, statements }, PLACE));
    });

    it("waits for what a preview does not know", async () => {
        const unknown = pulumi.output(pulumi.unknown as unknown as string);
        const recorded = await allow({ replication: [{ accounts: [unknown] }] }, { preview: true });
        expect(JSON.stringify(recorded.resource("spoke-policy").inputs)).not.toContain("Statement");
    });

    it.each<[string, EcrRegistryPolicyArgs, RegExp]>([
        ["nothing", {}, /would allow nothing/],
        [
            "its own account, which needs none",
            { replication: [{ accounts: [HOME] }] },
            /names 111111111111, which is the registry's own/,
        ],
        [
            "a mistake in an output",
            { replication: [{ accounts: [pulumi.output("22")] }] },
            /accounts\[0\] is "22", of 2 digits/,
        ],
        [
            "a provider of another account",
            { replication, account: "333333333333" },
            /registry of account 333333333333, but the credentials of the AWS provider are of account 111111111111/,
        ],
        [
            "a provider of another account than the catalogue's",
            { replication, catalog: catalogAt("333333333333") },
            /of account 333333333333, but/,
        ],
        [
            "an account that is none",
            { replication, account: 333 as never },
            /must be twelve digits, as a text, not 333/,
        ],
        [
            "a region that is none",
            { replication, region: "Ireland" },
            /must be a region such as "eu-west-1", not "Ireland"/,
        ],
        [
            "a region beside a catalogue",
            { replication, catalog: catalogAt(HOME), region: "us-west-2" },
            /the catalogue's registry says it/,
        ],
        [
            "a registry without its catalogue",
            { replication, registry: "ecr" },
            /is a name in a catalogue: give the catalogue too/,
        ],
    ])("is refused with %s", async (_what, args, message) => {
        await expect(allow(args)).rejects.toThrow(message);
    });

    it("rejects its outputs where it is refused late, instead of never saying", async () => {
        const told: string[] = [];
        const program = () => {
            const { registryId } = new EcrRegistryPolicy("spoke", { replication, account: "333333333333" });
            (registryId as unknown as { promise(): Promise<unknown> })
                .promise()
                .catch((error) => told.push(error.message));
        };
        await expect(recordResources(program)).rejects.toThrow(/are of account 111111111111/);
        expect(told).toEqual([expect.stringMatching(/the policy is for the registry of account 333333333333, but /)]);
    });

    it("is one for a registry: a second in the program is refused, and one of another region is not", async () => {
        const two = (region: string) =>
            recordResources(() => {
                new EcrRegistryPolicy("spoke", { replication });
                new EcrRegistryPolicy("more", { replication, region });
            });
        await expect(two("eu-west-1")).rejects.toThrow(
            /is one for the whole registry 111111111111\.dkr\.ecr\.eu-west-1\.amazonaws\.com, and \w+ sets it already/,
        );
        expect((await two("us-east-1")).ofType("RegistryPolicy")).toHaveLength(2);
    });
});
