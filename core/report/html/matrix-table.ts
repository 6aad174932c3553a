import type { CopyDocument } from "../document";
import type { Matrix, MatrixColumn, MatrixRow } from "../matrix-rows";
import type { ShownDocument } from "../shown-document";
import { lookOf, VERDICT_ORDER, VERDICTS } from "../verdicts";
import { html, type Markup } from "./markup";
import { name, rowId, shortDigest, sign, tagName, worstOf } from "./parts";

/** From this many rows on the table scrolls in a frame of its own, below its header. */
const TALL = 25;

/**
 * The matrix, whole, as a table that is read without any script. The script makes its controls work, buttons of its
 * headers, and a button of each row which shows whole digests and the past of the tag.
 */
export function matrixTable(document: ShownDocument, { columns, rows }: Matrix<CopyDocument>): Markup {
    return html`<section id="matrix" aria-labelledby="matrix-title">
<h2 id="matrix-title">Matrix</h2>
${rows.length === 0 ? html`<p>The catalogue lists no copies.</p>` : [controls(document, columns), table(columns, rows)]}
</section>`;
}

function table(columns: readonly MatrixColumn[], rows: readonly MatrixRow<CopyDocument>[]): Markup {
    return html`<div class="frame${rows.length > TALL && " tall"}" role="region" aria-labelledby="matrix-title" tabindex="0">
<table><thead><tr><th scope="col">Image</th><th scope="col">Verdict</th>${columns.map(
        ({ title }) => html`<th scope="col">${name(title)}</th>`,
    )}</tr></thead>
<tbody>
${rows.map(tableRow)}</tbody></table></div>
<p id="none" hidden>No tag fits the filter.</p>`;
}

function tableRow({ image, tag, copies, cells }: MatrixRow<CopyDocument>): Markup {
    const worst = worstOf(copies);
    const shown = new Set<string>();
    return html`<tr id="${rowId(image, tag)}"><th scope="row">${tagName(image, tag)}</th>${
        worst === undefined ? html`<td></td>` : verdictCell(worst)
    }${cells.map((stack) => cell(stack, shown))}</tr>
`;
}

function verdictCell(copy: CopyDocument): Markup {
    const { sign: mark, word } = VERDICTS[copy.verdict];
    return html`<td data-rank="${lookOf(copy).rank}"><span class="pill ${lookOf(copy).colour}"><b aria-hidden="true">${mark}</b> ${shortWord(word)}${
        copy.waived !== undefined && " (waived)"
    }</span></td>`;
}

/** A word without what stands in brackets behind it. */
function shortWord(word: string): string {
    return word.replace(/ \(.*/, "");
}

/** @param shown digests that this row has shown whole already: a title each would make the page half as large again */
function cell(stack: readonly CopyDocument[], shown: Set<string>): Markup {
    const rank = Math.min(99, ...stack.map((copy) => lookOf(copy).rank));
    return html`<td data-rank="${rank}"${stack.length === 0 && html` class="none"`}>${
        stack.length === 0
            ? html`<span role="img" aria-label="none">–</span>`
            : stack.map((copy) => copyMark(copy, shown))
    }</td>`;
}

function copyMark(copy: CopyDocument, shown: Set<string>): Markup {
    const look = VERDICTS[copy.verdict];
    const digest = copy.digest;
    const isNew = digest !== undefined && !shown.has(digest);
    if (digest !== undefined) {
        shown.add(digest);
    }
    const what =
        digest === undefined
            ? html`<span>${copy.code ?? shortWord(look.word)}</span>`
            : html`<code${isNew && html` title="${digest}"`}>${shortDigest(digest)}</code>`;
    const rename = copy.reference !== copy.tag && html` <small>as ${name(copy.reference)}</small>`;
    const place = copy.role === "source" && html` <small>${name(copy.registry)}</small>`;
    return html`<div class="${lookOf(copy).colour}">${sign(look)} ${what}${rename}${place}${
        copy.waived !== undefined && html` <small>waived</small>`
    }</div>`;
}

/** Hidden until the script, which they need, runs. */
function controls({ copies }: ShownDocument, columns: readonly MatrixColumn[]): Markup {
    const verdicts = new Set(copies.map(({ verdict }) => verdict));
    const purposes = [...new Set(copies.flatMap(({ purpose }) => purpose ?? []))].sort();
    const registries = columns.map(
        ({ title, isSource }, index) => [String(index), isSource ? "source" : title] as const,
    );
    return html`<form id="controls" role="search" aria-label="Filter of the matrix" hidden>
<label>Find<input type="search" id="find" placeholder="image, tag, registry, digest" autocomplete="off" spellcheck="false"></label>
${select("verdict", "Verdict", [
    ["", "all"],
    ["!", "not consistent"],
    ...VERDICT_ORDER.filter((verdict) => verdicts.has(verdict)).map((one) => [one, VERDICTS[one].word] as const),
    ...(copies.some(({ waived }) => waived !== undefined) ? [["~", "waived"] as const] : []),
])}
${select("registry", "Registry", [["", "all"], ...registries])}
${purposes.length > 0 && select("purpose", "Purpose", [["", "all"], ...purposes.map((one) => [one, one] as const)])}
<button type="reset">Clear</button>
</form>
<p id="count" role="status"></p>`;
}

function select(id: string, label: string, options: readonly (readonly [value: string, text: string])[]): Markup {
    return html`<label>${label}<select id="${id}">${options.map(
        ([value, text]) => html`<option value="${value}">${text}</option>`,
    )}</select></label>`;
}
