import { appendFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import { describeError } from "../core/errors";
import type { ShownDocument } from "../core/report";
import type { DocumentHead } from "./documents";
import { EXIT, type ExitCode } from "./exit-code";
import type { Output } from "./output";
import { checkPagePath, writePage } from "./page-file";

type Shown = DocumentHead & ShownDocument;

/** GitHub's limit for a step's summary. */
const SUMMARY_BYTES = 1024 * 1024;

/** The options of every verb whose result is how the copies stand. */
export function addShowOptions(command: Command): void {
    command.option("--all", "print a row for each tag, also where there are more than a hundred and all is well");
    command.option(
        "--html <file>",
        "write a page with the matrix, findings, timelines and registries, to read offline",
    );
}

/** Whether what is asked for can be shown: before anything is asked, so that no work is lost for a wrong path. */
export function checkShowOptions(options: Readonly<Record<string, unknown>>): void {
    if (options.html !== undefined) {
        checkPagePath(String(options.html));
    }
}

/**
 * Everything that a result is written to beside the terminal's text: the JSON document, the page, the summary of a
 * workflow's step.
 *
 * @returns the document's exit code, and `unknown` instead of 0 where the page that was asked for could not be written
 */
export function show(document: Shown, options: Readonly<Record<string, unknown>>, output: Output): ExitCode {
    const isWritten = options.html === undefined || wroteAsPage(document, String(options.html), output);
    const exitCode = !isWritten && document.exitCode === EXIT.consistent ? EXIT.unknown : document.exitCode;
    output.document({ ...document, exitCode });
    summarizeStep(document, process.env.GITHUB_STEP_SUMMARY, output);
    return exitCode;
}

function wroteAsPage(document: Shown, path: string, output: Output): boolean {
    try {
        writePage(document, path);
        output.note(`transship: wrote ${path}`);
        return true;
    } catch (error) {
        process.stderr.write(`transship: ${describeError(error)}\n`);
        return false;
    }
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary */
function summarizeStep(document: Shown, path: string | undefined, output: Output): void {
    if (path === undefined || path === "") {
        return;
    }
    try {
        // Only in a workflow: nobody else needs what writes Markdown.
        const { renderStepSummary } =
            require("../core/report/markdown-pages") as typeof import("../core/report/markdown-pages");
        const text = renderStepSummary(document);
        const there = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (there + Buffer.byteLength(text) > SUMMARY_BYTES) {
            output.note(`transship: the step's summary ${path} is full, so this result is not in it.`);
            return;
        }
        appendFileSync(path, text);
    } catch (error) {
        output.note(`transship: the step's summary ${path} could not be written (${codeOf(error)}).`);
    }
}

function codeOf(error: unknown): string {
    return (error as NodeJS.ErrnoException).code ?? String(error);
}
