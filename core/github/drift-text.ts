import { count } from "../report";
import { markdownLink, markdownTable } from "../report/markdown-pages";
import { DRIFT_HEADER, type DriftDocument, type DriftRow, driftRows, shortHash, unknownLines } from "./drift-list";

/** What the issue says, and by what a later run knows it again. */
export interface IssueText {
    readonly title: string;
    readonly body: string;
    readonly state: DriftState;
}

/** The hidden last line of the body. */
export interface DriftState {
    /** Of what a reader sees, without the time and the run. */
    readonly content: string;
    /** A key for each row; of very many rows the first. */
    readonly rows: readonly string[];
}

/** GitHub refuses a body of more than 65,536 characters; the rest is for our own lines. */
const TABLE_LIMIT = 50_000;
const COMMENT_ROWS = 20;
const MOST_KEYS = 1_000;

/** Hidden in the body: whose issue it is, and what it said last. */
export function markerOf(key: string): string {
    return `transship-drift-issue ${key}`;
}

/** @param key tells apart the issues of one repository: 16 hex digits */
export function driftText(document: DriftDocument, key: string, run: string | undefined): IssueText {
    const rows = driftRows(document);
    const images = new Set(rows.map(({ cells }) => cells[0])).size;
    const environment = document.environment === "default" ? "" : ` (${document.environment})`;
    const title = `Container images drift${environment}: ${count(rows.length, "finding")} on ${count(images, "tag")}`;
    const unknown = unknownLines(document);
    const seen = [
        "These copies are proven to be not what the catalogue asks for.",
        tableOf(rows),
        ...(unknown.length === 0 ? [] : [`Besides, some copies could not be asked: ${unknown.join(", ")}.`]),
        "`transship sync` carries what is missing or differs; a `waive` entry in the catalogue accepts a difference for a time. This issue is written by `transship report --github-issue`, which closes it once all copies are equal again.",
    ];
    const state = {
        content: shortHash([title, ...seen].join("\n")),
        rows: rows.map((row) => row.key).slice(0, MOST_KEYS),
    };
    const link = run === undefined ? "" : `, by ${markdownLink("this run", run)}`;
    return { title, body: [...seen, `Seen at ${document.at}${link}.`, hiddenLine(key, state)].join("\n\n"), state };
}

/** The body's last line, by which a later run knows it and what it said. */
export function hiddenLine(key: string, { content, rows }: DriftState): string {
    return `<!-- ${markerOf(key)} content=${content} rows=${rows.join(",")} -->`;
}

/** What a body says of itself; undefined where it is not this issue's. */
export function stateOfBody(body: string, key: string): DriftState | undefined {
    const [, content = "", rows = ""] =
        new RegExp(`<!-- ${markerOf(key)} content=([0-9a-f]{16}) rows=([0-9a-f,]*) -->\\s*$`).exec(body) ?? [];
    return content === "" ? undefined : { content, rows: rows === "" ? [] : rows.split(",") };
}

/** What changed since the body was written; undefined where the same is wrong as before. */
export function changeText(document: DriftDocument, before: DriftState): string | undefined {
    const rows = driftRows(document);
    const known = new Set(before.rows);
    const now = new Set(rows.map(({ key }) => key));
    const added = rows.filter(({ key }) => !known.has(key));
    const gone = before.rows.filter((key) => !now.has(key)).length;
    // Of more rows than a body has keys for, only their number can be compared.
    if ((added.length === 0 && gone === 0) || (known.size === MOST_KEYS && rows.length > MOST_KEYS)) {
        return undefined;
    }
    const head = [
        ...(added.length > 0 ? [`${added.length} new`] : []),
        ...(gone > 0 ? [`${gone} no longer so`] : []),
    ].join(", ");
    const more = added.length > COMMENT_ROWS ? [`And ${added.length - COMMENT_ROWS} more, in the list above.`] : [];
    const table = added.length === 0 ? [] : [markdownTable(DRIFT_HEADER, cellsOf(added.slice(0, COMMENT_ROWS)))];
    return [`The drift changed: ${head}; now ${count(rows.length, "finding")}.`, ...table, ...more].join("\n\n");
}

function tableOf(rows: readonly DriftRow[]): string {
    let length = 0;
    const fitting = rows.findIndex(({ cells }) => {
        length += cells.join(" | ").length + 6;
        return length > TABLE_LIMIT;
    });
    const shown = fitting < 0 ? rows : rows.slice(0, fitting);
    const rest = rows.length - shown.length;
    return [
        markdownTable(DRIFT_HEADER, cellsOf(shown)),
        ...(rest === 0 ? [] : [`And ${rest} more: the run's document has all of them.`]),
    ].join("\n\n");
}

function cellsOf(rows: readonly DriftRow[]): (readonly string[])[] {
    return rows.map(({ cells }) => cells);
}
