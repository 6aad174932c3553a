import { parseEcrHost } from "../../aws-names";
import type { Endpoint } from "../endpoint";
import { RegistryError } from "../errors";
import type { CredentialSource, Environment } from "../settings";
import { type AwsCall, awsRefusal } from "./aws-refusal";
import type { IdentityProvider } from "./aws-tokens";
import { type Credential, type ResolvedCredential, renewalTime } from "./credential";
import { credentialError } from "./credential-error";

export type AwsSource = Extract<CredentialSource, { from: "aws" }>;

/** As much of the AWS SDK as is used; the packages are optional peers and loaded only here. */
interface EcrClient {
    send(command: unknown): Promise<unknown>;
    destroy?(): void;
}
interface Authorized {
    readonly authorizationData?: AuthorizationData | AuthorizationData[];
}
interface AuthorizationData {
    readonly authorizationToken?: string;
    readonly expiresAt?: Date;
}
type Constructor<T> = new (options: Record<string, unknown>) => T;
type Provide = (options: Record<string, unknown>) => IdentityProvider;

/** Of a token, as documented; for one whose end, as told, is over already: a clock is wrong, ours or an emulator's. */
const LIFE_MS = 12 * 3_600_000;
/** The SDK's word on Node versions that its releases of the next year will not run on. */
const NODE_WARNING = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * `GetAuthorizationToken`: a password of 12 hours for everything the principal may do. The SDK's own chain finds the
 * principal (variables, profile, SSO, the instance's role). Who asks by the same profile and role in the same region
 * shares it.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html)
 *
 * @param refused what a registry did not take: another one is wanted
 */
export function fromAws(
    source: AwsSource,
    endpoint: Endpoint,
    environment: Environment,
    refused?: Credential,
): Promise<ResolvedCredential> {
    const call = callFor(source, endpoint, environment);
    const key = JSON.stringify([call.isPublic, call.region, source.profile, source.roleArn]);
    return environment.awsTokens.get(key, () => ask(call, endpoint, environment), environment.now(), refused);
}

async function ask(call: AwsCall, endpoint: Endpoint, environment: Environment): Promise<ResolvedCredential> {
    let client: EcrClient | undefined;
    try {
        const opened = await openEcr(call.source, endpoint, environment);
        client = opened.client;
        const Command = opened.sdk.GetAuthorizationTokenCommand as Constructor<unknown>;
        const { authorizationData } = (await client.send(new Command({}))) as Authorized;
        const data = Array.isArray(authorizationData) ? authorizationData[0] : authorizationData;
        return read(data, call, endpoint, environment.now());
    } catch (cause) {
        throw cause instanceof RegistryError ? cause : awsRefusal(cause, call, endpoint, environment);
    } finally {
        client?.destroy?.();
    }
}

/** A client of ECR's own API for a registry, and the commands that it takes. Who opens it destroys it. */
export async function openEcr(
    source: AwsSource,
    endpoint: Endpoint,
    environment: Environment,
): Promise<{ readonly client: EcrClient; readonly sdk: Record<string, unknown> }> {
    const { isPublic, region } = callFor(source, endpoint, environment);
    const name = isPublic ? "@aws-sdk/client-ecr-public" : "@aws-sdk/client-ecr";
    const sdk = await loadPeer(name, endpoint, environment);
    const ClientClass = sdk[isPublic ? "ECRPUBLICClient" : "ECRClient"] as Constructor<EcrClient>;
    const where = whereOf(source, region);
    const credentials = await identityOf(source, where, endpoint, environment);
    return { client: withoutNodeWarning(() => new ClientClass({ ...where, ...credentials })), sdk };
}

/** Where the SDK asks; what is left out it finds by its own rules (AWS_REGION, the profile's `region`). */
function whereOf({ profile }: AwsSource, region: string | undefined): Record<string, string> {
    return { ...(region === undefined ? {} : { region }), ...(profile === undefined ? {} : { profile }) };
}

function callFor(source: AwsSource, { host }: Endpoint, { env }: Environment): AwsCall {
    const ecr = parseEcrHost(host);
    const isPublic = ecr?.visibility === "public";
    const own = ecr?.visibility === "private" ? ecr.region : undefined;
    // ECR Public has its API in us-east-1 only.
    const region = isPublic ? "us-east-1" : (source.region ?? own ?? (source.profile ? undefined : env.AWS_REGION));
    const foreign = own !== undefined && region !== own ? `, region ${region}, which is not the host's ${own}` : "";
    return { source, who: describe(source) + foreign, isPublic, ...(region === undefined ? {} : { region }) };
}

/** The SDK's default chain, unless a profile or a role is named. */
async function identityOf(
    source: AwsSource,
    where: Record<string, string>,
    endpoint: Endpoint,
    environment: Environment,
): Promise<{ readonly credentials?: IdentityProvider }> {
    if (source.profile === undefined && source.roleArn === undefined) {
        return {};
    }
    const providers = await loadPeer("@aws-sdk/credential-providers", endpoint, environment);
    const open = (): IdentityProvider => {
        // A profile that is named is meant: variables with other keys are no matter, nor worth the SDK's warning.
        const own =
            source.profile === undefined
                ? (providers.fromNodeProviderChain as Provide)({})
                : (providers.fromIni as Provide)({ profile: source.profile });
        if (source.roleArn === undefined) {
            return own;
        }
        return (providers.fromTemporaryCredentials as Provide)({
            masterCredentials: own,
            params: { RoleArn: source.roleArn, RoleSessionName: "transship" },
            clientConfig: where,
        });
    };
    const key = JSON.stringify([where, source.roleArn]);
    return { credentials: environment.awsTokens.identity(key, open, environment.now) };
}

/**
 * The SDK warns on standard error of the Node version, in every run: it is about the SDK's releases to come, which who
 * installs them hears from npm, and no news of a registry.
 */
function withoutNodeWarning<T>(make: () => T): T {
    const before = process.env[NODE_WARNING];
    process.env[NODE_WARNING] = before ?? "true";
    try {
        return make();
    } finally {
        if (before === undefined) {
            delete process.env[NODE_WARNING];
        }
    }
}

async function loadPeer(name: string, endpoint: Endpoint, environment: Environment): Promise<Record<string, unknown>> {
    try {
        return (await environment.loadModule(name)) as Record<string, unknown>;
    } catch (cause) {
        throw credentialError(
            "CREDENTIALS_MISSING",
            `Credentials from AWS for the registry ${endpoint.host} need the package ${name}, which cannot be loaded: run npm install ${name}.`,
            endpoint,
            cause,
        );
    }
}

function read(
    data: AuthorizationData | undefined,
    { who }: AwsCall,
    endpoint: Endpoint,
    now: number,
): ResolvedCredential {
    const decoded = Buffer.from(data?.authorizationToken ?? "", "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    if (colon <= 0) {
        throw new Error(`the answer for ${endpoint.host} holds no token`);
    }
    const told = data?.expiresAt?.getTime() ?? 0;
    return {
        credential: { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) },
        description: who,
        expiresAt: renewalTime(told > now ? told : now + LIFE_MS, now),
    };
}

function describe({ profile, roleArn }: AwsSource): string {
    const of = profile === undefined ? "AWS" : `AWS (profile ${profile})`;
    return roleArn === undefined ? of : `${of}, role ${roleArn}`;
}
