import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CredentialSource, RegistryError } from "../../../core/registry";
import { CredentialStore } from "../../../core/registry/credentials/store";
import { endpointOf } from "../../../core/registry/endpoint";
import { resolveEnvironment } from "../../../core/registry/settings";
import { type AwsAnswer, type AwsApiRecorder, recordAwsApi } from "../../support/aws/api-recorder";
import { awsVariables } from "../../support/aws/aws-variables";
import { temporaryFolder } from "../../support/embedded";

const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const SECRET = "canary-secret-51b2";
const SESSION = "canary-session-77aa";
const ROLE = "arn:aws:iam::222222222222:role/mirror";

let api: AwsApiRecorder;
let answer: AwsAnswer;

beforeEach(async () => {
    api = await recordAwsApi(() => answer);
    withKeys();
});
afterEach(() => api.close());

function withKeys(more: Readonly<Record<string, string>> = {}): void {
    awsVariables({
        AWS_ENDPOINT_URL: api.url,
        AWS_ACCESS_KEY_ID: "AKIACANARY",
        AWS_SECRET_ACCESS_KEY: SECRET,
        AWS_SESSION_TOKEN: SESSION,
        AWS_MAX_ATTEMPTS: "1",
        ...more,
    });
}

/** ECR's way to say no (application/x-amz-json-1.1). */
function json(name: string, message: string): AwsAnswer {
    return { status: 400, body: JSON.stringify({ __type: name, message }) };
}
/** That of STS (the query protocol). */
function xml(code: string, message: string): AwsAnswer {
    const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
    return { status: 403, headers: { "content-type": "text/xml" }, body };
}

async function refusal(source: CredentialSource = { from: "aws" }, host = HOST): Promise<RegistryError> {
    const store = new CredentialStore(endpointOf(host), source, resolveEnvironment());
    const error = (await store.get().catch((reason: unknown) => reason)) as RegistryError;
    expect(error.name).toBe("RegistryError");
    // One sentence, and none of what it was signed with, however it is printed.
    expect(error.message).not.toContain("\n");
    expect(error.message).toMatch(/[^.]\.$/);
    const shown = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [SECRET, SESSION, "AKIACANARY"]) {
        expect(shown).not.toContain(secret);
    }
    return error;
}

