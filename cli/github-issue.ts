import type { Command } from "commander";
import type { DriftIssueResult } from "../core/github";
import type { RunDocument } from "../core/report";
import { UsageError } from "./exit-code";
import type { Output } from "./output";

type Options = Readonly<Record<string, unknown>>;

export function addIssueOptions(command: Command): void {
    command
        .option("--github-issue", "open one issue on drift, keep it up to date, close it when the drift is gone")
        .option("--issue-name <name>", "with --github-issue: tells apart the issues of several catalogues");
}

/**
 * Whether the issue can be told of at all, before anything is read.
 *
 * @throws TransshipError `USAGE` for a variable that is missing
 */
export function checkIssueOptions({ githubIssue, issueName }: Options, env: NodeJS.ProcessEnv): void {
    if (githubIssue === true) {
        loadGitHub().readContext(env);
    } else if (issueName !== undefined) {
        throw new UsageError("--issue-name is for --github-issue: write both.");
    }
}

/**
 * Brings the repository's issue in step with a look, where `--github-issue` asks for it.
 *
 * @throws GitHubError
 */
export async function keepIssue(
    run: RunDocument,
    { githubIssue, issueName }: Options,
    signal: AbortSignal,
): Promise<DriftIssueResult | undefined> {
    if (githubIssue !== true) {
        return undefined;
    }
    const { GitHubClient, keepDriftIssue, readContext } = loadGitHub();
    const context = readContext(process.env);
    const client = new GitHubClient(context, { signal });
    try {
        return await keepDriftIssue(client, context, run, issueName === undefined ? {} : { name: String(issueName) });
    } finally {
        await client.close();
    }
}

/** Only where it is asked for: it loads an HTTP client. */
function loadGitHub(): typeof import("../core/github") {
    return require("../core/github") as typeof import("../core/github");
}

const WORDS: Readonly<Record<DriftIssueResult["action"], string>> = {
    opened: "opened the issue",
    reopened: "reopened the issue",
    updated: "brought the issue up to date:",
    unchanged: "the issue is up to date:",
    closed: "closed the issue",
    none: "no issue is open, and none is needed",
    left: "not all could be asked: the issue, if there is one, is left as it is",
};

export function printIssue({ action, url }: DriftIssueResult, output: Output): void {
    output.detail(`GitHub: ${WORDS[action]}${url === undefined ? "" : ` ${url}`}`);
}
