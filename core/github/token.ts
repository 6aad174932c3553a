import type { GitHubClient } from "./client";
import { hasScope, kindOfToken, RIGHTS, splitScopes, type TokenKind } from "./rights";

/** What a token says of itself; its value is nowhere in here. */
export interface TokenDiagnosis {
    readonly kind: TokenKind;
    /** Undefined for a job's own token, which is no user's. */
    readonly login?: string;
    /** Of a classic token. */
    readonly scopes?: readonly string[];
    /** ISO 8601, where it expires. */
    readonly expiresAt?: string;
    /**
     * Whether it is proven that it has not the right: by its scopes, or by its kind. The rest only an attempt tells:
     * GitHub lists no permissions of fine-grained tokens, and a scope is no more than its user's role.
     *
     * @param right as in `RIGHTS`: `packages: write`
     */
    lacks(right: string): boolean;
}

/**
 * Asks GitHub whose token it is. (https://docs.github.com/en/rest/users/users#get-the-authenticated-user; the scopes of
 * classic tokens are in a header of every answer)
 *
 * @throws GitHubError `GITHUB_UNAUTHORIZED`
 */
export async function tokenOf(client: GitHubClient): Promise<TokenDiagnosis> {
    const request = { doing: "ask whose token it is" };
    const first = kindOfToken(client.access.token);
    // A job's token is refused at /user, and is right for all that.
    const path = first === "app" ? "/rate_limit" : "/user";
    const { headers, json } = await client.answer("GET", path, request);
    const told = headers["x-oauth-scopes"];
    const kind = kindOfToken(client.access.token, told);
    const scopes = told === undefined ? undefined : splitScopes(told);
    const login = (json as { login?: string }).login;
    const expires = Date.parse(headers["github-authentication-token-expiration"] ?? "");
    return {
        kind,
        ...(login === undefined ? {} : { login }),
        ...(scopes === undefined ? {} : { scopes }),
        ...(Number.isNaN(expires) ? {} : { expiresAt: new Date(expires).toISOString() }),
        lacks: (right) => isLacking(right, kind, scopes),
    };
}

function isLacking(name: string, kind: TokenKind, scopes: readonly string[] | undefined): boolean {
    const right = RIGHTS[name];
    if (right === undefined || kind === "unknown") {
        return false;
    }
    if (kind === "classic") {
        // A public repository takes less than `repo`.
        const wanted = right.classic.includes("repo") ? [...right.classic, "public_repo"] : right.classic;
        return scopes !== undefined && !hasScope(scopes, wanted);
    }
    return (kind === "fine-grained" ? right.fineGrained : right.job) === undefined;
}
