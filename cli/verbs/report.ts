import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { TransshipError } from "../../core/errors";
import { failuresFromDocuments, judgedFromDocument, type RunDocument, renderPullStatus } from "../../core/report";
import { type FailedRun, mergeRuns, type NamedRun, readRuns } from "../../core/report/merge";
import { documentHead, type ReportDocument } from "../documents";
import { EXIT, exitCodeOf, UsageError } from "../exit-code";
import { addIssueOptions, checkIssueOptions, keepIssue, keepIssueOfFailure, printIssue } from "../github-issue";
import type { Output } from "../output";
import { printJudgement } from "../print-judgement";
import { addShowOptions, checkShowOptions, show } from "../show";
import type { Verb } from "../verb";

const STDIN = "-";

/** Prints what runs of `check --json` found, all of them together, as `check` would. Asks no registry. */
export const report: Verb = {
    configure(command) {
        command.argument(
            "<file...>",
            'documents of "transship check --json", or logs with several of them; - is standard input',
        );
        addShowOptions(command);
        addIssueOptions(command);
    },

    async run({ output, signal }, files, options) {
        checkShowOptions(options);
        checkIssueOptions(options, process.env);
        const { runs, failed } = await readAll(files);
        if (runs.length === 0) {
            await failWith(failed, options, output, signal);
        }
        const merged = mergeRuns(runs, failed);
        if (merged.problem !== undefined) {
            throw new UsageError(merged.problem);
        }
        const { run } = merged;
        const exitCode = exitCodeOf(run.outcome);
        const issue = await keepIssue(run, options, signal);
        const document: ReportDocument = { ...documentHead("report", exitCode), ...run, ...(issue && { issue }) };
        const shown = show(document, options, output);
        printRun(run, runs.length, output);
        if (issue !== undefined) {
            printIssue(issue, output);
        }
        return shown;
    },
};

async function readAll(files: readonly string[]): Promise<{ runs: NamedRun[]; failed: FailedRun[] }> {
    const runs: NamedRun[] = [];
    const failed: FailedRun[] = [];
    for (const file of files) {
        const read = readRuns(nameOf(file), await readText(file));
        if (read.problem !== undefined) {
            throw new UsageError(read.problem);
        }
        runs.push(...read.runs);
        failed.push(...read.failed);
    }
    return { runs, failed };
}

/**
 * No run tells of a copy: the issue says so, where one is asked for, and this ends as they did.
 *
 * @throws UsageError where the first one ended by a user's mistake, TransshipError `RUN_FAILED` else
 */
async function failWith(
    failed: readonly FailedRun[],
    options: Readonly<Record<string, unknown>>,
    output: Output,
    signal: AbortSignal,
): Promise<never> {
    const issue = await keepIssueOfFailure(
        failed.map(({ message }) => message),
        options,
        signal,
    );
    if (issue !== undefined) {
        printIssue(issue, output);
    }
    const { exitCode, text = "No run tells of a copy." } = failed[0] ?? {};
    throw issue !== undefined && exitCode === EXIT.usage
        ? new UsageError(text)
        : new TransshipError("RUN_FAILED", text);
}

function nameOf(file: string): string {
    return file === STDIN ? "Standard input" : file;
}

async function readText(file: string): Promise<string> {
    try {
        return file === STDIN ? await text(process.stdin) : await readFile(file, "utf8");
    } catch (error) {
        const { code = String(error) } = error as NodeJS.ErrnoException;
        throw new UsageError(
            `${nameOf(file)} cannot be read (${code}): name files that "transship check --json" wrote.`,
            { cause: error },
        );
    }
}

function printRun(run: RunDocument, parts: number, output: Output): void {
    const { copies, selections, findings, requests, pulls, shards, at } = run;
    printJudgement(
        copies.map(judgedFromDocument),
        failuresFromDocuments(selections),
        output,
        { requests },
        [],
        findings,
    );
    for (const status of pulls) {
        output.detail(renderPullStatus(status));
    }
    const known = shards && `${shards.count - shards.missing.length} of ${shards.count} shards, `;
    output.detail(`${known ?? ""}seen at ${at}${parts === 1 ? "" : " or later"}`);
}