describe("What AWS refuses, as the real SDK tells it, is one sentence with what to do:", () => {
    it.each([
        [
            "no right to a token",
            json(
                "AccessDeniedException",
                "User: arn:aws:iam::1:user/u is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows it",
            ),
            /^AWS gave no token for the registry 1{12}\S+ \(AccessDeniedException: User: arn:aws:iam::1:user\/u .*\): allow ecr:GetAuthorizationToken on the resource "\*", which is no right of a single repository\.$/,
        ],
        [
            "a key that nobody knows, or a region that is not enabled",
            json("UnrecognizedClientException", "The security token included in the request is invalid."),
            /\(UnrecognizedClientException: .* is invalid\): check the access key and, with temporary keys, AWS_SESSION_TOKEN; they are as unknown where the region eu-west-1 is not enabled/,
        ],
        [
            "temporary keys that have ended",
            json("ExpiredTokenException", "The security token included in the request is expired"),
            /: get new temporary keys \(sign in again\), since these have ended\.$/,
        ],
        [
            "a clock that is wrong",
            json(
                "InvalidSignatureException",
                "Signature expired: 20261123T000000Z is now earlier than 20261123T001000Z (20261123T001500Z - 5 min.)",
            ),
            /: set this machine's clock right/,
        ],
        [
            "a secret that is wrong, told with the whole signed request",
            json(
                "InvalidSignatureException",
                `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:${SESSION}\n'`,
            ),
            /: set this machine's clock right, and if it is, check the secret access key\.$/,
        ],
    ] as const)("%s", async (_title, given, expected) => {
        answer = given;
        const error = await refusal();
        expect(error).toMatchObject({ code: "CREDENTIALS_INVALID", message: expect.stringMatching(expected) });
    });

    it("a role that does not let us in", async () => {
        answer = xml(
            "AccessDenied",
            `User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
        );
        expect((await refusal({ from: "aws", roleArn: ROLE })).message).toMatch(
            /^AWS, role arn:aws:iam::2{12}:role\/mirror gave no token .*: let the trust policy of arn:aws:iam::2{12}:role\/mirror name who asks, and allow them sts:AssumeRole on it\.$/,
        );
    });

    it("the rights of ECR Public, which are two", async () => {
        answer = json(
            "AccessDeniedException",
            "User: u is not authorized to perform: sts:GetServiceBearerToken on resource: *",
        );
        expect((await refusal({ from: "aws" }, "public.ecr.aws")).message).toMatch(
            /allow sts:GetServiceBearerToken, which ECR Public needs besides/,
        );
        answer = json(
            "AccessDeniedException",
            "User: u is not authorized to perform: ecr-public:GetAuthorizationToken",
        );
        expect((await refusal({ from: "aws" }, "public.ecr.aws")).message).toMatch(
            /allow ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken/,
        );
    });

    it("no credentials at all", async () => {
        awsVariables({ AWS_ENDPOINT_URL: api.url });
        expect(await refusal()).toMatchObject({
            code: "CREDENTIALS_MISSING",
            message: expect.stringMatching(
                /Could not load credentials from any providers\): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile/,
            ),
        });
        expect(api.list()).toEqual([]);
    });

    it("a region that neither host nor variables nor catalogue tell", async () => {
        expect(await refusal({ from: "aws" }, "127.0.0.1:5000")).toMatchObject({
            code: "CREDENTIALS_MISSING",
            message: expect.stringMatching(
                /Region is missing\): name the region in the registry's credentials \(\{ from: aws, region: … \}\), or set AWS_REGION\.$/,
            ),
        });
    });

    it("an API that does not answer", async () => {
        withKeys({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
        expect((await refusal()).message).toMatch(/ECONNREFUSED.*: check that this machine reaches AWS's API/);
        withKeys({ AWS_ENDPOINT_URL: "http://api.ecr.eu-west-9.invalid" });
        expect((await refusal()).message).toMatch(
            /: check that there is a region eu-west-1, and that this machine reaches/,
        );
    });

    it("a profile that is not there, and one whose program fails, without what it says", async () => {
        const folder = await temporaryFolder();
        writeFileSync(
            join(folder, "config"),
            `[profile vaulted]\ncredential_process = sh -c "echo ${SECRET} >&2; exit 3"\n`,
        );
        awsVariables({ AWS_ENDPOINT_URL: api.url, AWS_CONFIG_FILE: join(folder, "config") });
        expect((await refusal({ from: "aws", profile: "nobody" })).message).toMatch(
            /^AWS \(profile nobody\) gave no token .*: write the profile nobody into ~\/\.aws\/config/,
        );
        expect((await refusal({ from: "aws", profile: "vaulted" })).message).toMatch(
            /: run the credential_process of the profile vaulted by hand/,
        );
    });

    it("an SSO session that has ended, or was never begun", async () => {
        const home = await temporaryFolder();
        const cache = join(home, ".aws", "sso", "cache");
        mkdirSync(cache, { recursive: true });
        const config = [
            "[sso-session corp]\nsso_start_url = https://corp.example.com/start\nsso_region = eu-west-1",
            "[profile work]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = dev\n",
        ].join("\n");
        writeFileSync(join(home, ".aws", "config"), config);
        awsVariables({ AWS_ENDPOINT_URL: api.url, AWS_CONFIG_FILE: join(home, ".aws", "config") });
        const before = process.env.HOME;
        process.env.HOME = home;
        try {
            expect((await refusal({ from: "aws", profile: "work" })).message).toMatch(
                /: run aws sso login --profile work /,
            );
        } finally {
            process.env.HOME = before;
        }
    });
});
