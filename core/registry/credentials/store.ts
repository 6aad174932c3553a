import type { Endpoint } from "../endpoint";
import type { CredentialSource, Environment } from "../settings";
import { fromAws } from "./aws";
import { ANONYMOUS, type Credential, isSameCredential, type ResolvedCredential } from "./credential";
import { credentialError } from "./credential-error";
import { fromDocker } from "./docker-config";
import { fromGcp } from "./gcp";

/** One that was asked for later than this before its refusal has not ended meanwhile. */
const CERTAINLY_NEW_MS = 60_000;
/** The same where nothing says that it has ended: a refusal may as well be of what was asked for. */
const PERHAPS_OLD_MS = 10 * 60_000;

/** The credentials of one source at one host: asked for once, by however many requests at a time, and again when they end. */
export class CredentialStore {
    readonly #endpoint: Endpoint;
    readonly #source: CredentialSource | undefined;
    readonly #environment: Environment;
    #pending: Promise<ResolvedCredential> | undefined;
    #resolved: ResolvedCredential | undefined;
    /** Milliseconds since 1970, of the last ask. */
    #askedAt = 0;

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

    /** The same while it is good, and no other one is on its way. */
    get fresh(): ResolvedCredential | undefined {
        if (this.#pending !== undefined) {
            return undefined;
        }
        const resolved = this.#resolved;
        const ends = resolved?.expiresAt;
        return ends === undefined || ends > this.#environment.now() ? resolved : undefined;
    }

    async get(): Promise<ResolvedCredential> {
        const fresh = this.fresh;
        if (fresh !== undefined) {
            return fresh;
        }
        return this.#pending ?? this.#ask();
    }

    /**
     * A registry refused this credential: true when there is another one by now, asked for where the old one may have
     * ended before its time (a session taken back, a file written anew). Refusals of many requests are one ask, and
     * those of a credential that is new none.
     *
     * @param certain the registry says that it has ended, and not only that it does not do
     */
    async renew(refused: Credential, certain: boolean): Promise<boolean> {
        if (this.#pending === undefined && isSameCredential(this.#resolved?.credential, refused)) {
            const age = this.#environment.now() - this.#askedAt;
            if (!isRenewable(this.#source) || age < (certain ? CERTAINLY_NEW_MS : PERHAPS_OLD_MS)) {
                return false;
            }
            this.#ask(refused);
        }
        const { credential } = await this.get();
        return credential !== undefined && !isSameCredential(credential, refused);
    }

    #ask(refused?: Credential): Promise<ResolvedCredential> {
        this.#askedAt = this.#environment.now();
        const source = this.#source ?? { from: "docker" };
        this.#pending = resolveSource(source, this.#endpoint, this.#environment, refused)
            .then((found) => {
                this.#resolved = found;
                return found;
            })
            .finally(() => {
                this.#pending = undefined;
            });
        return this.#pending;
    }
}

/** Where another ask may find another credential. */
function isRenewable(source: CredentialSource | undefined): boolean {
    return source === undefined || source.from === "docker" || source.from === "aws" || source.from === "gcp";
}

async function resolveSource(
    source: CredentialSource,
    endpoint: Endpoint,
    environment: Environment,
    refused?: Credential,
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
            return fromAws(source, endpoint, environment, refused);
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
