import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { AwsTokens, type ClientEnvironment, type CredentialSource } from "../../../core/registry";
import { CredentialStore } from "../../../core/registry/credentials/store";
import { EcrListing } from "../../../core/registry/digest-listing/ecr";
import { endpointOf } from "../../../core/registry/endpoint";
import type { Transport } from "../../../core/registry/http/transport";
import { resolveEnvironment } from "../../../core/registry/settings";
import { type AwsApiRecorder, type AwsCallSeen, recordAwsApi, tokenAnswer } from "../../support/aws/api-recorder";
import { awsVariables } from "../../support/aws/aws-variables";
import { type AwsEmulator, EMULATED_ACCOUNT, startMoto } from "../../support/aws/emulator";
import { temporaryFolder } from "../../support/embedded";
import { describeWith } from "../../support/require-program";

const HOUR = 3_600_000;
const EU = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const roleIn = (account: string) => `arn:aws:iam::${account}:role/mirror`;

/** moto's token names the account of who asked for it, so that it shows by whom. */
const passwordOf = (account: string) => `${account}-auth-token`;

describeWith(["moto_server"], "By the real SDK and moto, credentials from AWS", ({ moto_server }) => {
    let moto: AwsEmulator;
    let api: AwsApiRecorder;
    let tokens: AwsTokens;

    beforeAll(async () => {
        moto = await startMoto(moto_server);
        // moto has no API of ECR Public, and what it says of images is not asked here.
        const answers = (call: AwsCallSeen) =>
            call.service === "ecr-public"
                ? tokenAnswer(call, "public", Date.now() + 12 * HOUR)
                : call.operation === "DescribeImages"
                  ? { status: 200, body: '{"imageDetails":[]}' }
                  : undefined;
        api = await recordAwsApi(answers, moto.url);
    });
    afterAll(async () => {
        await api.close();
        await moto.close();
    });
    beforeEach(() => {
        api.calls.length = 0;
        tokens = new AwsTokens();
        awsVariables({ ...moto.env, AWS_ENDPOINT_URL: api.url });
    });

    function store(host: string, source: CredentialSource, more: ClientEnvironment = {}): CredentialStore {
        return new CredentialStore(endpointOf(host), source, resolveEnvironment({ awsTokens: tokens, ...more }));
    }
    async function passwordAt(host: string, source: CredentialSource): Promise<string | undefined> {
        return (await store(host, source).get()).credential?.password;
    }
    /** Files as `aws configure` writes them, in place of variables with keys. */
    async function files(config: string, credentials = ""): Promise<string> {
        const folder = await temporaryFolder();
        writeFileSync(join(folder, "config"), config);
        writeFileSync(join(folder, "credentials"), credentials);
        awsVariables({
            AWS_ENDPOINT_URL: api.url,
            AWS_CONFIG_FILE: join(folder, "config"),
            AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
        });
        return folder;
    }

    it("are the variables' keys, in the region of the host", async () => {
        const found = await store(EU, { from: "aws" }).get();
        expect(found).toMatchObject({
            credential: { username: "AWS", password: passwordOf(EMULATED_ACCOUNT) },
            description: "AWS",
        });
        expect(api.list()).toEqual(["ecr:GetAuthorizationToken@eu-west-1"]);
        // moto's token ended in 2015: what is over at its birth tells of a wrong clock, and is taken for twelve hours.
        expect(found.expiresAt).toBeGreaterThan(Date.now() + 11 * HOUR);
    });

    it("are asked for once by 64 requests, and by all pools of a process", async () => {
        const one = store(EU, { from: "aws" });
        await Promise.all(Array.from({ length: 64 }, () => one.get()));
        await Promise.all(Array.from({ length: 64 }, () => store(EU, { from: "aws" }).get()));
        expect(api.list()).toEqual(["ecr:GetAuthorizationToken@eu-west-1"]);
    });

    it("of two accounts in three regions are each role's own: one call for a role in a region, one role for its life", async () => {
        const regions = ["eu-west-1", "us-east-1", "ap-southeast-2"];
        const found: (string | undefined)[] = [];
        for (const account of ["111111111111", "222222222222"]) {
            for (const region of regions) {
                const source = { from: "aws", roleArn: roleIn(account) } as const;
                const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
                // Three registries of the account and region: names below one host, its IPv6 name, its FIPS name.
                const names = [host, `${account}.dkr-ecr.${region}.on.aws`, host.replace(".ecr.", ".ecr-fips.")];
                const passwords = await Promise.all(names.map((name) => passwordAt(name, source)));
                found.push(...new Set(passwords));
            }
        }
        expect(found).toEqual([
            ...regions.map(() => passwordOf("111111111111")),
            ...regions.map(() => passwordOf("222222222222")),
        ]);
        const tokensAsked = api.list().filter((call) => call.startsWith("ecr:"));
        expect(tokensAsked).toEqual([...regions, ...regions].map((region) => `ecr:GetAuthorizationToken@${region}`));
        // By the SDK a role is of the client's region: one for each account and region, asked for by our own keys.
        const roles = api.calls.filter(({ operation }) => operation === "AssumeRole");
        expect(roles.map(({ accessKey }) => accessKey)).toEqual(Array(6).fill(EMULATED_ACCOUNT));
        const keys = new Set(api.calls.filter(({ service }) => service === "ecr").map(({ accessKey }) => accessKey));
        expect(keys.has(EMULATED_ACCOUNT)).toBe(false);
    });

    it("assume a role once for all calls of the API, and not for each batch of a listing", async () => {
        const source = { from: "aws", roleArn: roleIn("333333333333") } as const;
        const options = {
            endpoint: endpointOf(EU),
            environment: resolveEnvironment({ awsTokens: tokens }),
            stats: { count: () => undefined },
        };
        const listing = new EcrListing({ options } as unknown as Transport, source);
        await listing.tell("mirror/app", new Set(Array.from({ length: 250 }, (_, index) => `tag-${index}`)));
        await listing.tell("mirror/other", new Set(["1"]));
        await passwordAt(EU, source);
        expect(api.list().filter((call) => call.includes("DescribeImages"))).toHaveLength(4);
        expect(api.list().filter((call) => call.includes("AssumeRole"))).toEqual(["sts:AssumeRole@eu-west-1"]);
    });

    it("come from a profile of the real files, with its region where the host tells none", async () => {
        await files(
            "[profile hub]\nregion = eu-central-1\n",
            "[hub]\naws_access_key_id = 444444444444\naws_secret_access_key = s\n",
        );
        expect((await store(EU, { from: "aws", profile: "hub" }).get()).description).toBe("AWS (profile hub)");
        await passwordAt("127.0.0.1:5000", { from: "aws", profile: "hub" });
        await passwordAt("127.0.0.1:5000", { from: "aws", profile: "hub", region: "eu-north-1" });
        expect(api.list()).toEqual([
            "ecr:GetAuthorizationToken@eu-west-1",
            "ecr:GetAuthorizationToken@eu-central-1",
            "ecr:GetAuthorizationToken@eu-north-1",
        ]);
        expect(new Set(api.calls.map(({ accessKey }) => accessKey))).toEqual(new Set(["444444444444"]));
    });

    it("follow a profile's role_arn, source_profile and external_id, and a role of the catalogue on top of it", async () => {
        await files(
            [
                "[profile hub]\nregion = eu-west-1\nsource_profile = base",
                `role_arn = ${roleIn("555555555555")}\nexternal_id = third-party\n`,
            ].join("\n"),
            "[base]\naws_access_key_id = 444444444444\naws_secret_access_key = s\n",
        );
        expect(await passwordAt(EU, { from: "aws", profile: "hub" })).toBe(passwordOf("555555555555"));
        expect(api.calls.find(({ operation }) => operation === "AssumeRole")?.body).toContain("ExternalId=third-party");
        const both = { from: "aws", profile: "hub", roleArn: roleIn("666666666666") } as const;
        expect(await passwordAt(EU, both)).toBe(passwordOf("666666666666"));
    });

    it("come from the default profile by AWS_PROFILE, and from a credential_process", async () => {
        const folder = await files("");
        const program = join(folder, "keys");
        const keys = { Version: 1, AccessKeyId: "777777777777", SecretAccessKey: "s" };
        writeFileSync(program, `#!/bin/sh\necho '${JSON.stringify(keys)}'\n`);
        chmodSync(program, 0o755);
        await files(`[profile vaulted]\ncredential_process = ${program}\n`);
        process.env.AWS_PROFILE = "vaulted";
        await passwordAt(EU, { from: "aws" });
        expect(api.calls.map(({ accessKey }) => accessKey)).toEqual(["777777777777"]);
    });

    it("of ECR Public are asked for in us-east-1, whatever region is set", async () => {
        expect(await passwordAt("public.ecr.aws", { from: "aws" })).toBe("public");
        expect(await passwordAt("public.ecr.aws", { from: "aws", region: "eu-west-1" })).toBe("public");
        expect(api.list()).toEqual(["ecr-public:GetAuthorizationToken@us-east-1"]);
    });

    it("of another region than the host's are described as such", async () => {
        const found = await store(EU, { from: "aws", region: "us-east-1" }).get();
        expect(found.description).toBe("AWS, region us-east-1, which is not the host's eu-west-1");
    });
});

describeWith(["aws", "moto_server"], "AWS's own command", ({ aws, moto_server }) => {
    it("gives the password that the client gets by itself", async () => {
        const moto = await startMoto(moto_server);
        try {
            awsVariables(moto.env);
            const env = { ...process.env, ...moto.env };
            const password = execFileSync(aws, ["ecr", "get-login-password"], { env, encoding: "utf8" }).trim();
            const store = new CredentialStore(endpointOf(EU), { from: "aws" }, resolveEnvironment());
            expect((await store.get()).credential).toEqual({ username: "AWS", password });
        } finally {
            await moto.close();
        }
    });
});
