import type { Endpoint } from "../endpoint";
import { redactText } from "../redact";
import type { Environment } from "../settings";
import { type ResolvedCredential, renewalTime } from "./credential";
import { credentialError } from "./credential-error";

/** Of a token that does not tell its end. Most live an hour; what a metadata server gives may be older. */
const LIFE_MS = 10 * 60_000;
const PEER = "google-auth-library";

interface AuthClient {
    getAccessToken(): Promise<{ readonly token?: string | null }>;
    readonly credentials?: { readonly expiry_date?: number | null };
}
interface AuthLibrary {
    readonly GoogleAuth: new (options: { scopes: string[] }) => { getClient(): Promise<AuthClient> };
}

/**
 * Application default credentials (a key file, gcloud's login, the instance's account) as user `oauth2accesstoken`, for
 * as long as the token itself says (cloud.google.com/artifact-registry/docs/docker/authentication#token).
 */
export async function fromGcp(endpoint: Endpoint, environment: Environment): Promise<ResolvedCredential> {
    let library: AuthLibrary;
    try {
        library = (await environment.loadModule(PEER)) as AuthLibrary;
    } catch (cause) {
        throw credentialError(
            "CREDENTIALS_MISSING",
            `Credentials from Google Cloud for the registry ${endpoint.host} need the package ${PEER}, which cannot be loaded: run npm install ${PEER}.`,
            endpoint,
            cause,
        );
    }
    try {
        const auth = new library.GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] });
        const client = await auth.getClient();
        const { token } = await client.getAccessToken();
        if (token === null || token === undefined || token === "") {
            throw new Error("no access token was given");
        }
        const now = environment.now();
        return {
            credential: { username: "oauth2accesstoken", password: token },
            description: "Google Cloud",
            expiresAt: renewalTime(client.credentials?.expiry_date ?? now + LIFE_MS, now),
        };
    } catch (cause) {
        const why = cause instanceof Error ? redactText(cause.message) : "no reason given";
        throw credentialError(
            "CREDENTIALS_INVALID",
            `Google Cloud gave no token for the registry ${endpoint.host} (${why}): run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.`,
            endpoint,
            cause,
        );
    }
}
