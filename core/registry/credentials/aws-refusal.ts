import type { Endpoint } from "../endpoint";
import type { RegistryError } from "../errors";
import { redactText } from "../redact";
import type { Environment } from "../settings";
import type { AwsSource } from "./aws";
import { credentialError } from "./credential-error";

/** Where a token was asked for. */
export interface AwsCall {
    readonly source: AwsSource;
    /** `AWS (profile hub)`. */
    readonly who: string;
    /** `undefined` where it is the SDK that should know. */
    readonly region?: string;
    readonly isPublic: boolean;
}

interface Refusal {
    /** Of the error's name and message, `AccessDenied: User … is not authorized to perform: sts:AssumeRole`. */
    readonly sign: RegExp;
    readonly advice: (call: AwsCall) => string;
    readonly isMissing?: boolean;
}

/**
 * What AWS and its SDK say, and what helps; the first that fits. Names are those of
 * docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html, docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 * and of the SDK's providers of credentials.
 */
const REFUSALS: readonly Refusal[] = [
    {
        sign: /region is missing/i,
        advice: () => "name the region in the registry's credentials ({ from: aws, region: … }), or set AWS_REGION",
        isMissing: true,
    },
    {
        sign: /could not resolve credentials using profile|profile .* (?:could not be found|not found|is not valid)/i,
        advice: ({ source }) =>
            `write the profile${named(source)} into ~/.aws/config (aws configure --profile …), or correct its name`,
        isMissing: true,
    },
    {
        // Before what is said of keys that have ended: a session is renewed otherwise.
        sign: /\bSSO\b|TokenProviderError|LoginCredential|aws (?:sso )?login/i,
        advice: ({ source }) =>
            `run aws sso login${source.profile === undefined ? "" : ` --profile ${source.profile}`} (aws login for a session of the console), and try again`,
    },
    {
        sign: /command failed|credential_process/i,
        advice: ({ source }) => `run the credential_process of the profile${named(source)} by hand, and mend it`,
    },
    {
        sign: /could not load credentials|CredentialsProviderError/i,
        advice: () =>
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in the registry's credentials, or run where a role is given (a workflow's OpenID Connect, an instance)",
        isMissing: true,
    },
    {
        sign: /^AccessDenied.*sts:(?:AssumeRole|TagSession)/i,
        advice: ({ source }) =>
            `let the trust policy of ${source.roleArn ?? "the role"} name who asks, and allow them sts:AssumeRole on it`,
    },
    {
        sign: /^AccessDenied.*sts:GetServiceBearerToken/i,
        advice: () =>
            "allow sts:GetServiceBearerToken, which ECR Public needs besides ecr-public:GetAuthorizationToken",
    },
    {
        sign: /^AccessDenied/i,
        advice: ({ isPublic }) =>
            isPublic
                ? 'allow ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken on the resource "*"'
                : 'allow ecr:GetAuthorizationToken on the resource "*", which is no right of a single repository',
    },
    {
        // A signature's own expiry is the clock's fault: keys that ended are ExpiredToken.
        sign: /signature (?:expired|not yet current)|RequestTimeTooSkewed|RequestExpired|InvalidSignatureException.*signature/i,
        advice: () => "set this machine's clock right, and if it is, check the secret access key",
    },
    { sign: /SignatureDoesNotMatch|InvalidSignature/i, advice: () => "correct the secret access key" },
    {
        sign: /^ExpiredToken|token (?:included in the request )?(?:is|has) expired/i,
        advice: () => "get new temporary keys (sign in again), since these have ended",
    },
    {
        sign: /UnrecognizedClient|InvalidClientTokenId|OptInRequired|InvalidAccessKeyId/i,
        advice: ({ region }) =>
            `check the access key and, with temporary keys, AWS_SESSION_TOKEN; they are as unknown where the region${region === undefined ? "" : ` ${region}`} is not enabled for the account`,
    },
    {
        sign: /ENOTFOUND|EAI_AGAIN/i,
        advice: ({ region }) =>
            `check that there is a region${region === undefined ? "" : ` ${region}`}, and that this machine reaches AWS's API there`,
    },
    {
        sign: /ECONNREFUSED|ECONNRESET|ETIMEDOUT|TimeoutError|EHOSTUNREACH|ENETUNREACH/i,
        advice: () => "check that this machine reaches AWS's API (a proxy, a VPC endpoint, AWS_ENDPOINT_URL)",
    },
];

/** One sentence for what AWS's SDK threw. The SDK's error is no cause: its fields hold requests, with what signs them. */
export function awsRefusal(
    thrown: unknown,
    call: AwsCall,
    endpoint: Endpoint,
    environment: Environment,
): RegistryError {
    const said = saidBy(thrown, environment);
    const found = REFUSALS.find(({ sign }) => sign.test(said));
    const advice = found?.advice(call) ?? "check the AWS credentials, and that they allow ecr:GetAuthorizationToken";
    return credentialError(
        found?.isMissing === true ? "CREDENTIALS_MISSING" : "CREDENTIALS_INVALID",
        `${call.who} gave no token for the registry ${endpoint.host} (${said}): ${advice}.`,
        endpoint,
    );
}

function named({ profile }: AwsSource): string {
    return profile === undefined ? "" : ` ${profile}`;
}

function saidBy(thrown: unknown, { env }: Environment): string {
    if (!(thrown instanceof Error)) {
        return "no reason given";
    }
    const secrets = [env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN, env.AWS_ACCESS_KEY_ID];
    const code = (thrown as { code?: unknown }).code;
    const name = thrown.name === "Error" && typeof code === "string" ? code : thrown.name;
    const message = thrown.message
        // What a program was called with, and what it said before it failed, may be secret.
        .replace(/command failed:[\s\S]*/i, "command failed")
        // The request as it was signed, with the session's token among its headers.
        .replace(/\s*the canonical string for this request[\s\S]*/i, "")
        .replace(/\.\s*$/, "");
    return redactText(
        `${name}: ${message}`,
        secrets.filter((secret) => secret !== undefined),
    );
}
