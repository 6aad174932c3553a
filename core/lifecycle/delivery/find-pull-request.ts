import { fileOf, type GitHubClient, pullRequestsOf, repositoryOf } from "../../github";
import { textDigest } from "../../workflows";
import type { PullRequestFound, PullRequestInputs } from "./types";

/**
 * What became of a delivery: `merged` as soon as the base has all files, by whatever way; else the open pull request of its
 * branch, else the newest closed one, else `absent`.
 *
 * @throws GitHubError
 */
export async function findPullRequest(
    client: GitHubClient,
    { base, files, head, repository }: PullRequestInputs,
): Promise<PullRequestFound> {
    const { nameWithOwner } = await repositoryOf(client, repository);
    const pulls = await pullRequestsOf(client, nameWithOwner, { head, state: "all" });
    if (await hasAll(client, nameWithOwner, base, files)) {
        const merged = pulls.find((pull) => pull.merged);
        return { state: "merged", ...(merged && { number: merged.number, url: merged.url }) };
    }
    const open = pulls.find(({ state }) => state === "open");
    const found = open ?? pulls[0];
    return found === undefined ? { state: "absent" } : { state: found.state, number: found.number, url: found.url };
}

async function hasAll(
    client: GitHubClient,
    repository: string,
    base: string,
    files: PullRequestInputs["files"],
): Promise<boolean> {
    for (const [path, digest] of Object.entries(files)) {
        const there = await fileOf(client, repository, path, base);
        if (there === undefined || textDigest(there.text) !== digest) {
            return false;
        }
    }
    return true;
}
