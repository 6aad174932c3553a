import { parseEcrHost } from "../../aws-names";
import type { Endpoint } from "../endpoint";
import { RegistryError } from "../errors";
import { redactText } from "../redact";
import type { CredentialSource, Environment } from "../settings";
import type { ResolvedCredential } from "./credential";
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

/**
 * `GetAuthorizationToken`: a password of 12 hours for everything the principal may do. The SDK's own chain finds the
 * principal (variables, profile, SSO, the instance's role).
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html)
 */
export async function fromAws(
    source: AwsSource,
    endpoint: Endpoint,
    environment: Environment,
): Promise<ResolvedCredential> {
    let client: EcrClient | undefined;
    try {
        const opened = await openEcr(source, endpoint, environment);
        client = opened.client;
        const Command = opened.sdk.GetAuthorizationTokenCommand as Constructor<unknown>;
        const { authorizationData } = (await client.send(new Command({}))) as Authorized;
        return read(Array.isArray(authorizationData) ? authorizationData[0] : authorizationData, source, endpoint);
    } catch (cause) {
        throw cause instanceof RegistryError ? cause : refused(cause, source, endpoint);
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
    const isPublic = endpoint.host === "public.ecr.aws";
    // ECR Public has its API in us-east-1 only.
    const region = isPublic ? "us-east-1" : (source.region ?? regionOf(endpoint.host) ?? environment.env.AWS_REGION);
    if (region === undefined) {
        throw credentialError(
            "CREDENTIALS_MISSING",
            `The host ${endpoint.host} does not tell its AWS region: name it in the registry's credentials ({ from: aws, region: … }).`,
            endpoint,
        );
    }
    const name = isPublic ? "@aws-sdk/client-ecr-public" : "@aws-sdk/client-ecr";
    const sdk = await loadPeer(name, endpoint, environment);
    const ClientClass = sdk[isPublic ? "ECRPUBLICClient" : "ECRClient"] as Constructor<EcrClient>;
    return { client: new ClientClass({ region, ...(await identityOf(source, region, endpoint, environment)) }), sdk };
}

/** The region that a private registry's host names, e.g. `eu-west-1`. */
function regionOf(host: string): string | undefined {
    const read = parseEcrHost(host);
    return read?.visibility === "private" ? read.region : undefined;
}

/** The SDK's default chain, unless a profile or a role is named. */
async function identityOf(
    source: AwsSource,
    region: string,
    endpoint: Endpoint,
    environment: Environment,
): Promise<Record<string, unknown>> {
    if (source.profile === undefined && source.roleArn === undefined) {
        return {};
    }
    const providers = await loadPeer("@aws-sdk/credential-providers", endpoint, environment);
    const chain = providers.fromNodeProviderChain as (options: Record<string, unknown>) => unknown;
    const own = chain(source.profile === undefined ? {} : { profile: source.profile });
    if (source.roleArn === undefined) {
        return { credentials: own };
    }
    const assume = providers.fromTemporaryCredentials as (options: Record<string, unknown>) => unknown;
    return {
        credentials: assume({
            masterCredentials: own,
            params: { RoleArn: source.roleArn, RoleSessionName: "transship" },
            clientConfig: { region },
        }),
    };
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

function read(data: AuthorizationData | undefined, source: AwsSource, endpoint: Endpoint): ResolvedCredential {
    const decoded = Buffer.from(data?.authorizationToken ?? "", "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    if (colon <= 0) {
        throw new Error(`the answer for ${endpoint.host} holds no token`);
    }
    return {
        credential: { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) },
        description: describe(source),
        ...(data?.expiresAt === undefined ? {} : { expiresAt: data.expiresAt.getTime() }),
    };
}

function describe({ profile, roleArn }: AwsSource): string {
    const of = profile === undefined ? "AWS" : `AWS (profile ${profile})`;
    return roleArn === undefined ? of : `${of}, role ${roleArn}`;
}

function refused(cause: unknown, source: AwsSource, endpoint: Endpoint): Error {
    const why = cause instanceof Error ? `${cause.name}: ${redactText(cause.message)}` : "no reason given";
    return credentialError(
        "CREDENTIALS_INVALID",
        `${describe(source)} gave no token for the registry ${endpoint.host} (${why}): check the AWS credentials, and that they allow ecr:GetAuthorizationToken.`,
        endpoint,
        cause,
    );
}
