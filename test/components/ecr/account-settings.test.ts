import * as pulumi from "@pulumi/pulumi";
import { defineCatalog, EcrAccess, EcrAccountSettings, type EcrAccountSettingsArgs } from "transship";
import { describe, expect, it } from "vitest";
import { takesAccountSetting, takesPullTimeExclusion, takesScanning } from "../../support/aws/account-settings-schema";
import { type RecordOptions, recordResources } from "../../support/mocks";

const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const catalog = defineCatalog({
    version: 1,
    registries: {
        ecr: { host: `${HOST}/mirror`, kind: "ecr" },
        west: { host: "111111111111.dkr.ecr.us-west-2.amazonaws.com", kind: "ecr" },
        tools: { host: `${HOST}/tools`, kind: "ecr" },
        open: { host: "public.ecr.aws/a1b2c3d4", kind: "ecr-public" },
    },
    images: { app: { source: "docker.io/acme/app", targets: ["ecr"], tags: ["1"] } },
});
const ROLE = "arn:aws:iam::111111111111:role/ci-check";
const ALL: Omit<EcrAccountSettingsArgs, "catalog"> = {
    blobMounting: true,
    basicScanType: "AWS_NATIVE",
    registryPolicyScope: "V2",
    scanning: { type: "ENHANCED", rules: [{ frequency: "CONTINUOUS_SCAN", filters: ["mirror/*"] }] },
    pullTimeExclusions: { check: ROLE, scanner: "arn:aws:iam::111111111111:user/scanner" },
};

const record = (args: Partial<EcrAccountSettingsArgs>, options: RecordOptions = {}) =>
    recordResources(() => {
        const { host } = new EcrAccountSettings("settings", { catalog, registry: "ecr", ...args });
        return { host };
    }, options);
type Graph = Awaited<ReturnType<typeof record>>;
const made = (graph: Graph) =>
    Object.fromEntries(graph.resources.filter(({ type }) => type.startsWith("aws:")).map((one) => [one.name, one]));
const inputsOf = (graph: Graph, name: string) => graph.resource(name).inputs as Record<string, unknown>;

const SCANNING = {
    scanType: "ENHANCED",
    rules: [
        {
            scanFrequency: "CONTINUOUS_SCAN",
            repositoryFilters: [{ filter: "mirror/*", filterType: "WILDCARD" }],
        },
    ],
};

