import type { JudgedCopy } from "../mirror";
import { cellText, DIGITS } from "./matrix-cells";
import { renderMatrixList } from "./matrix-list";
import { type MatrixColumn, type MatrixRow, matrixOf } from "./matrix-rows";
import { painter, type TextOptions } from "./paint";
import { type Colour, lookOf } from "./verdicts";

const GAP = "  ";
/** More rows than this are read by nobody: then only those that tell something. */
const ROWS_AT_MOST = 100;

/**
 * The digest matrix: a row for each tag, the source and then a column for each registry, drift first and otherwise in
 * the order of the judgement. Empty for no copies. Of more than a hundred tags only those are shown that are not
 * consistent everywhere, unless `all` is asked for. Where the terminal is too narrow digests are shown shorter, then not
 * at all (the lines under the matrix have them whole), and at last registries stand below each other.
 */
export function renderMatrix(judged: readonly JudgedCopy[], options: TextOptions = {}): string {
    const { columns, rows } = matrixOf(judged);
    const shown = options.all === true || rows.length <= ROWS_AT_MOST ? rows : rows.filter(({ isWell }) => !isWell);
    const hidden = rows.length - shown.length;
    const more = shown.length === 0 ? "" : " more";
    const rest = `${hidden}${more} ${hidden === 1 ? "tag is" : "tags are"} consistent at every registry; --all lists them`;
    return [...renderRows(columns, shown, options), ...(hidden === 0 ? [] : [rest])].join("\n");
}

function renderRows(
    columns: readonly MatrixColumn[],
    rows: readonly MatrixRow<JudgedCopy>[],
    options: TextOptions,
): string[] {
    if (rows.length === 0) {
        return [];
    }
    const width = options.width ?? Number.POSITIVE_INFINITY;
    for (const digits of DIGITS) {
        const table = layOut(rows, columns, digits);
        if (table.total <= width) {
            return draw(table, options);
        }
    }
    return renderMatrixList(columns, rows, width, options);
}

interface Cell {
    readonly text: string;
    readonly colour?: Colour;
}

interface Table {
    readonly header: readonly string[];
    /** Lines of the table; a row with a renamed tag has several. */
    readonly lines: readonly (readonly Cell[])[];
    readonly widths: readonly number[];
    readonly total: number;
}

function layOut(rows: readonly MatrixRow<JudgedCopy>[], columns: readonly MatrixColumn[], digits: number): Table {
    const header = ["image", ...columns.map(({ title }) => title)];
    const lines = rows.flatMap(({ image, tag, cells }) => {
        const height = Math.max(...cells.map(({ length }) => length));
        return Array.from({ length: height }, (_, line): Cell[] => [
            { text: line === 0 ? `${image}:${tag}` : "" },
            ...cells.map((stack) => cellOf(stack[line], line, digits)),
        ]);
    });
    const widths = header.map((title, column) =>
        lines.reduce((widest, line) => Math.max(widest, line[column]?.text.length ?? 0), title.length),
    );
    return { header, lines, widths, total: widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) };
}

function cellOf(copy: JudgedCopy | undefined, line: number, digits: number): Cell {
    if (copy === undefined) {
        return { text: line === 0 ? "-" : "" };
    }
    const where = copy.role === "source" ? ` ${copy.registry}` : "";
    return { text: cellText(copy, digits) + where, colour: lookOf(copy).colour };
}

function draw(table: Table, options: TextOptions): string[] {
    const paint = painter(options);
    const header = table.header.map((title, column) => paint("bold", title.padEnd(table.widths[column] ?? 0)));
    const lines = table.lines.map((line) =>
        line.map(({ text, colour }, column) => {
            const padded = text.padEnd(table.widths[column] ?? 0);
            return colour === undefined ? padded : paint(colour, padded);
        }),
    );
    return [header, ...lines].map((cells) => cells.join(GAP).trimEnd());
}
