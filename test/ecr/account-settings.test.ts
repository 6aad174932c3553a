import {
    BatchGetRepositoryScanningConfigurationCommand,
    CreateRepositoryCommand,
    ECRClient,
    GetRegistryScanningConfigurationCommand,
    PutRegistryScanningConfigurationCommand,
    type PutRegistryScanningConfigurationCommandInput,
} from "@aws-sdk/client-ecr";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
    type AccountSetting,
    basicScanType,
    blobMounting,
    EcrError,
    pullTimeExclusion,
    type RegistryScanning,
    registryPolicyScope,
    registryScanning,
} from "../../core/ecr";
import { takesAccountSetting, takesPullTimeExclusion, takesScanning } from "../support/aws/account-settings-schema";
import { type AwsEmulator, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

describe("A setting of an account", () => {
    it.each<[string, () => AccountSetting, AccountSetting]>([
        ["blob mounting on", () => blobMounting(true), { name: "BLOB_MOUNTING", value: "ENABLED" }],
        ["blob mounting off", () => blobMounting(false), { name: "BLOB_MOUNTING", value: "DISABLED" }],
        [
            "AWS's own basic scans",
            () => basicScanType("AWS_NATIVE"),
            { name: "BASIC_SCAN_TYPE_VERSION", value: "AWS_NATIVE" },
        ],
        ["the extended policy scope", () => registryPolicyScope("V2"), { name: "REGISTRY_POLICY_SCOPE", value: "V2" }],
    ])("for %s is one that AWS takes", (_what, build, setting) => {
        expect(build()).toEqual(setting);
        expect(takesAccountSetting(build()), JSON.stringify(takesAccountSetting.errors)).toBe(true);
    });

    it.each<[string, () => unknown, string, object]>([
        [
            "scans by CLAIR",
            () => basicScanType("CLAIR"),
            "AWS ended basic scanning by CLAIR on 2 February 2026",
            { name: "BASIC_SCAN_TYPE_VERSION", value: "CLAIR" },
        ],
        [
            "another scan type",
            () => basicScanType("TRIVY"),
            'basicScanType must be "AWS_NATIVE", not "TRIVY"',
            { name: "BASIC_SCAN_TYPE_VERSION", value: "TRIVY" },
        ],
        [
            "the old policy scope",
            () => registryPolicyScope("V1"),
            "would be open again",
            { name: "REGISTRY_POLICY_SCOPE", value: "V1" },
        ],
        [
            "another policy scope",
            () => registryPolicyScope("V3"),
            'registryPolicyScope must be "V2", not "V3"',
            { name: "REGISTRY_POLICY_SCOPE", value: "V3" },
        ],
        [
            "blob mounting in AWS's words",
            () => blobMounting("ENABLED" as never),
            'blobMounting must be true or false, not "ENABLED"',
            { name: "BLOB_MOUNTING", value: "true" },
        ],
    ])("refuses %s, as AWS would", (_what, build, sentence, raw) => {
        expect(build).toThrow(EcrError);
        expect(build).toThrow(sentence);
        expect(takesAccountSetting(raw)).toBe(false);
    });
});

describe("A principal whose pulls do not count", () => {
    it.each([
        "arn:aws:iam::111111111111:role/ci-check",
        "arn:aws:iam::111111111111:role/ci/mirror/check",
        "arn:aws-us-gov:iam::111111111111:user/scanner",
    ])("may be %s", (principalArn) => {
        expect(pullTimeExclusion(principalArn)).toBe(principalArn);
        expect(takesPullTimeExclusion({ principalArn })).toBe(true);
    });

    it.each([
        ["an account", "arn:aws:iam::111111111111:root", "give the ARN of a role or a user"],
        [
            "a session",
            "arn:aws:sts::111111111111:assumed-role/ci-check/run",
            "here arn:aws:iam::111111111111:role/ci-check.",
        ],
        ["every role", "arn:aws:iam::111111111111:role/*", "give the ARN of a role or a user"],
        ["a name", "ci-check", "give the ARN of a role or a user"],
        ["too long an ARN", `arn:aws:iam::111111111111:role/${"a".repeat(170)}`, "at most 200 characters"],
    ])("may not be %s", (_what, principalArn, sentence) => {
        expect(() => pullTimeExclusion(principalArn)).toThrow(EcrError);
        expect(() => pullTimeExclusion(principalArn)).toThrow(sentence);
        expect(takesPullTimeExclusion({ principalArn })).toBe(false);
    });
});

const rule = (frequency: string, ...filters: string[]) => ({ frequency, filters }) as never;

describe("Scanning of a registry", () => {
    it("is what AWS has, filter by filter", () => {
        expect(
            registryScanning({
                type: "ENHANCED",
                rules: [
                    { frequency: "SCAN_ON_PUSH", filters: ["*"] },
                    { frequency: "CONTINUOUS_SCAN", filters: ["prod", "mirror/*"] },
                ],
            }),
        ).toEqual({
            scanType: "ENHANCED",
            rules: [
                { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] },
                {
                    scanFrequency: "CONTINUOUS_SCAN",
                    repositoryFilters: [
                        { filter: "prod", filterType: "WILDCARD" },
                        { filter: "mirror/*", filterType: "WILDCARD" },
                    ],
                },
            ],
        });
        expect(registryScanning({ type: "BASIC" })).toEqual({ scanType: "BASIC", rules: [] });
        expect(takesScanning(registryScanning({ type: "BASIC", rules: [rule("SCAN_ON_PUSH", "a/*")] }))).toBe(true);
    });

    it.each<[string, RegistryScanning, string]>([
        ["a type that is none", { type: "FULL" as never }, 'must be "BASIC" or "ENHANCED", not "FULL"'],
        [
            "continuous scans without Inspector",
            { type: "BASIC", rules: [rule("CONTINUOUS_SCAN", "*")] },
            'the type BASIC has no frequency "CONTINUOUS_SCAN": give SCAN_ON_PUSH',
        ],
        [
            "scans by hand, which is what no rule is",
            { type: "ENHANCED", rules: [rule("MANUAL", "*")] },
            "give SCAN_ON_PUSH or CONTINUOUS_SCAN",
        ],
        [
            "two rules of one frequency",
            { type: "ENHANCED", rules: [rule("SCAN_ON_PUSH", "a"), rule("SCAN_ON_PUSH", "b")] },
            "put all filters into one rule",
        ],
        ["a rule without filters", { type: "BASIC", rules: [rule("SCAN_ON_PUSH")] }, "has 0 filters"],
        [
            "too many filters",
            { type: "BASIC", rules: [rule("SCAN_ON_PUSH", ...Array.from({ length: 101 }, (_, n) => `a${n}`))] },
            "has 101 filters: give 1 to 100",
        ],
        ["a filter twice", { type: "BASIC", rules: [rule("SCAN_ON_PUSH", "a", "a")] }, "once is enough"],
        ["upper case", { type: "BASIC", rules: [rule("SCAN_ON_PUSH", "Prod")] }, 'The filter "Prod" must be part'],
        ["too long a filter", { type: "BASIC", rules: [rule("SCAN_ON_PUSH", "a".repeat(256))] }, "at most 255"],
    ])("refuses %s", (_what, scanning, sentence) => {
        expect(() => registryScanning(scanning)).toThrow(EcrError);
        expect(() => registryScanning(scanning)).toThrow(sentence);
    });

    const filters = (...names: string[]) => names.map((filter) => ({ filter, filterType: "WILDCARD" }));
    const onPush = (...names: string[]) => ({ scanFrequency: "SCAN_ON_PUSH", repositoryFilters: filters(...names) });
    it.each([
        ["a type that is none", { scanType: "FULL", rules: [] }],
        [
            "continuous scans without Inspector",
            { scanType: "BASIC", rules: [{ ...onPush("*"), scanFrequency: "CONTINUOUS_SCAN" }] },
        ],
        ["three rules", { scanType: "ENHANCED", rules: [onPush("a"), onPush("b"), onPush("c")] }],
        ["too many filters", { scanType: "BASIC", rules: [onPush(...Array.from({ length: 101 }, (_, n) => `a${n}`))] }],
        ["upper case", { scanType: "BASIC", rules: [onPush("Prod")] }],
        ["too long a filter", { scanType: "BASIC", rules: [onPush("a".repeat(256))] }],
    ])("would be refused by AWS with %s", (_what, configuration) => {
        expect(takesScanning(configuration)).toBe(false);
    });

    it("takes the filters that AWS's own pattern takes, and no others", () => {
        const pattern = /^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$/;
        const filter = fc.string({
            minLength: 1,
            maxLength: 8,
            unit: fc.constantFrom("a", "0", "*", ".", "-", "_", "/", "A"),
        });
        fc.assert(
            fc.property(filter, (one) => {
                const build = () => registryScanning({ type: "BASIC", rules: [rule("SCAN_ON_PUSH", one)] });
                if (pattern.test(one)) {
                    expect(takesScanning(build())).toBe(true);
                    expect(build().rules[0]?.repositoryFilters).toEqual([{ filter: one, filterType: "WILDCARD" }]);
                } else {
                    expect(build).toThrow(EcrError);
                }
            }),
            { numRuns: 500 },
        );
    });

    it("tells a bad filter of the greatest length at once", () => {
        const started = performance.now();
        expect(() =>
            registryScanning({ type: "BASIC", rules: [rule("SCAN_ON_PUSH", `${"a".repeat(254)}!`)] }),
        ).toThrow();
        expect(performance.now() - started).toBeLessThan(1000);
    });
});