describe("EcrAccountSettings", () => {
    it("makes a resource of each setting, in the registry's region, below the component", async () => {
        const graph = await record(ALL);
        const resources = made(graph);
        expect(
            Object.fromEntries(Object.entries(resources).map(([name, { type, inputs }]) => [name, [type, inputs]])),
        ).toEqual({
            "settings-blob-mounting": [
                "aws:ecr/accountSetting:AccountSetting",
                { name: "BLOB_MOUNTING", value: "ENABLED", region: "eu-west-1" },
            ],
            "settings-basic-scan-type": [
                "aws:ecr/accountSetting:AccountSetting",
                { name: "BASIC_SCAN_TYPE_VERSION", value: "AWS_NATIVE", region: "eu-west-1" },
            ],
            "settings-registry-policy-scope": [
                "aws:ecr/accountSetting:AccountSetting",
                { name: "REGISTRY_POLICY_SCOPE", value: "V2", region: "eu-west-1" },
            ],
            "settings-scanning": [
                "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
                { ...SCANNING, region: "eu-west-1" },
            ],
            "settings-exclusion-check": [
                "aws:ecr/pullTimeUpdateExclusion:PullTimeUpdateExclusion",
                { principalArn: ROLE, region: "eu-west-1" },
            ],
            "settings-exclusion-scanner": [
                "aws:ecr/pullTimeUpdateExclusion:PullTimeUpdateExclusion",
                { principalArn: "arn:aws:iam::111111111111:user/scanner", region: "eu-west-1" },
            ],
        });
        expect(new Set(Object.values(resources).map(({ parent }) => parent))).toEqual(
            new Set(["transship:ecr:EcrAccountSettings::settings"]),
        );
        expect(graph.outputs).toEqual({ host: HOST });
        for (const { inputs, type } of Object.values(resources)) {
            const { region, ...sent } = inputs as Record<string, unknown>;
            const takes = type.includes("AccountSetting")
                ? takesAccountSetting
                : type.includes("Scanning")
                  ? takesScanning
                  : takesPullTimeExclusion;
            expect(takes(sent), JSON.stringify(takes.errors)).toBe(true);
        }
    });

    it.each<[string, Partial<EcrAccountSettingsArgs>, string[]]>([
        ["blob mounting", { blobMounting: false }, ["settings-blob-mounting"]],
        ["the scan type", { basicScanType: "AWS_NATIVE" }, ["settings-basic-scan-type"]],
        ["the policy scope", { registryPolicyScope: "V2" }, ["settings-registry-policy-scope"]],
        ["scanning", { scanning: { type: "BASIC" } }, ["settings-scanning"]],
        ["an exclusion", { pullTimeExclusions: { check: ROLE } }, ["settings-exclusion-check"]],
    ])("leaves alone whatever is not given: only %s", async (_what, args, names) => {
        expect(Object.keys(made(await record(args)))).toEqual(names);
    });

    it("switches blob mounting off", async () => {
        expect(inputsOf(await record({ blobMounting: false }), "settings-blob-mounting").value).toBe("DISABLED");
    });

    it("takes everything as an Output, with the same result", async () => {
        const out = pulumi.output;
        const given = await record({
            blobMounting: out(true),
            basicScanType: out("AWS_NATIVE" as const),
            registryPolicyScope: out("V2" as const),
            scanning: {
                type: out("ENHANCED" as const),
                rules: out([out({ frequency: out("CONTINUOUS_SCAN" as const), filters: out([out("mirror/*")]) })]),
            },
            pullTimeExclusions: { check: out(ROLE), scanner: out("arn:aws:iam::111111111111:user/scanner") },
        });
        const plain = await record(ALL);
        for (const [name, { inputs }] of Object.entries(made(plain))) {
            expect(inputsOf(given, name), name).toEqual(inputs);
        }
    });

    it("says nothing false in a preview, where an argument is unknown", async () => {
        const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<never>;
        const graph = await record(
            {
                blobMounting: unknown,
                scanning: { type: "BASIC", rules: unknown },
                pullTimeExclusions: { check: unknown },
            },
            { preview: true },
        );
        expect(inputsOf(graph, "settings-blob-mounting")).toEqual({
            name: "BLOB_MOUNTING",
            value: "[computed]",
            region: "eu-west-1",
        });
        expect(inputsOf(graph, "settings-scanning").rules).toBe("[computed]");
        expect(inputsOf(graph, "settings-exclusion-check").principalArn).toBe("[computed]");
    });

    it("leaves the checking role's pulls uncounted, by EcrAccess' output", async () => {
        const graph = await recordResources(() => {
            const runs = [{ repository: "acme/app", branches: ["main"] }];
            const { roleArns } = new EcrAccess("ci", {
                catalog,
                registry: "ecr",
                roles: { check: { rights: ["check"], runs } },
            });
            const check = roleArns.apply((arns) => arns.check);
            new EcrAccountSettings("settings", { catalog, registry: "ecr", pullTimeExclusions: { check } });
        });
        expect(inputsOf(graph, "settings-exclusion-check").principalArn).toBe(ROLE);
    });

    it("sets nothing in an account that the credentials are not of", async () => {
        const call = ({ token }: { token: string }) =>
            token.includes("getCallerIdentity") ? { accountId: "222222222222" } : undefined;
        await expect(record({ blobMounting: true }, { call })).rejects.toThrow(
            "credentials of the AWS provider are of account 222222222222",
        );
    });

    describe("of one registry are one", () => {
        const two = (first: Partial<EcrAccountSettingsArgs>, second: Partial<EcrAccountSettingsArgs>) =>
            recordResources(() => {
                new EcrAccountSettings("a", { catalog, registry: "ecr", ...first });
                new EcrAccountSettings("b", { catalog, registry: "ecr", ...second });
            });

        it.each<[string, Partial<EcrAccountSettingsArgs>]>([
            ["blobMounting", { blobMounting: true }],
            ["scanning", { scanning: { type: "BASIC" } }],
            ["pullTimeExclusions.x", { pullTimeExclusions: { x: ROLE } }],
        ])("so a second component with %s is refused", async (propertyPath, args) => {
            await expect(two(args, args)).rejects.toThrow(expect.objectContaining({ propertyPath }));
            await expect(two(args, args)).rejects.toThrow(
                `for the whole registry ${HOST}, and a sets it already: set it in one of the two`,
            );
        });

        it("also by another name of the catalogue for the same account and region", async () => {
            await expect(two({ blobMounting: true }, { registry: "tools", blobMounting: true })).rejects.toThrow(HOST);
        });

        it("but other settings, another region and another program have their own", async () => {
            await two({ blobMounting: true }, { scanning: { type: "BASIC" } });
            await two({ blobMounting: true }, { registry: "west", blobMounting: true });
            await record({ blobMounting: true });
        });
    });

    it.each<[string, Partial<EcrAccountSettingsArgs>, string]>([
        ["nothing to set", {}, "or another setting is missing"],
        ["ECR Public", { registry: "open", blobMounting: true }, "is of kind ecr-public"],
        ["a choice of registries that is not made", { registry: undefined, blobMounting: true }, "several registries"],
        ["CLAIR", { basicScanType: "CLAIR" as never }, "AWS ended basic scanning by CLAIR"],
        ["the old policy scope", { registryPolicyScope: "V1" as never }, "would be open again"],
        ["a word for blob mounting", { blobMounting: "yes" as never }, "blobMounting must be true or false"],
        [
            "continuous scans without Inspector",
            { scanning: { type: "BASIC", rules: [{ frequency: "CONTINUOUS_SCAN", filters: ["*"] }] } },
            "has no frequency",
        ],
        [
            "an account's pulls",
            { pullTimeExclusions: { x: "arn:aws:iam::111111111111:root" } },
            "cannot be left uncounted",
        ],
        [
            "too many exclusions",
            { pullTimeExclusions: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`r${n}`, `${ROLE}${n}`])) },
            "are 101, and AWS takes 100",
        ],
    ])("refuses %s", async (_what, args, sentence) => {
        await expect(record(args)).rejects.toThrow(sentence);
    });

    it("tells a mistake in a plain argument at once, with where it is", () => {
        const args = { catalog, registry: "ecr", basicScanType: "CLAIR" as never };
        expect(() => new EcrAccountSettings("settings", args)).toThrow(
            expect.objectContaining({ propertyPath: "basicScanType" }),
        );
    });
});
