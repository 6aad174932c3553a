import type { Endpoint } from "../endpoint";
import type { CredentialSource, Environment } from "../settings";
import { fromAws } from "./aws";
import { ANONYMOUS, type ResolvedCredential } from "./credential";
import { credentialError } from "./credential-error";
import { fromDocker } from "./docker-config";
import { fromGcp } from "./gcp";

/** Fetched this long before they end, so that none ends on its way. */
const EARLY_MS = 5 * 60_000;

/** The credentials of one source at one host: asked for once, by however many requests at a time, and again when they end. */
export class CredentialStore {
    readonly #endpoint: Endpoint;
    readonly #source: CredentialSource | undefined;
    readonly #environment: Environment;
    #pending: Promise<ResolvedCredential> | undefined;
    #resolved: ResolvedCredential | undefined;

    /** @param source `undefined` is Docker's configuration, then anonymous */
    constructor(endpoint: Endpoint, source: CredentialSource | undefined, environment: Environment) {
        this.#endpoint = endpoint;
        this.#source = source;
        this.#environment = environment;
    }

    /** What the last `get` found; nothing is asked for. */
    get current(): ResolvedCredential | undefined {
        return this.#resolved;
    }

    /** The same while it is good. */
    get fresh(): ResolvedCredential | undefined {
        const resolved = this.#resolved;
        const ends = resolved?.expiresAt;
        return ends === undefined || ends > this.#environment.now() ? resolved : undefined;
    }

    async get(): Promise<ResolvedCredential> {
        const fresh = this.fresh;
        if (fresh !== undefined) {
            return fresh;
        }
        this.#pending ??= this.#resolve().finally(() => {
            this.#pending = undefined;
        });
        return this.#pending;
    }

    async #resolve(): Promise<ResolvedCredential> {
        const found = await resolveSource(this.#source ?? { from: "docker" }, this.#endpoint, this.#environment);
        if (found.expiresAt === undefined) {
            this.#resolved = found;
        } else {
            // One that lasts no longer than that is used for half its life, not asked for by every request.
            const life = Math.max(0, found.expiresAt - this.#environment.now());
            this.#resolved = { ...found, expiresAt: found.expiresAt - Math.min(EARLY_MS, life / 2) };
        }
        return this.#resolved;
    }
}

async function resolveSource(
    source: CredentialSource,
    endpoint: Endpoint,
    environment: Environment,
): Promise<ResolvedCredential> {
    switch (source.from) {
        case "anonymous":
            return ANONYMOUS;
        case "env":
            return fromEnv(source, endpoint, environment);
        case "config":
            return fromConfig(source.key, endpoint, environment);
        case "docker":
            return fromDocker(endpoint, environment);
        case "aws":
            return fromAws(source, endpoint, environment);
        case "gcp":
            return fromGcp(endpoint, environment);
    }
}

function fromEnv(
    source: Extract<CredentialSource, { from: "env" }>,
    endpoint: Endpoint,
    { env }: Environment,
): ResolvedCredential {
    const names = source.username === undefined ? [source.password] : [source.username, source.password];
    const missing = names.filter((name) => (env[name] ?? "") === "");
    if (missing.length > 0) {
        const [is, it] = missing.length === 1 ? ["is", "it"] : ["are", "them"];
        throw credentialError(
            "CREDENTIALS_MISSING",
            `The environment variable${missing.length === 1 ? "" : "s"} ${missing.join(" and ")} for the registry ${endpoint.host} ${is} not set: set ${it}, or change the registry's credentials.`,
            endpoint,
        );
    }
    return {
        // A token's service (ghcr, GitLab, Harbor's robots but for their name) looks at the password alone.
        credential: {
            username: source.username === undefined ? "token" : (env[source.username] as string),
            password: env[source.password] as string,
        },
        description: `the environment variable${names.length === 1 ? "" : "s"} ${names.join(" and ")}`,
    };
}

function fromConfig(key: string, endpoint: Endpoint, { credentials }: Environment): ResolvedCredential {
    const credential = Object.hasOwn(credentials, key) ? credentials[key] : undefined;
    if (credential === undefined) {
        throw credentialError(
            "CREDENTIALS_MISSING",
            `The configuration holds no credentials "${key}" for the registry ${endpoint.host}: set them, for instance with pulumi config set --secret --path 'transship:credentials.${key}.password', or change the registry's credentials.`,
            endpoint,
        );
    }
    return { credential, description: `the configuration's key ${key}` };
}
