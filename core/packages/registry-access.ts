import type { Registry } from "../catalog";
import { type GitHubAccess, PUBLIC_API } from "../github";
import type { NamedCredentials } from "../registry";

/** Where container packages are read when no catalogue names a registry of kind `ghcr`. */
export const GHCR: Registry = { name: "ghcr.io", host: "ghcr.io", prefix: "", kind: "ghcr" };

const KEY = "transship GitHub token";

/**
 * Registries by which manifests can be read. ghcr.io without credentials of its own takes the token that lists the
 * packages, since it may read them; no other host ever gets it.
 */
export function withGitHubToken(
    registries: readonly Registry[],
    { api, token }: GitHubAccess,
    credentials: NamedCredentials = {},
): { readonly registries: readonly Registry[]; readonly credentials: NamedCredentials } {
    const isOwn = ({ credentials: given, host, insecure, kind }: Registry): boolean =>
        given === undefined && kind === "ghcr" && host === "ghcr.io" && api === PUBLIC_API && insecure !== true;
    const source = { from: "config" as const, key: KEY };
    return {
        registries: registries.map((one) =>
            isOwn(one) ? { ...one, credentials: { pull: source, push: source } } : one,
        ),
        // GitHub takes any name beside a token.
        credentials: { ...credentials, [KEY]: { username: "x-access-token", password: token } },
    };
}