describeWith(["moto_server"], "The emulated registry", (found) => {
    let moto: AwsEmulator;
    let client: ECRClient;
    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
        client = new ECRClient(moto.client);
    });
    afterAll(async () => {
        client?.destroy();
        await moto?.close();
    });
    const put = (configuration: unknown) =>
        client.send(
            new PutRegistryScanningConfigurationCommand(configuration as PutRegistryScanningConfigurationCommandInput),
        );

    it.each<RegistryScanning>([
        { type: "BASIC" },
        { type: "BASIC", rules: [rule("SCAN_ON_PUSH", "*")] },
        { type: "ENHANCED", rules: [rule("SCAN_ON_PUSH", "*"), rule("CONTINUOUS_SCAN", "prod/*")] },
    ])("takes the scanning configuration of $type, and has it", async (scanning) => {
        const configuration = registryScanning(scanning);
        await put(configuration);
        const { scanningConfiguration } = await client.send(new GetRegistryScanningConfigurationCommand({}));
        expect(scanningConfiguration).toEqual(configuration);
    });

    it("scans by it what its filters name", async () => {
        const names = ["mirror/app", "prod/app", "tools"];
        for (const repositoryName of names) {
            await client.send(new CreateRepositoryCommand({ repositoryName }));
        }
        await put(
            registryScanning({
                type: "ENHANCED",
                rules: [rule("SCAN_ON_PUSH", "mirror/*"), rule("CONTINUOUS_SCAN", "prod/*")],
            }),
        );
        const { scanningConfigurations } = await client.send(
            new BatchGetRepositoryScanningConfigurationCommand({ repositoryNames: names }),
        );
        const frequency = scanningConfigurations?.map((one) => [one.repositoryName, one.scanFrequency]);
        expect(Object.fromEntries(frequency ?? [])).toEqual({
            "mirror/app": "SCAN_ON_PUSH",
            "prod/app": "CONTINUOUS_SCAN",
            tools: "MANUAL",
        });
    });
});
