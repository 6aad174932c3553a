import type { Finding } from "../../mirror";
import type { CopyDocument } from "../document";
import { groupBy } from "../group-by";
import { isAsIntended, type MatrixRow, matrixOf } from "../matrix-rows";
import { OUTCOMES } from "../outcomes";
import { count } from "../paint";
import type { ShownDocument } from "../shown-document";
import { lookOf, VERDICT_ORDER, VERDICTS } from "../verdicts";
import { describeWaived } from "../waived";
import { markdownCode, markdownTable, markdownText } from "./text";

/** GitHub takes 1 MiB for a step, of all that its commands write, and drops all of it where it is more. */
const BYTES_AT_MOST = 256 * 1024;
/** Of more tags only those are shown that are not consistent everywhere. */
const ROWS_AT_MOST = 100;
const DIGITS = 12;
const SEVERITIES = { drift: "✗", unknown: "?", warning: "!" } as const;

/**
 * A look as GitHub Flavored Markdown, for the summary of a workflow's step: the outcome, a matrix with drift first, then
 * a line for each copy that is not as it was asked to be and for each finding. What there is no room for is counted.
 *
 * @param room bytes at most @default 256 KiB
 */
export function renderStepSummary(document: ShownDocument, room: number = BYTES_AT_MOST): string {
    const { outcome, environment } = document;
    const head = [
        `### ${OUTCOMES[outcome].sign} ${markdownText(`${environment}: ${outcome}`)}`,
        "",
        markdownText(figures(document)),
        "",
        "",
    ].join("\n");
    const tail = `\n${markdownText(`Catalogue ${document.catalog}, looked at ${document.at}.`)}\n\n`;
    const half = (room - bytes(head) - bytes(tail)) / 2;
    return `${head}${table(document, half)}${list(document, half)}${tail}`;
}

function figures({ summary, command, carries, dryRun, failures = [] }: ShownDocument): string {
    const { images, tags, copies, verdicts } = summary;
    const counts = VERDICT_ORDER.filter((verdict) => (verdicts[verdict] ?? 0) > 0).map(
        (verdict) => `${verdicts[verdict]} ${VERDICTS[verdict].word}`,
    );
    const sizes = [count(images, "image"), count(tags, "tag"), count(copies, "copy", "copies")].join(", ");
    const work =
        command === "sync" && carries !== undefined
            ? ` ${dryRun === true ? "Would carry" : "Carried"} ${count(carries.length, "tag")}${failures.length > 0 ? `, ${failures.length} failed` : ""}.`
            : "";
    return `${sizes}${counts.length > 0 ? `: ${counts.join(", ")}` : ""}.${work}`;
}

function table({ copies }: ShownDocument, room: number): string {
    const { columns, rows } = matrixOf(copies);
    const shown = rows.length <= ROWS_AT_MOST ? rows : rows.filter(({ isWell }) => !isWell);
    const header = ["", "image", ...columns.map(({ title }) => markdownCode(title))];
    const lines = fitting(
        shown.map((row) => rowCells(row)),
        (cells) => bytes(cells.join(" | ")) + 5,
        room - bytes(markdownTable(header, [[]])) - 200,
    );
    const cut = shown.length - lines.length;
    const rest = [
        ...(cut > 0 ? [`${count(cut, "more tag")} that there is no room for here.`] : []),
        ...(rows.length > shown.length
            ? [`${count(rows.length - shown.length, "tag is", "tags are")} consistent at every registry.`]
            : []),
    ];
    const parts = [markdownTable(header, lines), rest.join(" ")].filter((part) => part !== "");
    return parts.length === 0 ? "" : `${parts.join("\n\n")}\n`;
}

function rowCells({ image, tag, copies, cells }: MatrixRow<CopyDocument>): string[] {
    const worst = copies.reduce((a, b) => (lookOf(b).rank < lookOf(a).rank ? b : a));
    return [lookOf(worst).sign, markdownCode(`${image}:${tag}`), ...cells.map((stack) => stack.map(cell).join("<br>"))];
}

