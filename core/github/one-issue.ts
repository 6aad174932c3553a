import { type DriftState, type IssueText, stateOfBody } from "./drift-text";
import type { Issue, Issues } from "./issues";

export const DRIFT_LABEL = "transship-drift";

/** `none`: there is nothing to do. `left`: not all could be asked, so an open issue is neither right nor wrong. */
export interface DriftIssueResult {
    readonly action: "opened" | "reopened" | "updated" | "unchanged" | "closed" | "none" | "left";
    readonly number?: number;
    readonly url?: string;
}

/** What the issue is to say, and what to say of a change of it. */
export interface Wording {
    readonly text: IssueText;
    /** The comment where a closed one is opened again. */
    readonly back: string;
    /** The comment where an open one said something else; undefined where that is not worth one. */
    change(before: DriftState): string | undefined;
}

/** Without our label, so far back is looked: some requests, where the label was taken off by hand. */
const UNLABELLED_PAGES = 10;
const ALL_PAGES = 100;
/** Drift that comes back so soon is the same story. */
const REOPEN_MS = 14 * 24 * 3_600_000;

/** One issue is open and says that, whatever was there before. @param key whose issue it is */
export async function keepOpen(issues: Issues, key: string, wording: Wording, now: number): Promise<DriftIssueResult> {
    const isOurs = (body: string): boolean => stateOfBody(body, key) !== undefined;
    const open = await findOpen(issues, isOurs);
    const kept = open.at(-1);
    if (kept !== undefined) {
        await closeDoubles(issues, open.slice(0, -1), kept);
        return update(issues, kept, wording, key);
    }
    const { body, title } = wording.text;
    const again = await findRecent(issues, isOurs, now);
    if (again !== undefined) {
        const issue = await issues.change(again.number, { title, body, state: "open", state_reason: "reopened" });
        await issues.comment(again.number, wording.back);
        return told("reopened", issue);
    }
    return told("opened", await issues.create({ title, body, labels: [DRIFT_LABEL] }));
}

/** None is open. @param why the comment on each that was */
export async function closeAll(issues: Issues, key: string, why: string): Promise<DriftIssueResult> {
    let last: Issue | undefined;
    for (const { number } of await findOpen(issues, (body) => stateOfBody(body, key) !== undefined)) {
        last = await issues.change(number, { state: "closed", state_reason: "completed" });
        await issues.comment(number, why);
    }
    return last === undefined ? { action: "none" } : told("closed", last);
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

async function update(issues: Issues, issue: Issue, { text, change }: Wording, key: string): Promise<DriftIssueResult> {
    const before = stateOfBody(issue.body ?? "", key);
    if (before === undefined || before.content === text.state.content) {
        return told("unchanged", issue);
    }
    const changed = await issues.change(issue.number, { title: text.title, body: text.body });
    const comment = change(before);
    if (comment !== undefined) {
        await issues.comment(issue.number, comment);
    }
    return told("updated", changed);
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
