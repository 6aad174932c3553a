import type { GitHubClient } from "./client";
import type { GitHubContext } from "./context";
import { type DriftDocument, shortHash } from "./drift-list";
import { changeText, driftText, stateOfBody } from "./drift-text";
import { type Issue, Issues } from "./issues";

export const DRIFT_LABEL = "transship-drift";

/** `none`: there is nothing to do. `left`: not all could be asked, so an open issue is neither right nor wrong. */
export interface DriftIssueResult {
    readonly action: "opened" | "reopened" | "updated" | "unchanged" | "closed" | "none" | "left";
    readonly number?: number;
    readonly url?: string;
}

export interface DriftIssueOptions {
    /** Tells apart the issues of several catalogues in one repository. @default "" */
    readonly name?: string;
    readonly now?: () => number;
}

/** Without our label, so far back is looked: some requests, where the label was taken off by hand. */
const UNLABELLED_PAGES = 10;
const ALL_PAGES = 100;
/** Drift that comes back so soon is the same story. */
const REOPEN_MS = 14 * 24 * 3_600_000;

/**
 * One issue for as long as there is drift: opened or reopened, brought up to date where what it says is no longer so,
 * commented on where something else is wrong than before, closed when nothing is. A look that proves nothing changes
 * nothing. It is known by a hidden line in its body, whatever its title and labels have become.
 *
 * @throws GitHubError
 */
export async function keepDriftIssue(
    client: GitHubClient,
    { repository, run }: Pick<GitHubContext, "repository" | "run">,
    document: DriftDocument,
    { name = "", now = Date.now }: DriftIssueOptions = {},
): Promise<DriftIssueResult> {
    if (document.outcome === "unknown") {
        return { action: "left" };
    }
    const key = shortHash(JSON.stringify([document.environment, name]));
    const issues = new Issues(client, repository);
    const isOurs = (body: string): boolean => stateOfBody(body, key) !== undefined;
    const open = await findOpen(issues, isOurs);
    if (document.outcome === "consistent") {
        return closeAll(issues, open, document, run);
    }
    const text = driftText(document, key, run);
    const kept = open.at(-1);
    if (kept !== undefined) {
        await closeDoubles(issues, open.slice(0, -1), kept);
        return update(issues, kept, document, text, key);
    }
    const { body, title } = text;
    const again = await findRecent(issues, isOurs, now());
    if (again !== undefined) {
        const issue = await issues.change(again.number, { title, body, state: "open", state_reason: "reopened" });
        await issues.comment(again.number, `The drift is back, seen at ${document.at}.`);
        return told("reopened", issue);
    }
    return told("opened", await issues.create({ title, body, labels: [DRIFT_LABEL] }));
}

/** Newest first. */
async function findOpen(issues: Issues, isOurs: (body: string) => boolean): Promise<Issue[]> {
    const labelled = await issues.find({ state: "open", labels: DRIFT_LABEL }, isOurs, ALL_PAGES);
    return labelled.length > 0 ? labelled : issues.find({ state: "open" }, isOurs, UNLABELLED_PAGES);
}

async function findRecent(issues: Issues, isOurs: (body: string) => boolean, now: number): Promise<Issue | undefined> {
    const since = new Date(now - REOPEN_MS).toISOString();
    const closed = await issues.find({ state: "closed", labels: DRIFT_LABEL, since }, isOurs, 1);
    return closed.find(({ closed_at }) => closed_at !== null && Date.parse(closed_at) >= now - REOPEN_MS);
}

async function update(
    issues: Issues,
    issue: Issue,
    document: DriftDocument,
    { body, state, title }: ReturnType<typeof driftText>,
    key: string,
): Promise<DriftIssueResult> {
    const before = stateOfBody(issue.body ?? "", key);
    if (before === undefined || before.content === state.content) {
        return told("unchanged", issue);
    }
    const changed = await issues.change(issue.number, { title, body });
    const change = changeText(document, before);
    if (change !== undefined) {
        await issues.comment(issue.number, change);
    }
    return told("updated", changed);
}

async function closeAll(
    issues: Issues,
    open: readonly Issue[],
    { at }: DriftDocument,
    run: string | undefined,
): Promise<DriftIssueResult> {
    let last: Issue | undefined;
    for (const { number } of open) {
        last = await issues.change(number, { state: "closed", state_reason: "completed" });
        const by = run === undefined ? "" : ` by [this run](<${run}>)`;
        await issues.comment(number, `All copies are equal again: proven at ${at}${by}.`);
    }
    return last === undefined ? { action: "none" } : told("closed", last);
}

/** Two runs at a time, or a person, made a second one: the oldest stays. */
async function closeDoubles(issues: Issues, doubles: readonly Issue[], kept: Issue): Promise<void> {
    for (const { number } of doubles) {
        await issues.change(number, { state: "closed", state_reason: "not_planned" });
        await issues.comment(number, `The same as #${kept.number}, which goes on.`);
    }
}

function told(action: DriftIssueResult["action"], { html_url: url, number }: Issue): DriftIssueResult {
    return { action, number, url };
}
