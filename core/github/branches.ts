import { pathOf } from "./access";
import type { GitHubClient } from "./client";

export interface Branch {
    readonly name: string;
    /** The commit that it points to, 40 hex digits. */
    readonly commit: string;
    /** By a branch protection or a ruleset: a commit straight onto it may be refused. */
    readonly protected: boolean;
}

interface WireBranch {
    readonly name: string;
    readonly commit: { readonly sha: string };
    readonly protected: boolean;
}

/**
 * A branch of a repository that `repositoryOf` has seen; undefined where there is none of that name.
 * (https://docs.github.com/en/rest/branches/branches#get-a-branch)
 *
 * @throws GitHubError
 */
export async function branchOf(client: GitHubClient, repository: string, branch: string): Promise<Branch | undefined> {
    const path = `/repos/${repository}${pathOf`/branches/${branch}`}`;
    const doing = `read the branch ${branch} of ${repository}`;
    const found = await client.find<WireBranch>(path, { doing, needs: "contents: read" });
    return found && { name: found.name, commit: found.commit.sha, protected: found.protected };
}

/**
 * A new branch at a commit. (https://docs.github.com/en/rest/git/refs#create-a-reference)
 *
 * @throws GitHubError `GITHUB_REFUSED` where there is one of that name
 */
export async function createBranch(
    client: GitHubClient,
    repository: string,
    branch: string,
    commit: string,
): Promise<Branch> {
    const doing = `create the branch ${branch} of ${repository}`;
    const advice = { 422: "it exists already, or its name is none that git takes: take another one" };
    const body = { ref: `refs/heads/${branch}`, sha: commit };
    await client.send("POST", `/repos/${repository}/git/refs`, { doing, needs: "contents: write", advice }, body);
    return { name: branch, commit, protected: false };
}

export interface Comparison {
    /** Commits that the head has and the base has not. */
    readonly aheadBy: number;
    readonly behindBy: number;
    /** Paths that differ, of which GitHub tells the first 300. */
    readonly files: readonly string[];
}

/**
 * What the head has over the base. (https://docs.github.com/en/rest/commits/commits#compare-two-commits)
 *
 * @throws GitHubError
 */
export async function compareBranches(
    client: GitHubClient,
    repository: string,
    base: string,
    head: string,
): Promise<Comparison> {
    const path = `/repos/${repository}/compare/${encodeURIComponent(base)}...${encodeURIComponent(head)}`;
    const request = { doing: `compare ${head} with ${base} in ${repository}`, needs: "contents: read" };
    const found = await client.send<{
        ahead_by: number;
        behind_by: number;
        files?: readonly { readonly filename: string }[];
    }>("GET", path, request);
    return {
        aheadBy: found.ahead_by,
        behindBy: found.behind_by,
        files: (found.files ?? []).map(({ filename }) => filename),
    };
}
