import { tokenServiceOf } from "./auth/bearer";
import { parseChallenges } from "./auth/challenge";
import { CredentialStore } from "./credentials/store";
import { endpointOf } from "./endpoint";
import { type ClientEnvironment, type RegistrySettings, resolveEnvironment } from "./settings";

/*
 * What a diagnosis needs of the parts that a client is made of: the same code decides for both, so that what is told is
 * what happens.
 */
export { type Endpoint, endpointOf } from "./endpoint";
export { proxyFor } from "./http/proxy";
export { secureContextOf } from "./http/secure-context";
export { describeTlsFault } from "./http/tls-fault";
export { type Environment, resolveEnvironment } from "./settings";

/** Where credentials come from; never the credentials. */
export interface CredentialOrigin {
    /** For a person: `the environment variable HUB_TOKEN`; `undefined` is anonymous. */
    readonly description?: string;
    /** Milliseconds since 1970. */
    readonly expiresAt?: number;
}

/** Looks credentials up as a client would. Rejects with its RegistryError, whose sentence says what to do. */
export async function findCredentials(
    settings: RegistrySettings,
    access: "pull" | "push",
    env: ClientEnvironment,
): Promise<CredentialOrigin> {
    const endpoint = endpointOf(settings.host, settings.insecure);
    const store = new CredentialStore(endpoint, settings.credentials?.[access], resolveEnvironment(env));
    const { credential, description, expiresAt } = await store.get();
    return credential === undefined
        ? {}
        : { description: description ?? "credentials", ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** What a `WWW-Authenticate` asks for: `Bearer tokens of https://auth.docker.io`, `Basic`; `undefined` for nothing that we know. */
export function describeChallenge(
    header: string | readonly string[] | undefined,
    settings: RegistrySettings,
): string | undefined {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const service = bearer && tokenServiceOf(bearer, endpointOf(settings.host, settings.insecure));
    if (service !== undefined) {
        return `Bearer tokens of ${service.origin}`;
    }
    return challenges.some(({ scheme }) => scheme === "basic") ? "Basic credentials" : undefined;
}
