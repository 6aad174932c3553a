import * as pulumi from "@pulumi/pulumi";
import { defineCatalog, EcrReplication, type EcrReplicationArgs } from "transship";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { expandCatalog } from "../../../core/catalog";
import { type Recorded, type RecordOptions, recordResources } from "../../support/mocks";

const HOME = "111111111111";
const OTHER = "222222222222";
const COMPONENT = "transship:ecr:EcrReplication::spokes";
const CONFIGURATION = "aws:ecr/replicationConfiguration:ReplicationConfiguration";

function catalogAt(host = `${HOME}.dkr.ecr.eu-west-1.amazonaws.com/mirror`, more: object = {}) {
    return defineCatalog({
        version: 1,
        registries: { ecr: { host, kind: "ecr", credentials: { from: "aws", profile: "hub" }, ...more } },
        defaults: { targets: ["ecr"] },
        images: {
            vault: { source: "docker.io/hashicorp/vault", tags: ["1.18"] },
            alpine: { source: "docker.io/library/alpine", tags: ["3"], wave: 1 },
        },
    } as never);
}

function replicate(
    changes: Partial<EcrReplicationArgs> = {},
    options?: RecordOptions,
    opts?: pulumi.ComponentResourceOptions,
): Promise<Recorded> {
    return recordResources(() => {
        const made = new EcrReplication(
            "spokes",
            { catalog: catalogAt(), destinations: [{ region: "us-east-1" }], ...changes },
            opts,
        );
        return { destinations: made.destinations, refs: made.refs, lock: made.lock };
    }, options);
}

const rulesOf = (recorded: Recorded) =>
    (recorded.resource("spokes-configuration").inputs as { replicationConfiguration: { rules: unknown } })
        .replicationConfiguration.rules;

let warn: MockInstance<typeof pulumi.log.warn>;
beforeEach(() => {
    warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
});
afterEach(() => vi.restoreAllMocks());

