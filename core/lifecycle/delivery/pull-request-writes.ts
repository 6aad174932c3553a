import { TransshipError } from "../../errors";
import {
    branchOf,
    compareBranches,
    type GitHubClient,
    openPullRequest,
    pathOf,
    pullRequestsOf,
    repositoryOf,
} from "../../github";
import { findPullRequest } from "./find-pull-request";
import type { PullRequestFound, PullRequestInputs, PullRequestState } from "./types";

const NEEDS = "pull-requests: write";

/**
 * Opens the pull request unless there is one, or nothing to merge.
 *
 * @throws GitHubError; TransshipError `DELIVERY_BRANCH_MISSING`
 */
export async function openDelivery(client: GitHubClient, inputs: PullRequestInputs): Promise<PullRequestFound> {
    const found = await findPullRequest(client, inputs);
    if (found.state !== "absent") {
        return found;
    }
    const { base, body, head, repository, title } = inputs;
    const { nameWithOwner } = await repositoryOf(client, repository);
    if ((await branchOf(client, nameWithOwner, head)) === undefined) {
        throw new TransshipError(
            "DELIVERY_BRANCH_MISSING",
            `The branch ${head} of ${nameWithOwner} is gone, though the state has it: run pulumi up --refresh, which makes it again.`,
        );
    }
    const { files } = await compareBranches(client, nameWithOwner, base, head);
    if (files.length === 0) {
        return { state: "merged" };
    }
    const opened = await openPullRequest(client, nameWithOwner, { base, body, head, title });
    return { state: "open", number: opened.number, url: opened.url };
}

/** A description that somebody wrote in is left as it is. */
export async function renewText(
    client: GitHubClient,
    olds: PullRequestState,
    { body, head, repository, title }: PullRequestInputs,
    { number, state }: PullRequestFound,
): Promise<void> {
    if (state !== "open" || number === undefined || (olds.body === body && olds.title === title)) {
        return;
    }
    const { nameWithOwner } = await repositoryOf(client, repository);
    const pull = (await pullRequestsOf(client, nameWithOwner, { head })).find((one) => one.number === number);
    const change = {
        ...(pull?.body.replace(/\r\n/g, "\n") === olds.body ? { body } : {}),
        ...(pull?.title === olds.title ? { title } : {}),
    };
    if (pull !== undefined && Object.keys(change).length > 0) {
        await changePullRequest(client, nameWithOwner, number, "describe", change);
    }
}

/**
 * Two open pull requests for the same files would be merged one over the other: the older one is closed, with a word. Its
 * branch stays.
 */
export async function closeSuperseded(
    client: GitHubClient,
    olds: PullRequestState,
    by: PullRequestFound,
): Promise<void> {
    if (olds.state !== "open" || olds.number === undefined || olds.number === by.number) {
        return;
    }
    const { nameWithOwner } = await repositoryOf(client, olds.repository);
    const open = await pullRequestsOf(client, nameWithOwner, { head: olds.head });
    const older = open.find(({ number }) => number === olds.number);
    if (older !== undefined) {
        const what = by.number === undefined ? "what is on the branch already" : `#${by.number}`;
        const body = `${older.body}\n\nSuperseded by ${what}.`;
        await changePullRequest(client, nameWithOwner, older.number, "close", { state: "closed", body });
    }
}

async function changePullRequest(
    client: GitHubClient,
    repository: string,
    number: number,
    verb: string,
    change: object,
): Promise<void> {
    const request = { doing: `${verb} ${repository}#${number}`, needs: NEEDS };
    await client.send("PATCH", `/repos/${repository}${pathOf`/pulls/${number}`}`, request, change);
}
