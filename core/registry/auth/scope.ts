import type { Access, RegistryRequest } from "../http/request";

const ACTIONS: Readonly<Record<Access, string>> = { pull: "pull", push: "pull,push", delete: "pull,push,delete" };

/**
 * The scopes a request needs, as a token service reads them (distribution.github.io/distribution/spec/auth/scope):
 * `repository:acme/vault:pull`. A mount reads from a second repository. Empty for `/v2/`, which belongs to none.
 */
export function scopesOf(request: RegistryRequest): string[] {
    if (request.repository === undefined) {
        return [];
    }
    const scopes = [`repository:${request.repository}:${ACTIONS[request.access]}`];
    if (request.mountFrom !== undefined && request.mountFrom !== request.repository) {
        scopes.push(`repository:${request.mountFrom}:pull`);
    }
    return scopes;
}

/** The scope of a push to a request's repository; who may push may read. */
export function pushScope({ repository }: RegistryRequest): string {
    return `repository:${repository}:${ACTIONS.push}`;
}

/** The scopes of both, each resource once with all its actions, so that a token for the one fits the other. */
export function mergeScopes(ours: readonly string[], theirs: readonly string[]): string[] {
    const actions = new Map<string, Set<string>>();
    for (const scope of [...ours, ...theirs]) {
        const colon = scope.lastIndexOf(":");
        const resource = colon === -1 ? scope : scope.slice(0, colon);
        const set = actions.get(resource) ?? new Set<string>();
        for (const action of colon === -1 ? [] : scope.slice(colon + 1).split(",")) {
            if (action !== "") {
                set.add(action);
            }
        }
        actions.set(resource, set);
    }
    return [...actions].map(([resource, set]) => (set.size === 0 ? resource : `${resource}:${[...set].join(",")}`));
}
