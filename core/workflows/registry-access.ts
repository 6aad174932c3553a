import type { CredentialSource, Registry } from "../catalog";
import { expression } from "./expression";
import type { Env, Permissions, Step } from "./model";

/** How a job gets at the credentials that the catalogue names, and what has to be set at GitHub for it. */
export interface RegistryAccess {
    /** Of the one step that asks the registries. */
    readonly env: Env;
    /** Before that step. */
    readonly steps: readonly Step[];
    readonly permissions: Permissions;
    /** Optional peers of the package, for npx. */
    readonly peers: readonly string[];
    /** Names of secrets that the repository or its environment must have. */
    readonly secrets: readonly string[];
    /** Names of configuration variables, likewise. */
    readonly variables: readonly string[];
}

const NOTHING: RegistryAccess = { env: {}, steps: [], permissions: {}, peers: [], secrets: [], variables: [] };
export const AWS_PEERS = ["@aws-sdk/client-ecr@3", "@aws-sdk/client-ecr-public@3", "@aws-sdk/credential-providers@3"];
const IDENTITY = {
    "id-token": { access: "write", why: "to prove this workflow's identity to the cloud, instead of a stored key" },
} as const;

/**
 * The credentials that the catalogue names for these registries. Nothing is asked for where a registry names none, and
 * then it is read as everybody reads it.
 *
 * @param pulled those that are read: their `pull` credentials
 * @param pushed those that are written to: their `push` credentials beside. Default: none is
 */
export function registryAccess(pulled: readonly Registry[], pushed: readonly Registry[] = []): RegistryAccess {
    const isPushed = (registry: Registry) => pushed.some(({ name }) => name === registry.name);
    return joined([
        ...pulled.map((registry) => accessOf(registry, registry.credentials?.pull, isPushed(registry))),
        ...pushed.map((registry) => accessOf(registry, registry.credentials?.push, true)),
    ]);
}

/** What several need, each once. */
function joined(parts: readonly RegistryAccess[]): RegistryAccess {
    const steps = new Map(parts.flatMap((part) => part.steps).map((step) => [JSON.stringify(step), step] as const));
    const grants = parts.flatMap(({ permissions }) => Object.entries(permissions));
    // Of two grants of one scope the larger one.
    const ordered = [...grants].sort(([, a], [, b]) => Number(a.access === "write") - Number(b.access === "write"));
    return {
        env: Object.assign({}, ...parts.map(({ env }) => env)),
        steps: [...steps.values()],
        permissions: Object.fromEntries(ordered),
        peers: unique(parts.flatMap(({ peers }) => peers)),
        secrets: unique(parts.flatMap(({ secrets }) => secrets)),
        variables: unique(parts.flatMap(({ variables }) => variables)),
    };
}

function accessOf(registry: Registry, source: CredentialSource | undefined, push: boolean): RegistryAccess {
    switch (source?.from) {
        case "env":
            return secretVariables(
                source.username === undefined ? [source.password] : [source.username, source.password],
            );
        case "config":
            return secretVariables(["TRANSSHIP_CREDENTIALS"]);
        case "docker":
            return registry.kind === "ghcr"
                ? ghcrAccess(push ? "write" : "read", registry.host)
                : dockerLogin(registry);
        case "aws":
            return awsLogin(registry, source);
        case "gcp":
            return googleLogin();
        case "anonymous":
        case undefined:
            return NOTHING;
    }
}

function secretVariables(names: readonly string[]): RegistryAccess {
    return { ...NOTHING, env: Object.fromEntries(names.map((name) => [name, secret(name)])), secrets: names };
}

/** ghcr takes the job's own token. */
export function ghcrAccess(access: "read" | "write", host = "ghcr.io"): RegistryAccess {
    const why = access === "read" ? `private packages at ${host}` : `to push to ${host}`;
    const step = loginStep(host, host, expression("github.actor"), expression("github.token"));
    return { ...NOTHING, steps: [step], permissions: { packages: { access, why } } };
}

/** A user and a password are secrets by the registry's name. */
function dockerLogin({ name, host, kind }: Registry): RegistryAccess {
    const [username, password] = [variableName(name, "USERNAME"), variableName(name, "PASSWORD")];
    const step = loginStep(host, kind === "dockerhub" ? undefined : host, secret(username), secret(password));
    return { ...NOTHING, steps: [step], secrets: [username, password] };
}

/** @param registry undefined for Docker Hub, which has a name of its own in Docker's config */
function loginStep(host: string, registry: string | undefined, username: string, password: string): Step {
    return {
        name: `Log in to ${host}`,
        uses: "docker-login",
        with: { ...(registry === undefined ? {} : { registry }), username, password },
    };
}

/** A role by the workflow's identity; the catalogue's profile gets its own. */
function awsLogin({ host }: Registry, source: Extract<CredentialSource, { from: "aws" }>): RegistryAccess {
    const region = source.region ?? /\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1] ?? "us-east-1";
    const { profile } = source;
    const role = profile === undefined ? "AWS_ROLE_ARN" : variableName("AWS_ROLE_ARN", profile);
    const step: Step = {
        name: profile === undefined ? "Log in to AWS" : `Log in to AWS as ${profile}`,
        uses: "aws-credentials",
        with: {
            "aws-region": region,
            "role-to-assume": variable(role),
            ...(profile === undefined ? {} : { "aws-profile": profile }),
        },
    };
    return { ...NOTHING, steps: [step], permissions: IDENTITY, peers: AWS_PEERS, variables: [role] };
}

function googleLogin(): RegistryAccess {
    const variables = ["GCP_WORKLOAD_IDENTITY_PROVIDER", "GCP_SERVICE_ACCOUNT"] as const;
    const step: Step = {
        name: "Log in to Google Cloud",
        uses: "google-auth",
        with: { workload_identity_provider: variable(variables[0]), service_account: variable(variables[1]) },
    };
    return { ...NOTHING, steps: [step], permissions: IDENTITY, peers: ["google-auth-library@10"], variables };
}

function secret(name: string): string {
    return expression(`secrets.${name}`);
}

function variable(name: string): string {
    return expression(`vars.${name}`);
}

/** A name of a secret or variable from parts of any kind: letters, digits and underscores, as GitHub takes it. */
export function variableName(...parts: readonly string[]): string {
    const name = parts
        .join("_")
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, "_");
    return /^[0-9]|^GITHUB_/.test(name) ? `REGISTRY_${name}` : name;
}

function unique(values: readonly string[]): string[] {
    return [...new Set(values)];
}
