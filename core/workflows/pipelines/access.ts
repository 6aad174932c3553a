import type { CredentialSource, Registry } from "../../catalog";
import { WorkflowError } from "../error";
import { AWS_PEERS, variableName } from "../registry-access";

/** Credentials that a job needs, in words that are no platform's own. Names are those of environment variables. */
export type Need =
    /** transship reads them from the environment. `id`: the registry's name, with `-push` where it has two. */
    | { readonly kind: "variables"; readonly id: string; readonly username?: string; readonly password: string }
    /** One document with the credentials of several registries. */
    | { readonly kind: "document"; readonly password: string }
    /** Docker's config has to know them. */
    | Login
    /** A role by the job's identity, or what the machine has. */
    | { readonly kind: "aws"; readonly role: string; readonly profile?: string }
    | { readonly kind: "gcp"; readonly provider: string; readonly account: string };

export interface Login {
    readonly kind: "login";
    /** The registry's name. */
    readonly id: string;
    readonly host: string;
    readonly username: string;
    readonly password: string;
    /** It could be the registry of the GitLab that runs the job. */
    readonly isUnknownKind: boolean;
}

export interface Access {
    readonly needs: readonly Need[];
    /** Optional peers of the package, for npx. */
    readonly peers: readonly string[];
}

/** Of a job that asks no registry. */
export const NO_ACCESS: Access = { needs: [], peers: [] };

/** How docker and cosign log in to the registry that a build is pushed to. */
export type BuildLogin =
    | { readonly from: "variables"; readonly host: string; readonly username: string; readonly password: string }
    /** As `access` says it for all. */
    | { readonly from: "login"; readonly host: string }
    | { readonly from: "aws"; readonly host: string; readonly region: string; readonly profile?: string }
    | { readonly from: "gcp"; readonly host: string };

/**
 * The credentials that the catalogue names for these registries, each once.
 *
 * @param pushed those that are written to, and not only read
 * @throws WorkflowError where a name is none that a shell can read
 */
export function accessTo(registries: readonly Registry[], pushed: readonly Registry[]): Access {
    const isPushed = ({ name }: Registry) => pushed.some((one) => one.name === name);
    const found = registries.flatMap((registry) => {
        const { pull, push } = registry.credentials ?? {};
        return [
            ...needOf(registry, registry.name, pull),
            ...(isPushed(registry) && JSON.stringify(pull) !== JSON.stringify(push)
                ? needOf(registry, `${registry.name}-push`, push)
                : []),
        ];
    });
    const needs = [...new Map(found.map((need) => [keyOf(need), need] as const)).values()];
    const peersOf = ({ kind }: Need) => (kind === "aws" ? AWS_PEERS : kind === "gcp" ? ["google-auth-library@10"] : []);
    return { needs, peers: [...new Set(needs.flatMap(peersOf))] };
}

/** Docker's config has one login for a host, whatever path the catalogue has behind it. */
function keyOf(need: Need): string {
    return need.kind === "login" ? `login ${need.host}` : JSON.stringify(need);
}

function needOf({ host, kind, name }: Registry, id: string, source: CredentialSource | undefined): Need[] {
    switch (source?.from) {
        case "env": {
            const { password, username } = source;
            const names = { ...(username === undefined ? {} : { username: readable(username) }) };
            return [{ kind: "variables", id, ...names, password: readable(password) }];
        }
        case "config":
            return [{ kind: "document", password: "TRANSSHIP_CREDENTIALS" }];
        case "docker": {
            const [username, password] = [variableName(name, "USERNAME"), variableName(name, "PASSWORD")];
            return [{ kind: "login", id: name, host, username, password, isUnknownKind: kind === "other" }];
        }
        case "aws": {
            const { profile } = source;
            return profile === undefined
                ? [{ kind: "aws", role: "AWS_ROLE_ARN" }]
                : [{ kind: "aws", role: variableName("AWS_ROLE_ARN", profile), profile }];
        }
        case "gcp":
            return [{ kind: "gcp", provider: "GCP_WORKLOAD_IDENTITY_PROVIDER", account: "GCP_SERVICE_ACCOUNT" }];
        case "anonymous":
        case undefined:
            return [];
    }
}

/**
 * How to log in to where a build is pushed.
 *
 * @param repository without a tag: `ghcr.io/kuzudb/explorer`
 * @throws WorkflowError where no registry of the catalogue has it, or docker cannot use its credentials
 */
export function buildLogin(repository: string, registries: readonly Registry[]): BuildLogin {
    const placeOf = ({ host, prefix }: Registry) => (prefix === "" ? host : `${host}/${prefix}`);
    const [registry] = registries
        .filter((one) => repository.startsWith(`${placeOf(one)}/`))
        .sort((a, b) => placeOf(b).length - placeOf(a).length);
    if (registry === undefined) {
        throw new WorkflowError(
            `${repository} is at no registry of the catalogue: give it one, with the credentials that the build is pushed by.`,
        );
    }
    const { credentials, host, name } = registry;
    const source = credentials?.push;
    switch (source?.from) {
        case "docker":
            return { from: "login", host };
        case "env": {
            const { password, username } = source;
            if (username === undefined) {
                throw new WorkflowError(
                    `The registry ${name} has no username in the catalogue, and docker logs in to ${host} by one: add it.`,
                );
            }
            return { from: "variables", host, username: readable(username), password: readable(password) };
        }
        case "aws":
            return {
                from: "aws",
                host,
                region: source.region ?? /\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1] ?? "us-east-1",
                ...(source.profile === undefined ? {} : { profile: source.profile }),
            };
        case "gcp":
            return { from: "gcp", host };
        default:
            throw new WorkflowError(
                `Docker cannot push ${repository}: the registry ${name} has ${source === undefined ? "no credentials" : `credentials from ${source.from}`} in the catalogue; take from: docker or from: env.`,
            );
    }
}

/**
 * What logging in to the build's own registry needs, and what Docker has to know of all others: that comes after the
 * build, which runs the repository's code.
 */
export function splitAccess({ needs, peers }: Access, login: BuildLogin): { build: Access; others: Access } {
    const isBuild = (need: Need) =>
        (need.kind === "login" && need.host === login.host) ||
        (need.kind === "variables" && login.from === "variables" && need.password === login.password);
    return {
        build: { needs: needs.filter(isBuild), peers },
        others: { needs: needs.filter((need) => !isBuild(need)), peers },
    };
}

function readable(name: string): string {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new WorkflowError(`${JSON.stringify(name)} is no name of a variable that a shell can read.`);
    }
    return name;
}