function cell(copy: CopyDocument): string {
    const { sign, word } = lookOf(copy);
    const what =
        copy.digest === undefined
            ? markdownText(copy.code ?? word)
            : markdownCode(copy.digest.slice(copy.digest.indexOf(":") + 1).slice(0, DIGITS));
    const more = [
        ...(copy.reference === copy.tag ? [] : [`as ${markdownCode(copy.reference)}`]),
        ...(copy.role === "source" ? [markdownText(copy.registry)] : []),
        ...(isAsIntended(copy) || copy.digest === undefined ? [] : [markdownText(word)]),
        ...(copy.waived === undefined ? [] : ["waived"]),
    ];
    return [sign, what, ...more].join(" ");
}

/** Everything that is not as it was asked to be, one line each, worst first. */
function list(document: ShownDocument, room: number): string {
    const findings = [...document.findings].sort((a, b) => rankOf(a) - rankOf(b));
    const problems = document.selections.flatMap((selection) => selection.problems);
    const lines = [
        ...(document.failures ?? []).map(({ message }) => `✗ ${markdownText(message)}`),
        ...problems.map(({ status, message }) => `${status === "empty" ? "✗" : "?"} ${markdownText(message)}`),
        ...findings.map((one) => `${SEVERITIES[one.severity]} ${markdownText(one.message)}${waiver(one)}`),
        ...exceptions(document.copies),
    ].map((line) => `- ${line}\n`);
    const shown = fitting(lines, bytes, room - 100);
    const rest = lines.length - shown.length;
    return lines.length === 0 ? "" : `\n${shown.join("")}${rest > 0 ? `- … and ${rest} more\n` : ""}`;
}

function rankOf({ severity }: Finding): number {
    return Object.keys(SEVERITIES).indexOf(severity);
}

/** A registry that is down fails for all of its copies alike: one line. */
function exceptions(copies: readonly CopyDocument[]): string[] {
    const wrong = copies.filter((copy) => !isAsIntended(copy)).sort((a, b) => lookOf(a).rank - lookOf(b).rank);
    const groups = groupBy(wrong, ({ image, tag, registry, reference, verdict, code, reason }) =>
        verdict === "unknown" ? `?${registry}\n${code ?? reason}` : JSON.stringify([image, tag, registry, reference]),
    );
    return [...groups.values()].flatMap((group) => {
        const [copy] = group;
        return copy === undefined ? [] : [exception(copy, group.length - 1)];
    });
}

function exception(copy: CopyDocument, more: number): string {
    const { image, tag, registry, digest, status, subset, wanted, reason } = copy;
    const { sign, word } = lookOf(copy);
    const want = subset ?? wanted;
    const have = digest === undefined ? (status === "missing" ? "nothing" : undefined) : markdownCode(digest);
    const digests =
        have === undefined ? "" : `, has ${have}${want === undefined ? "" : `, wants ${markdownCode(want)}`}`;
    const others = more === 0 ? "" : ` and ${count(more, "more copy", "more copies")}`;
    return `${sign} ${markdownCode(`${image}:${tag}`)}${others} at ${markdownCode(registry)}: ${markdownText(word)}${digests} (${markdownText(reason)})${waiver(copy)}`;
}

function waiver({ waived }: Pick<CopyDocument, "waived">): string {
    return waived === undefined ? "" : `; ${markdownText(describeWaived(waived))}`;
}

/** As many of these, from the first on, as have room. */
function fitting<T>(items: readonly T[], sizeOf: (item: T) => number, room: number): T[] {
    let left = room;
    const first = items.findIndex((item) => {
        left -= sizeOf(item);
        return left < 0;
    });
    return first === -1 ? [...items] : items.slice(0, first);
}

function bytes(text: string): number {
    return Buffer.byteLength(text, "utf8");
}
