import { DescribeRegistryCommand, ECRClient, PutReplicationConfigurationCommand } from "@aws-sdk/client-ecr";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
    checkReplication,
    destinationHost,
    EcrError,
    isReplicated,
    overlappingPrefixes,
    type ReplicationRule,
    type ReplicationRuleDefinition,
    replicationRules,
} from "../../core/ecr";
import { type AwsEmulator, EMULATED_ACCOUNT, EMULATED_REGION, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

const HOME = { account: "111111111111", region: "eu-west-1", partition: "aws" };
const OTHER = "222222222222";
const AMERICA = { region: "us-east-1" };

const rule = (more: Partial<ReplicationRuleDefinition> = {}): ReplicationRuleDefinition => ({
    destinations: [AMERICA],
    prefixes: "all",
    ...more,
});
const far = (index: number) => ({ region: "us-east-1", account: String(index).padStart(12, "0") });
const fars = (count: number, from = 0) => Array.from({ length: count }, (_, index) => far(from + index));

describe("The rules of a replication", () => {
    it("are as ECR has them: the account is the source's where none is named, and prefixes are filters", () => {
        const destinations = [AMERICA, { region: "eu-west-1", account: OTHER }];
        expect(replicationRules([rule({ destinations, prefixes: ["mirror/", "prod"] }), rule()], HOME)).toEqual([
            {
                destinations: [
                    { region: "us-east-1", registryId: HOME.account },
                    { region: "eu-west-1", registryId: OTHER },
                ],
                repositoryFilters: [
                    { filter: "mirror/", filterType: "PREFIX_MATCH" },
                    { filter: "prod", filterType: "PREFIX_MATCH" },
                ],
            },
            { destinations: [{ region: "us-east-1", registryId: HOME.account }] },
        ]);
    });

    it("are taken up to ECR's limits", () => {
        const prefixes = Array.from({ length: 100 }, (_, index) => `team-${index}/`);
        const rules = Array.from({ length: 10 }, (_, index) =>
            rule({ destinations: fars(5, 5 * (index % 5)), prefixes }),
        );
        expect(replicationRules(rules, HOME)).toHaveLength(10);
    });

    it("count a destination once, in however many rules it is", () => {
        expect(
            replicationRules([rule({ destinations: fars(25) }), rule({ destinations: fars(25) })], HOME),
        ).toHaveLength(2);
    });

    it.each<[string, readonly ReplicationRuleDefinition[], RegExp]>([
        ["none", [], /^Replication has no rules: name its "destinations"\.$/],
        [
            "eleven",
            Array.from({ length: 11 }, () => rule()),
            /^Replication has 11 rules, and ECR takes 10 for a registry: join those/,
        ],
        [
            "26 destinations in all",
            [rule({ destinations: fars(20) }), rule({ destinations: fars(6, 20) })],
            /^Replication has 26 destinations in all its rules, and ECR takes 25/,
        ],
        ["no destination", [rule({ destinations: [] })], /^rules\[0\] has no destinations/],
        [
            "a destination twice",
            [rule({ destinations: [AMERICA, AMERICA] })],
            /^rules\[0\] has the destination us-east-1 of account \d+ twice/,
        ],
        [
            "a region that is none",
            [rule({ destinations: [{ region: "Frankfurt" }] })],
            /^rules\[0\]\.destinations\[0\] has the region "Frankfurt"/,
        ],
        [
            "an account's number",
            [rule({ destinations: [{ ...AMERICA, account: 22 as never }] })],
            /^rules\[0\]\.destinations\[0\]\.account is the number 22: write an account in quotes, "000000000022"/,
        ],
        [
            "an account's name",
            [rule({ destinations: [{ ...AMERICA, account: "acme" }] })],
            /\.account is "acme", which is no account \("111111111111"\)\.$/,
        ],
        [
            "101 prefixes",
            [rule({ prefixes: Array.from({ length: 101 }, (_, index) => `a${index}/`) })],
            /^rules\[0\] has 101 prefixes, and ECR takes 100/,
        ],
        [
            "an empty list of prefixes",
            [rule({ prefixes: [] })],
            /^rules\[0\] has an empty list of prefixes: write "all"/,
        ],
        ["a prefix twice", [rule({ prefixes: ["mirror/", "mirror/"] })], /^rules\[0\] has the prefix "mirror\/" twice/],
        [
            "a prefix with a star",
            [rule({ prefixes: ["mirror/*"] })],
            /^rules\[0\] has the prefix "mirror\/\*", which begins no repository's name .*; no "\*"/,
        ],
        [
            "a prefix of one character",
            [rule({ prefixes: ["a"] })],
            /^rules\[0\] has the prefix "a", and ECR takes 2 to 256 characters/,
        ],
        ["a prefix in capitals", [rule({ prefixes: ["Mirror/"] })], /which begins no repository's name/],
        [
            "a host of another region",
            [rule({ destinations: [{ ...AMERICA, host: "111111111111.dkr.ecr.us-west-2.amazonaws.com" }] })],
            /which is not that of us-east-1 of account \d+ \(\d+\.dkr\.ecr\.us-east-1\.amazonaws\.com\)\.$/,
        ],
    ])("are refused with %s, whether the source is known or not", (_what, rules, message) => {
        expect(() => replicationRules(rules, HOME)).toThrow(EcrError);
        expect(() => replicationRules(rules, HOME)).toThrow(message);
        expect(() => checkReplication(rules)).toThrow(message);
    });

    it("are refused to the registry itself", () => {
        for (const destination of [{ region: "eu-west-1" }, { region: "eu-west-1", account: HOME.account }]) {
            expect(() => replicationRules([rule({ destinations: [destination] })], HOME)).toThrow(
                "rules[0].destinations[0] is the registry itself (eu-west-1 of account 111111111111), and ECR replicates elsewhere only: leave it out.",
            );
        }
    });

    it("are refused between partitions", () => {
        expect(() => replicationRules([rule({ destinations: [{ region: "cn-north-1" }] })], HOME)).toThrow(
            /is in the partition aws-cn, and the registry in aws: ECR does not replicate between partitions/,
        );
        expect(() => checkReplication([rule({ destinations: [{ region: "cn-north-1" }] })])).not.toThrow();
    });

    it("are never more than ECR takes, whatever is asked", () => {
        const destination = fc.record({
            region: fc.constantFrom("us-east-1", "us-west-2", "eu-central-1"),
            account: fc.integer({ min: 0, max: 20 }).map((one) => String(one).padStart(12, "0")),
        });
        const any = fc.record({
            destinations: fc.array(destination, { maxLength: 12 }),
            prefixes: fc.array(fc.stringMatching(/^[a-z]{2,4}\/$/), { maxLength: 3 }),
        });
        fc.assert(
            fc.property(fc.array(any, { maxLength: 12 }), (rules) => {
                let made: ReplicationRule[];
                try {
                    made = replicationRules(rules, HOME);
                } catch (error) {
                    expect(error).toBeInstanceOf(EcrError);
                    return;
                }
                const places = made.flatMap((one) =>
                    one.destinations.map(({ region, registryId }) => region + registryId),
                );
                expect([made.length <= 10, new Set(places).size <= 25]).toEqual([true, true]);
                expect(made.every((one) => new Set(one.destinations.map(String)).size > 0)).toBe(true);
            }),
        );
    });
});

describe("A prefix", () => {
    it("covers names that begin so, also without a slash", () => {
        expect(
            ["prod/app", "production/app", "dev/app"].map((name) => isReplicated({ prefixes: ["prod"] }, name)),
        ).toEqual([true, true, false]);
        expect(isReplicated({ prefixes: "all" }, "anything")).toBe(true);
    });

    it("is told where a shorter one of its rule covers it", () => {
        expect(
            overlappingPrefixes([{ prefixes: ["mirror/", "mirror/apps/", "base/"] }, { prefixes: ["mirror/apps/"] }]),
        ).toEqual(['rules[0] has the prefix "mirror/apps/", which "mirror/" of the same rule covers already']);
        expect(overlappingPrefixes([{ prefixes: "all" }])).toEqual([]);
    });
});

it("A destination's host follows from account and region, unless it is given", () => {
    expect(destinationHost({ region: "cn-north-1" }, HOME)).toBe("111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn");
    expect(destinationHost({ ...AMERICA, account: OTHER }, HOME)).toBe("222222222222.dkr.ecr.us-east-1.amazonaws.com");
    expect(destinationHost({ ...AMERICA, host: "127.0.0.1:4566" }, HOME)).toBe("127.0.0.1:4566");
});

// moto takes one rule only ("This feature is disabled" for more), and looks at nothing but the registry itself.
describeWith(["moto_server"], "moto, which takes replication configurations,", (found) => {
    let moto: AwsEmulator;
    let client: ECRClient;
    const source = { account: EMULATED_ACCOUNT, region: EMULATED_REGION, partition: "aws" };
    const put = (rules: readonly ReplicationRule[]) =>
        client.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: rules as never } }));

    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
        client = new ECRClient(moto.client);
    });
    afterAll(async () => {
        client.destroy();
        await moto.close();
    });

    it.each([
        ["another region", rule()],
        [
            "another account, by prefixes",
            rule({ destinations: [{ region: EMULATED_REGION, account: OTHER }], prefixes: ["mirror/"] }),
        ],
    ])("accepts that to %s, and gives it back", async (_what, definition) => {
        const rules = replicationRules([definition], source);
        await put(rules);
        const { replicationConfiguration } = await client.send(new DescribeRegistryCommand({}));
        expect(replicationConfiguration?.rules).toEqual(rules);
    });

    it("refuses that to the registry itself, as we do", async () => {
        await expect(
            put([{ destinations: [{ region: EMULATED_REGION, registryId: EMULATED_ACCOUNT }] }]),
        ).rejects.toThrow(/destination cannot be the same as the source registry/);
        expect(() => replicationRules([rule({ destinations: [{ region: EMULATED_REGION }] })], source)).toThrow(
            EcrError,
        );
    });
});
