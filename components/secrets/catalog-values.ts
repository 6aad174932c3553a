import * as pulumi from "@pulumi/pulumi";
import { type Catalog, type CredentialSource, findRegistry, type Registry } from "../../core/catalog";
import { registryAccess } from "../../core/workflows";
import { atProperty, badArgument } from "../images/arguments";
import type { GivenCredential, LoginCredential } from "./credentials";
import { loginValues, type NamedValue, type Origin, secretValue, valuesOf } from "./named-values";

/** What a registry of the catalogue is given: one credential, or one to pull and one to push. */
export type RegistryCredential<C> = C | { readonly pull?: C; readonly push?: C };

/** The kind of credential that a registry's `credentials` ask for. */
const WANTED: Readonly<Record<CredentialSource["from"], GivenCredential["kind"] | undefined>> = {
    env: "login",
    config: "login",
    docker: "login",
    aws: "awsRole",
    gcp: "gcpIdentity",
    anonymous: undefined,
};

/**
 * The secrets and variables by the names under which the workflows of this catalogue look for them: the same function
 * (`registryAccess`) says both. Logins of registries with `from: config` are one secret together.
 */
export function catalogValues(
    catalog: Catalog,
    given: Readonly<Record<string, RegistryCredential<GivenCredential>>>,
    apps: Origin["apps"],
): NamedValue[] {
    const values: NamedValue[] = [];
    const shared = new Map<string, LoginCredential>();
    for (const [name, credential] of Object.entries(given)) {
        const registry = atProperty(`registries.${name}`, () => findRegistry(catalog, name));
        for (const [source, one, argument] of sourcesOf(registry, credential)) {
            const origin: Origin = { argument, apps };
            const checked = rightKind(registry, source, one, argument);
            if (source.from === "config") {
                shared.set(source.key, checked as LoginCredential);
            } else if (checked.kind === "login") {
                values.push(...loginValues(checked, namesFor(registry, source).secrets, origin));
            } else {
                const profile = source.from === "aws" ? source.profile : undefined;
                values.push(...valuesOf(name, { ...checked, ...(profile && { profile }) } as GivenCredential, origin));
            }
        }
    }
    return [...values, ...sharedSecret(shared, apps)];
}

/** Names that workflows of the catalogue ask for. */
export function namesAsked(catalog: Catalog): { secrets: readonly string[]; variables: readonly string[] } {
    const registries = Object.values(catalog.registries);
    return registryAccess(registries, registries);
}

type Asked = readonly [source: CredentialSource, credential: GivenCredential, argument: string];

function sourcesOf(registry: Registry, given: RegistryCredential<GivenCredential>): Asked[] {
    const { pull, push } = registry.credentials ?? {};
    const argument = `registries.${registry.name}`;
    if (pull === undefined || push === undefined) {
        throw badArgument(
            argument,
            `the registry has no credentials in the catalogue: name them there, or leave it out`,
        );
    }
    if ("kind" in given) {
        const both = [pull, push].map((source): Asked => [source, given, argument]);
        return JSON.stringify(pull) === JSON.stringify(push) ? both.slice(0, 1) : both;
    }
    return [
        ...(given.pull === undefined ? [] : [[pull, given.pull, `${argument}.pull`] as const]),
        ...(given.push === undefined ? [] : [[push, given.push, `${argument}.push`] as const]),
    ];
}

function rightKind(registry: Registry, source: CredentialSource, given: GivenCredential, argument: string) {
    const wanted = WANTED[source.from];
    if (wanted === undefined || (source.from === "docker" && registry.kind === "ghcr")) {
        const how = wanted === undefined ? "nobody logs in" : "workflows log in with the job's own token";
        throw badArgument(argument, `needs no secret: at ${registry.host} ${how}; leave it out`);
    }
    if (given.kind !== wanted) {
        const asks = `the catalogue's credentials are "from: ${source.from}", which takes the kind "${wanted}"`;
        throw badArgument(argument, `must not be of the kind "${given.kind}": ${asks}`);
    }
    return given;
}

function namesFor(registry: Registry, source: CredentialSource) {
    return registryAccess([{ ...registry, credentials: { pull: source, push: source } }]);
}

/** What `credentials: { from: config }` reads: JSON of all logins, by key. */
function sharedSecret(logins: ReadonlyMap<string, LoginCredential>, apps: Origin["apps"]): NamedValue[] {
    if (logins.size === 0) {
        return [];
    }
    const all = [...logins].map(([key, { username, password }]) => pulumi.all([key, username, password]));
    const json = pulumi
        .all(all)
        .apply((list) =>
            JSON.stringify(Object.fromEntries(list.map(([key, username, password]) => [key, { username, password }]))),
        );
    const origin: Origin = { argument: "registries", apps };
    return [secretValue("TRANSSHIP_CREDENTIALS", pulumi.secret(json), {}, origin)];
}