describe("EcrReplication", () => {
    it("makes one configuration, in the registry's region, for what is below the registry's path", async () => {
        const recorded = await replicate();
        expect(recorded.resources).toEqual([
            {
                type: CONFIGURATION,
                name: "spokes-configuration",
                parent: COMPONENT,
                inputs: {
                    region: "eu-west-1",
                    replicationConfiguration: {
                        rules: [
                            {
                                destinations: [{ region: "us-east-1", registryId: HOME }],
                                repositoryFilters: [{ filter: "mirror/", filterType: "PREFIX_MATCH" }],
                            },
                        ],
                    },
                },
            },
            { type: "transship:ecr:EcrReplication", name: "spokes" },
        ]);
        expect(recorded.outputs).toEqual({ destinations: [`${HOME}.dkr.ecr.us-east-1.amazonaws.com`] });
        expect(warn).not.toHaveBeenCalled();
    });

    it("replicates the whole registry where its host has no path, and where it is told to", async () => {
        const whole = [{ destinations: [{ region: "us-east-1", registryId: HOME }] }];
        expect(rulesOf(await replicate({ catalog: catalogAt(`${HOME}.dkr.ecr.eu-west-1.amazonaws.com`) }))).toEqual(
            whole,
        );
        expect(rulesOf(await replicate({ prefixes: "all" }))).toEqual(whole);
    });

    it("has several rules, each with what is said beside them where it says nothing", async () => {
        const recorded = await replicate({
            prefixes: ["mirror/"],
            rules: [{}, { destinations: [{ region: "us-west-2", account: OTHER }] }, { prefixes: ["mirror/library/"] }],
        });
        const near = [{ region: "us-east-1", registryId: HOME }];
        const all = [{ filter: "mirror/", filterType: "PREFIX_MATCH" }];
        expect(rulesOf(recorded)).toEqual([
            { destinations: near, repositoryFilters: all },
            { destinations: [{ region: "us-west-2", registryId: OTHER }], repositoryFilters: all },
            { destinations: near, repositoryFilters: [{ filter: "mirror/library/", filterType: "PREFIX_MATCH" }] },
        ]);
        expect(recorded.outputs).toEqual({
            destinations: [`${HOME}.dkr.ecr.us-east-1.amazonaws.com`, `${OTHER}.dkr.ecr.us-west-2.amazonaws.com`],
        });
    });

    it("takes outputs for whatever does not decide what is made", async () => {
        const recorded = await replicate({
            destinations: [{ region: pulumi.output("us-east-1"), account: pulumi.secret(OTHER) }],
            prefixes: pulumi.output([pulumi.output("mirror/")]),
        });
        expect(recorded.resource("spokes-configuration").inputs).toMatchObject({ region: "eu-west-1" });
        const plain = await replicate({
            destinations: [{ region: pulumi.output("us-east-1") }],
            prefixes: pulumi.output("all" as const),
        });
        expect(rulesOf(plain)).toEqual([{ destinations: [{ region: "us-east-1", registryId: HOME }] }]);
    });

    it("waits for what a preview does not know", async () => {
        const unknown = (): pulumi.Output<string> => pulumi.output(pulumi.unknown as unknown as string);
        const recorded = await replicate(
            { destinations: [{ region: "us-east-1", account: unknown() }] },
            { preview: true },
        );
        expect(recorded.ofType("ReplicationConfiguration")).toHaveLength(1);
        expect(JSON.stringify(recorded.resource("spokes-configuration").inputs)).not.toContain(HOME);
    });

    it("asks the provider where the host is an emulator's", async () => {
        const recorded = await replicate({ catalog: catalogAt("127.0.0.1:4566/mirror") });
        expect(recorded.resource("spokes-configuration").inputs).not.toHaveProperty("region");
        expect(rulesOf(recorded)).toMatchObject([{ destinations: [{ region: "us-east-1", registryId: HOME }] }]);
        await expect(
            replicate({ catalog: catalogAt("127.0.0.1:4566/mirror"), destinations: [{ region: "eu-west-1" }] }),
        ).rejects.toThrow(/is the registry itself \(eu-west-1 of account 111111111111\)/);
    });

    it("is refused where the provider's account is not the host's", async () => {
        const call = ({ token }: pulumi.runtime.MockCallArgs) =>
            token.endsWith("getCallerIdentity") ? { accountId: OTHER } : undefined;
        await expect(replicate({}, { call })).rejects.toThrow(
            /of account 111111111111, but .* are of account 222222222222/,
        );
    });

    it.each<[string, Partial<EcrReplicationArgs>, RegExp]>([
        ["no destinations", { destinations: undefined }, /is missing: name where to, as \[\{ region: "us-east-1" \}\]/],
        [
            "a rule without destinations",
            { destinations: undefined, rules: [{ prefixes: ["mirror/"] }] },
            /is missing: name where to/,
        ],
        ["itself", { destinations: [{ region: "eu-west-1" }] }, /is the registry itself/],
        ["eleven rules", { rules: Array.from({ length: 11 }, () => ({})) }, /has 11 rules, and ECR takes 10/],
        [
            "a registry that is none",
            { registry: "ghcr" },
            /The registry "ghcr" is no registry of the catalogue: name one of ecr/,
        ],
        ["a prefix with a star", { prefixes: ["mirror/*"] }, /which begins no repository's name/],
        [
            "an output in a backfill",
            { backfill: true, destinations: [{ region: pulumi.output("us-east-1") }] },
            /give regions, accounts and prefixes as plain values/,
        ],
        ["a mistake in an output", { destinations: [{ region: pulumi.output("Ohio") }] }, /has the region "Ohio"/],
    ])("is refused with %s", async (_what, changes, message) => {
        await expect(replicate(changes)).rejects.toThrow(message);
    });

    it("is one for a registry: a second in the program is refused", async () => {
        const twice = recordResources(() => {
            const args = { catalog: catalogAt(), destinations: [{ region: "us-east-1" }] };
            new EcrReplication("spokes", args);
            new EcrReplication("more", args);
        });
        await expect(twice).rejects.toThrow(/is one for the whole registry .*, and spokes sets it already/);
    });
});

describe("EcrReplication warns", () => {
    it("of images that no rule covers, each by its repository", async () => {
        await replicate({ prefixes: ["mirror/hashicorp/"] });
        expect(warn.mock.calls.map(([line]) => line)).toEqual([
            "No rule replicates alpine (mirror/alpine): give a rule a prefix of it, or leave it where it is.",
        ]);
    });

    it("of a prefix that another of its rule covers, once, also where it is an output", async () => {
        await replicate({ prefixes: pulumi.output(["mirror/", "mirror/hashicorp/"]) });
        expect(warn.mock.calls.map(([line]) => line)).toEqual([
            'rules[0] has the prefix "mirror/hashicorp/", which "mirror/" of the same rule covers already: leave it out.',
        ]);
    });
});

describe("EcrReplication with a backfill", () => {
    const destinations = [
        { region: "us-east-1" },
        { region: "eu-west-1", account: OTHER, roleArn: `arn:aws:iam::${OTHER}:role/push` },
    ];

    it("carries by a fleet of the source's copies, wave by wave, after the configuration", async () => {
        const recorded = await replicate({ destinations, backfill: true });
        const fleet = recorded.resource("spokes-backfill");
        expect(fleet).toMatchObject({ type: "transship:images:ImageFleet", parent: COMPONENT });
        const first = recorded.resource("spokes-backfill-wave-0");
        expect(first.dependencies ?? fleet.dependencies).toContain(`${CONFIGURATION}::spokes-configuration`);
        const { catalog } = first.inputs as unknown as { catalog: Parameters<typeof expandCatalog>[0] };
        const { images, registries } = expandCatalog(catalog);
        expect(images.vault).toMatchObject({
            source: { registry: "ecr", repository: "mirror/hashicorp/vault" },
            targets: [
                { registry: "us-east-1", repository: "mirror/hashicorp/vault" },
                { registry: "222222222222-eu-west-1", repository: "mirror/hashicorp/vault" },
            ],
        });
        expect(registries["222222222222-eu-west-1"]?.credentials?.push).toEqual({
            from: "aws",
            profile: "hub",
            region: "eu-west-1",
            roleArn: `arn:aws:iam::${OTHER}:role/push`,
        });
        expect(recorded.resource("spokes-backfill-wave-1").parent).toBe("transship:images:ImageFleet::spokes-backfill");
    });

    it("says by its outputs what it proved", async () => {
        const { outputs } = (await replicate({ backfill: true })) as unknown as {
            outputs: Record<string, Record<string, Record<string, Record<string, string>>>>;
        };
        expect(outputs.refs?.vault?.["1.18"]?.["us-east-1"]).toMatch(
            /^111111111111\.dkr\.ecr\.us-east-1\.amazonaws\.com\/mirror\/hashicorp\/vault:1\.18@sha256:[0-9a-f]{64}$/,
        );
        expect(Object.keys(outputs.lock ?? {})).toEqual(["alpine", "vault"]);
    });

    it("hands the fleet its options", async () => {
        const recorded = await replicate({
            backfill: { onDrift: "warn", onUnknown: "fail", depth: "blobs", onForeignDigest: "overwrite" },
        });
        expect(recorded.resource("spokes-backfill-wave-0").inputs).toMatchObject({
            onDrift: "warn",
            onUnknown: "fail",
            depth: "blobs",
            catalog: { onForeignDigest: "overwrite", upstream: "follow" },
        });
    });

    it("rejects its outputs where the provider is of another account, instead of never saying", async () => {
        const told: string[] = [];
        const call = ({ token }: pulumi.runtime.MockCallArgs) =>
            token.endsWith("getCallerIdentity") ? { accountId: OTHER } : undefined;
        const program = () => {
            const { refs, lock } = new EcrReplication("spokes", { catalog: catalogAt(), destinations, backfill: true });
            for (const output of [refs, lock]) {
                (output as unknown as { promise(): Promise<unknown> })
                    .promise()
                    .catch((error) => told.push(error.message));
            }
        };
        await expect(recordResources(program, { call })).rejects.toThrow(/are of account 222222222222/);
        expect(told).toEqual(Array(2).fill(expect.stringMatching(/are of account 222222222222/)));
    });

    it("makes no fleet where it is not asked for", async () => {
        expect((await replicate({ backfill: false })).ofType("ImageFleet")).toEqual([]);
    });

    it("needs the hosts of an emulator's destinations", async () => {
        const catalog = catalogAt("127.0.0.1:4566/mirror");
        await expect(replicate({ catalog, backfill: true })).rejects.toThrow(
            /the host 127\.0\.0\.1:4566 tells no account, so the destination us-east-1 needs its "account" or its "host"/,
        );
        const given = [{ region: "us-east-1", host: "127.0.0.1:4567" }];
        expect((await replicate({ catalog, backfill: true, destinations: given })).outputs).toMatchObject({
            destinations: ["127.0.0.1:4567"],
        });
    });
});
