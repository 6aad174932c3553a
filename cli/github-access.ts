import type { GitHubAccess } from "../core/github";
import { UsageError } from "./exit-code";

/**
 * `GITHUB_TOKEN`, else `GH_TOKEN`; `GITHUB_API_URL` where it is not github.com.
 *
 * @param needs the rights that it takes, for the sentence where there is no token
 * @throws UsageError
 */
export function readGitHubToken(env: NodeJS.ProcessEnv, needs: string): GitHubAccess {
    const { GH_TOKEN, GITHUB_API_URL, GITHUB_TOKEN } = env;
    const [from, token] = GITHUB_TOKEN?.trim() ? ["GITHUB_TOKEN", GITHUB_TOKEN] : ["GH_TOKEN", GH_TOKEN];
    if (!token?.trim()) {
        throw new UsageError(`GITHUB_TOKEN is not set: give it (or GH_TOKEN) ${needs}.`);
    }
    const api = GITHUB_API_URL?.trim() || "https://api.github.com";
    if (!/^https?:\/\//.test(api) || !URL.canParse(api)) {
        throw new UsageError(`GITHUB_API_URL ${JSON.stringify(api)} is no address: leave it out for github.com.`);
    }
    return { api: api.replace(/\/+$/, ""), token: token.trim(), from };
}
