import { TransshipError } from "../errors";
import { type GitHubAccess, PUBLIC_API } from "./access";

/** Which repository, at which GitHub, as whom: what GitHub Actions sets for each job. */
export interface GitHubContext extends GitHubAccess {
    /** `owner/name`. */
    readonly repository: string;
    /** The run's page; undefined outside of a workflow. */
    readonly run?: string;
}

/**
 * `GITHUB_TOKEN` and `GITHUB_REPOSITORY`; `GITHUB_API_URL` where it is not github.com.
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/variables)
 *
 * @throws TransshipError `USAGE` with the variable that is missing or wrong
 */
export function readContext(env: Readonly<Record<string, string | undefined>>): GitHubContext {
    const { GITHUB_API_URL, GITHUB_REPOSITORY = "", GITHUB_RUN_ID, GITHUB_SERVER_URL, GITHUB_TOKEN = "" } = env;
    if (GITHUB_TOKEN === "") {
        throw usage(
            `GITHUB_TOKEN is not set: hand the job's token over (env: GITHUB_TOKEN), or a token that may write issues`,
        );
    }
    if (!/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) {
        const found = GITHUB_REPOSITORY === "" ? "is not set" : `${JSON.stringify(GITHUB_REPOSITORY)} is no repository`;
        throw usage(`GITHUB_REPOSITORY ${found}: write owner/name`);
    }
    const api = GITHUB_API_URL || PUBLIC_API;
    if (!/^https?:\/\//.test(api) || !URL.canParse(api)) {
        throw usage(`GITHUB_API_URL ${JSON.stringify(api)} is no address: leave it out for github.com`);
    }
    const server = GITHUB_SERVER_URL || "https://github.com";
    const run = /^\d+$/.test(GITHUB_RUN_ID ?? "")
        ? `${server}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
        : undefined;
    return {
        api: api.replace(/\/+$/, ""),
        repository: GITHUB_REPOSITORY,
        token: GITHUB_TOKEN,
        from: "GITHUB_TOKEN",
        ...(run && { run }),
    };
}

function usage(sentence: string): TransshipError {
    return new TransshipError("USAGE", `${sentence}.`);
}
