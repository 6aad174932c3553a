import type { Command } from "commander";
import type { DriftIssueOptions, DriftIssueResult, GitHubContext } from "../core/github";
import type { RunDocument } from "../core/report";
import { UsageError } from "./exit-code";
import type { Output } from "./output";

type Options = Readonly<Record<string, unknown>>;

export function addIssueOptions(command: Command): void {
    command
        .option("--github-issue", "open one issue on drift, keep it up to date, close it when the drift is gone")
        .option("--issue-name <name>", "with --github-issue: tells apart the issues of several catalogues")
        .option(
            "--issue-environment <name>",
            "with --github-issue: whose issue it is where a run ended before it could tell its environment",
        );
}

/**
 * Whether the issue can be told of at all, before anything is read.
 *
 * @throws TransshipError `USAGE` for a variable that is missing
 */
export function checkIssueOptions(options: Options, env: NodeJS.ProcessEnv): void {
    if (options.githubIssue === true) {
        loadGitHub().readContext(env);
        return;
    }
    const { issueName, issueEnvironment } = options;
    const alone = issueName !== undefined ? "name" : issueEnvironment !== undefined ? "environment" : undefined;
    if (alone !== undefined) {
        throw new UsageError(`--issue-${alone} is for --github-issue: write both.`);
    }
}

/**
 * Brings the repository's issue in step with a look, where `--github-issue` asks for it.
 *
 * @throws GitHubError
 */
export async function keepIssue(
    run: RunDocument,
    options: Options,
    signal: AbortSignal,
): Promise<DriftIssueResult | undefined> {
    return withGitHub(options, signal, ({ keepDriftIssue }, client, context, name) =>
        keepDriftIssue(client, context, run, name),
    );
}

/**
 * The same for runs that ended before they could tell of any copy.
 *
 * @throws GitHubError
 */
export async function keepIssueOfFailure(
    sentences: readonly string[],
    options: Options,
    signal: AbortSignal,
): Promise<DriftIssueResult | undefined> {
    const environment = options.issueEnvironment === undefined ? "default" : String(options.issueEnvironment);
    const failed = { environment, sentences, at: new Date().toISOString() };
    return withGitHub(options, signal, ({ keepFailureIssue }, client, context, name) =>
        keepFailureIssue(client, context, failed, name),
    );
}

type GitHub = typeof import("../core/github");

async function withGitHub(
    { githubIssue, issueName }: Options,
    signal: AbortSignal,
    work: (
        github: GitHub,
        client: InstanceType<GitHub["GitHubClient"]>,
        context: GitHubContext,
        options: DriftIssueOptions,
    ) => Promise<DriftIssueResult>,
): Promise<DriftIssueResult | undefined> {
    if (githubIssue !== true) {
        return undefined;
    }
    const github = loadGitHub();
    const context = github.readContext(process.env);
    const client = new github.GitHubClient(context, { signal });
    try {
        return await work(github, client, context, issueName === undefined ? {} : { name: String(issueName) });
    } finally {
        await client.close();
    }
}

/** Only where it is asked for: it loads an HTTP client. */
function loadGitHub(): GitHub {
    return require("../core/github") as GitHub;
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
