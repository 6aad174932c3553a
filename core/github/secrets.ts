import { pathOf } from "./access";
import type { GitHubClient } from "./client";

/** What reads the secrets; `gh secret --app` has the same names. */
export type SecretsApp = "actions" | "dependabot" | "codespaces";

/** Environments have Actions secrets only. */
export type SecretsPlace =
    | { readonly kind: "repository"; readonly repository: string; readonly app: SecretsApp }
    | { readonly kind: "organization"; readonly organization: string; readonly app: SecretsApp }
    | { readonly kind: "environment"; readonly repository: string; readonly environment: string };

/** What GitHub tells of a secret: never its value. */
export interface SecretState {
    /** In upper case, as GitHub stores it. */
    readonly name: string;
    /** ISO 8601. */
    readonly updatedAt: string;
    readonly createdAt: string;
    /** Of an organisation's. */
    readonly visibility?: "all" | "private" | "selected";
    /** `owner/name` of those that may read it, where the visibility is `selected`. */
    readonly repositories?: readonly string[];
}

export interface VariableState extends SecretState {
    readonly value: string;
}

export interface WireSecret {
    readonly name: string;
    readonly updated_at: string;
    readonly created_at: string;
    readonly visibility?: SecretState["visibility"];
    readonly value?: string;
}

/**
 * The secrets of a place that was seen: names and dates.
 * (https://docs.github.com/en/rest/actions/secrets, /rest/dependabot/secrets, /rest/codespaces/organization-secrets)
 *
 * @throws GitHubError
 */
export async function secretsOf(client: GitHubClient, place: SecretsPlace): Promise<SecretState[]> {
    const request = { doing: `list the ${describePlace(place)}`, needs: needsOf(place) };
    const path = `${placePath(place)}/secrets`;
    return states(client, path, request, "secrets", 100);
}

/**
 * The Actions variables of a place that was seen; Dependabot and Codespaces have none.
 * (https://docs.github.com/en/rest/actions/variables)
 *
 * @throws GitHubError
 */
export async function variablesOf(client: GitHubClient, place: SecretsPlace): Promise<VariableState[]> {
    const needs = needsOf(place).replace("secrets", "variables");
    const request = { doing: `list the ${describePlace(place, "variables")}`, needs };
    const found = await states(client, `${placePath(place)}/variables`, request, "variables", 30);
    return found as VariableState[];
}

async function states(
    client: GitHubClient,
    path: string,
    request: { readonly doing: string; readonly needs: string },
    key: "secrets" | "variables",
    size: number,
): Promise<SecretState[]> {
    const found: SecretState[] = [];
    for await (const page of client.pages<WireSecret>(`${path}?per_page=${size}`, request, key)) {
        for (const one of page) {
            const repositories =
                one.visibility === "selected"
                    ? await selectedFor(client, `${path}/${encodeURIComponent(one.name)}`, request)
                    : undefined;
            found.push({
                name: one.name,
                updatedAt: one.updated_at,
                createdAt: one.created_at,
                ...(one.visibility === undefined ? {} : { visibility: one.visibility }),
                ...(repositories === undefined ? {} : { repositories }),
                ...(one.value === undefined ? {} : { value: one.value }),
            });
        }
    }
    return found;
}

async function selectedFor(
    client: GitHubClient,
    path: string,
    request: { readonly doing: string; readonly needs: string },
): Promise<string[]> {
    const found: string[] = [];
    for await (const page of client.pages<{ full_name: string }>(`${path}/repositories`, request, "repositories")) {
        found.push(...page.map(({ full_name }) => full_name));
    }
    return found.sort();
}

/** For a sentence: `Dependabot secrets of acme/images`. */
export function describePlace(place: SecretsPlace, what = "secrets"): string {
    const app = place.kind === "environment" ? "actions" : place.app;
    const words = `${app.charAt(0).toUpperCase()}${app.slice(1)} ${what}`;
    switch (place.kind) {
        case "repository":
            return `${words} of ${place.repository}`;
        case "organization":
            return `${words} of the organization ${place.organization}`;
        case "environment":
            return `${words} of the environment ${place.environment} of ${place.repository}`;
    }
}

function placePath(place: SecretsPlace): string {
    switch (place.kind) {
        case "repository":
            return `/repos/${place.repository}/${place.app}`;
        case "organization":
            return `${pathOf`/orgs/${place.organization}`}/${place.app}`;
        case "environment":
            return `/repos/${place.repository}${pathOf`/environments/${place.environment}`}`;
    }
}

function needsOf(place: SecretsPlace): string {
    if (place.kind === "environment") {
        return "environments: read";
    }
    const which = place.app === "actions" ? "secrets" : `${place.app} secrets`;
    return place.kind === "organization" ? `organization ${which}: read` : `${which}: read`;
}
