import { markdownLink, markdownText } from "../report/markdown-pages";
import { shortHash } from "./drift-list";
import { hiddenLine, type IssueText } from "./drift-text";

/** A run that ended with an error instead of a look. */
export interface FailedRunDocument {
    readonly environment: string;
    /** What the run said: full sentences. */
    readonly sentences: readonly string[];
    /** ISO 8601. */
    readonly at: string;
}

/** A catalogue may be wrong in a thousand lines. */
const MOST_CHARACTERS = 20_000;

/** @param key tells apart the issues of one repository: 16 hex digits */
export function failureText(
    { at, environment, sentences }: FailedRunDocument,
    key: string,
    run: string | undefined,
): IssueText {
    const title = `Container images cannot be looked after${environment === "default" ? "" : ` (${environment})`}`;
    const lines = sentences.flatMap((sentence) => sentence.split("\n")).map((line) => `- ${markdownText(line.trim())}`);
    const seen = [
        "The run ended before it could tell of any image. What it said:",
        lines.join("\n").slice(0, MOST_CHARACTERS),
        "Nothing was carried, and nothing is known of the copies until this is put right. This issue is written by `transship report --github-issue`, which closes it once a run proves that all copies are equal.",
    ];
    const state = { content: shortHash([title, ...seen].join("\n")), rows: [] };
    const link = run === undefined ? "" : `, by ${markdownLink("this run", run)}`;
    return { title, body: [...seen, `Seen at ${at}${link}.`, hiddenLine(key, state)].join("\n\n"), state };
}
