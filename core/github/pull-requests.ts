import type { GitHubClient } from "./client";

/** (https://docs.github.com/en/rest/pulls/pulls) */
export interface PullRequest {
    readonly number: number;
    readonly url: string;
    readonly title: string;
    readonly body: string;
    readonly state: "open" | "closed";
    readonly merged: boolean;
    /** The branch that it would merge, and where its commits are. */
    readonly head: { readonly branch: string; readonly commit: string };
    readonly base: { readonly branch: string };
}

interface WirePull {
    readonly number: number;
    readonly html_url: string;
    readonly title: string;
    readonly body: string | null;
    readonly state: "open" | "closed";
    readonly merged_at?: string | null;
    readonly head: { readonly ref: string; readonly sha: string };
    readonly base: { readonly ref: string };
}

export interface PullRequestFilter {
    /** A branch of the same repository. */
    readonly head?: string;
    readonly base?: string;
    /** @default "open" */
    readonly state?: "open" | "closed" | "all";
}

/**
 * Pull requests of a repository that `repositoryOf` has seen, newest first, 1000 at most.
 *
 * @param repository with the owner's own spelling: GitHub finds no head by another
 * @throws GitHubError
 */
export async function pullRequestsOf(
    client: GitHubClient,
    repository: string,
    { base, head, state = "open" }: PullRequestFilter = {},
): Promise<PullRequest[]> {
    const owner = repository.split("/")[0] ?? "";
    const query = new URLSearchParams({
        state,
        ...(head === undefined ? {} : { head: `${owner}:${head}` }),
        ...(base === undefined ? {} : { base }),
    });
    const request = { doing: `list the pull requests of ${repository}`, needs: "pull-requests: read" };
    const found: PullRequest[] = [];
    for await (const page of client.pages<WirePull>(`/repos/${repository}/pulls?${query}`, request)) {
        found.push(...page.map(pullFrom));
        if (found.length >= MOST) {
            break;
        }
    }
    return found;
}

const MOST = 1000;

export interface PullRequestText {
    /** A branch of the same repository. */
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
}

/** @throws GitHubError `GITHUB_REFUSED` where one is open for this head and base, or there is nothing to merge */
export async function openPullRequest(
    client: GitHubClient,
    repository: string,
    { base, body, head, title }: PullRequestText,
): Promise<PullRequest> {
    const request = {
        doing: `open a pull request from ${head} to ${base} in ${repository}`,
        needs: "pull-requests: write",
        advice: { 422: "one is open already, or the branch has no commits that its base has not" },
    };
    return pullFrom(
        await client.send<WirePull>("POST", `/repos/${repository}/pulls`, request, { head, base, title, body }),
    );
}

function pullFrom({ base, body, head, html_url, merged_at, number, state, title }: WirePull): PullRequest {
    return {
        number,
        url: html_url,
        title,
        body: body ?? "",
        state,
        merged: typeof merged_at === "string",
        head: { branch: head.ref, commit: head.sha },
        base: { branch: base.ref },
    };
}
