import type { JudgedCopy } from "../mirror";
import { groupBy } from "./group-by";
import { painter, type TextOptions } from "./paint";
import { VERDICTS } from "./verdicts";

/** One tag of one image, and its copies by column. */
interface Row {
    readonly title: string;
    readonly cells: ReadonlyMap<string, readonly JudgedCopy[]>;
    readonly rank: number;
}

const SOURCE = "source";
/** Digits of a digest in a cell: as many as there is room for. */
const DIGITS = [12, 8, 0] as const;
const GAP = "  ";

/**
 * The digest matrix: a row for each tag, the source and then a column for each registry, drift first and otherwise in
 * the order of the judgement. Empty for no copies. Where the terminal is too narrow digests are shown shorter, at last
 * not at all: the lines under the matrix have them whole.
 */
export function renderMatrix(judged: readonly JudgedCopy[], options: TextOptions = {}): string {
    if (judged.length === 0) {
        return "";
    }
    const rows = toRows(judged);
    const columns = columnsOf(judged);
    const width = options.width ?? Number.POSITIVE_INFINITY;
    const tables = DIGITS.map((digits) => layOut(rows, columns, digits));
    const table = tables.find(({ total }) => total <= width) ?? tables[tables.length - 1];
    return table === undefined ? "" : draw(table, options);
}

function toRows(judged: readonly JudgedCopy[]): Row[] {
    const rows = [...groupBy(judged, ({ image, tag }) => `${image}:${tag}`)].map(
        ([title, copies]): Row => ({
            title,
            cells: groupBy(copies, columnOf),
            rank: Math.min(...copies.map(({ verdict }) => VERDICTS[verdict].rank)),
        }),
    );
    return rows.sort((a, b) => a.rank - b.rank);
}

/** A registry may be source and target in one catalogue, so the source's column is no registry's key. */
function columnOf(copy: JudgedCopy): string {
    return copy.role === "source" ? `${SOURCE}\n` : copy.registry;
}

function columnsOf(judged: readonly JudgedCopy[]): string[] {
    const columns = new Set(judged.map(columnOf));
    const source = `${SOURCE}\n`;
    return columns.delete(source) ? [source, ...columns] : [...columns];
}

interface Cell {
    readonly text: string;
    readonly copy?: JudgedCopy;
}

interface Table {
    readonly header: readonly string[];
    /** Lines of the table; a row with a renamed tag has several. */
    readonly lines: readonly (readonly Cell[])[];
    readonly widths: readonly number[];
    readonly total: number;
}

function layOut(rows: readonly Row[], columns: readonly string[], digits: number): Table {
    const header = ["image", ...columns.map((column) => column.trimEnd())];
    const lines = rows.flatMap((row) => {
        const stacks = columns.map((column) => row.cells.get(column) ?? []);
        const height = Math.max(...stacks.map(({ length }) => length));
        return Array.from({ length: height }, (_, line): Cell[] => [
            { text: line === 0 ? row.title : "" },
            ...stacks.map((stack) => cellOf(stack[line], line, digits)),
        ]);
    });
    const widths = header.map((title, column) =>
        Math.max(title.length, ...lines.map((line) => line[column]?.text.length ?? 0)),
    );
    return { header, lines, widths, total: widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) };
}

function cellOf(copy: JudgedCopy | undefined, line: number, digits: number): Cell {
    if (copy === undefined) {
        return { text: line === 0 ? "-" : "" };
    }
    const { sign, word } = VERDICTS[copy.verdict];
    const rename = copy.reference === copy.tag ? "" : ` as ${copy.reference}`;
    const where = copy.role === "source" ? ` ${copy.registry}` : rename;
    const what =
        copy.state.status === "present"
            ? copy.state.digest.slice(copy.state.digest.indexOf(":") + 1).slice(0, digits)
            : copy.state.status === "unknown"
              ? copy.state.code
              : word;
    return { text: `${sign} ${what}`.trimEnd() + where, copy };
}

function draw(table: Table, options: TextOptions): string {
    const paint = painter(options);
    const header = table.header.map((title, column) => paint("bold", title.padEnd(table.widths[column] ?? 0)));
    const lines = table.lines.map((line) =>
        line.map(({ text, copy }, column) => {
            const padded = text.padEnd(table.widths[column] ?? 0);
            return copy === undefined ? padded : paint(VERDICTS[copy.verdict].colour, padded);
        }),
    );
    return [header, ...lines].map((cells) => cells.join(GAP).trimEnd()).join("\n");
}
