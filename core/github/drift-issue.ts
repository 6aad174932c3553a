import type { GitHubClient } from "./client";
import type { GitHubContext } from "./context";
import { type DriftDocument, shortHash } from "./drift-list";
import { changeText, driftText } from "./drift-text";
import { type FailedRunDocument, failureText } from "./failure-text";
import { Issues } from "./issues";
import { closeAll, type DriftIssueResult, keepOpen } from "./one-issue";

export interface DriftIssueOptions {
    /** Tells apart the issues of several catalogues in one repository. @default "" */
    readonly name?: string;
    readonly now?: () => number;
}

/** Where the issue is, and which run tells of it. */
type Where = Pick<GitHubContext, "repository" | "run">;

/**
 * One issue for as long as there is drift: opened or reopened, brought up to date where what it says is no longer so,
 * commented on where something else is wrong than before, closed when nothing is. A look that proves nothing changes
 * nothing. It is known by a hidden line in its body, whatever its title and labels have become.
 *
 * @throws GitHubError
 */
export async function keepDriftIssue(
    client: GitHubClient,
    { repository, run }: Where,
    document: DriftDocument,
    { name = "", now = Date.now }: DriftIssueOptions = {},
): Promise<DriftIssueResult> {
    const { at, environment, outcome } = document;
    if (outcome === "unknown") {
        return { action: "left" };
    }
    const key = keyOf(environment, name);
    const issues = new Issues(client, repository);
    if (outcome === "consistent") {
        const by = run === undefined ? "" : ` by [this run](<${run}>)`;
        return closeAll(issues, key, `All copies are equal again: proven at ${at}${by}.`);
    }
    return keepOpen(
        issues,
        key,
        {
            text: driftText(document, key, run),
            back: `The drift is back, seen at ${at}.`,
            change: (before) => changeText(document, before),
        },
        now(),
    );
}

/**
 * The same issue for a run that ended before it could tell of any copy: a catalogue that cannot be read, credentials
 * that are missing. The next look which proves something closes it, or says what is wrong then.
 *
 * @throws GitHubError
 */
export async function keepFailureIssue(
    client: GitHubClient,
    { repository, run }: Where,
    failed: FailedRunDocument,
    { name = "", now = Date.now }: DriftIssueOptions = {},
): Promise<DriftIssueResult> {
    const key = keyOf(failed.environment, name);
    const wording = {
        text: failureText(failed, key, run),
        back: `It fails again, since ${failed.at}.`,
        change: () => `It fails for another reason since ${failed.at}: the description says which.`,
    };
    return keepOpen(new Issues(client, repository), key, wording, now());
}

/** One repository may have issues of several catalogues and environments. */
function keyOf(environment: string, name: string): string {
    return shortHash(JSON.stringify([environment, name]));
}
