import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accessPolicy, ECR_RIGHTS, GITHUB_ISSUER, trustPolicy } from "../../core/ecr";
import { type AwsEmulator, EMULATED_ACCOUNT, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

const run = promisify(execFile);
const providerArn = `arn:aws:iam::${EMULATED_ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const repository = `arn:aws:ecr:eu-west-1:${EMULATED_ACCOUNT}:repository/mirror/app`;

/** Policies by AWS's own command, to moto, which parses them as IAM does. */
describeWith(["aws", "moto_server"], "IAM takes", (found) => {
    let moto: AwsEmulator;
    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
    });
    afterAll(() => moto?.close());

    const iam = async (...args: string[]): Promise<Record<string, never>> => {
        const env = {
            ...moto.env,
            PATH: process.env.PATH,
            HOME: "/nonexistent",
            AWS_PAGER: "",
            AWS_EC2_METADATA_DISABLED: "true",
        };
        const { stdout } = await run(found.aws, ["iam", ...args, "--output", "json"], { env });
        return stdout === "" ? {} : JSON.parse(stdout);
    };
    const trust = trustPolicy({
        providerArn,
        runs: [
            { repository: "acme/app", branches: ["main"], environments: ["prod"] },
            {
                repository: "acme@1/api@2",
                branches: ["main"],
                workflows: ["acme/ci/.github/workflows/mirror.yml@refs/heads/main"],
            },
        ],
    });
    const createRole = (name: string, document: unknown) =>
        iam("create-role", "--role-name", name, "--assume-role-policy-document", JSON.stringify(document));
    const putPolicy = (role: string, document: unknown) =>
        iam(
            "put-role-policy",
            "--role-name",
            role,
            "--policy-name",
            "ecr",
            "--policy-document",
            JSON.stringify(document),
        );

    it("the provider, a role that trusts it, and its policy, and gives both documents back as they are", async () => {
        const { OpenIDConnectProviderArn } = await iam(
            "create-open-id-connect-provider",
            "--url",
            GITHUB_ISSUER,
            "--client-id-list",
            "sts.amazonaws.com",
            "--thumbprint-list",
            "6938fd4d98bab03faadb97b34396831e3780aea1",
        );
        expect(OpenIDConnectProviderArn).toBe(providerArn);
        const { Role } = (await createRole("push", trust)) as unknown as {
            Role: { AssumeRolePolicyDocument: unknown };
        };
        expect(Role.AssumeRolePolicyDocument).toEqual(trust);
        const access = accessPolicy(ECR_RIGHTS, [repository, repository.replace("app", "*")]);
        await putPolicy("push", access);
        const { PolicyDocument } = await iam("get-role-policy", "--role-name", "push", "--policy-name", "ecr");
        expect(PolicyDocument).toEqual(access);
    });

    /** The same API without a start of the command for each of many requests. */
    const ask = async (action: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
        const scope = "Credential=test/20260101/us-east-1/iam/aws4_request";
        const response = await fetch(moto.url, {
            method: "POST",
            headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
            body: new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }),
        });
        return `${response.status} ${await response.text()}`;
    };

    it("no provider twice, which is why an existing one can be named", async () => {
        const provider = { Url: `${GITHUB_ISSUER}/acme`, "ClientIDList.member.1": "sts.amazonaws.com" };
        expect(await ask("CreateOpenIDConnectProvider", provider)).toMatch(/^200 /);
        expect(await ask("CreateOpenIDConnectProvider", provider)).toMatch(/^409 [\s\S]*EntityAlreadyExists/);
    });

    // CreateRole looks at no grammar of a trust policy in moto; UpdateAssumeRolePolicy does.
    it("a trust policy by its grammar, and refuses what breaks it", async () => {
        await ask("CreateRole", { RoleName: "trust", AssumeRolePolicyDocument: JSON.stringify(trust) });
        const update = (change: object): Promise<string> => {
            const document = { ...trust, Statement: [{ ...trust.Statement[0], ...change }] };
            return ask("UpdateAssumeRolePolicy", { RoleName: "trust", PolicyDocument: JSON.stringify(document) });
        };
        expect(await update({})).toMatch(/^200 /);
        for (const change of [{ Action: "ecr:PutImage" }, { Resource: "*" }]) {
            expect(await update(change), JSON.stringify(change)).toMatch(/^400 [\s\S]*MalformedPolicyDocument/);
        }
    });

    it("an access policy by its grammar, and refuses what breaks it", async () => {
        await ask("CreateRole", { RoleName: "access", AssumeRolePolicyDocument: JSON.stringify(trust) });
        const [login, repositories] = accessPolicy(["pull"], [repository]).Statement;
        const put = (change: object): Promise<string> => {
            const document = { Version: "2012-10-17", Statement: [login, { ...repositories, ...change }] };
            const PolicyDocument = JSON.stringify(document);
            return ask("PutRolePolicy", { RoleName: "access", PolicyName: "ecr", PolicyDocument });
        };
        expect(await put({})).toMatch(/^200 /);
        const broken = [{ Resource: "mirror/app" }, { Action: ["PutImage"] }, { Sid: "LogIn" }, { Effect: "allow" }];
        for (const change of broken) {
            expect(await put(change), JSON.stringify(change)).toMatch(/^400 [\s\S]*MalformedPolicyDocument/);
        }
    });
});
