import type { JudgedCopy } from "../mirror";
import { cellText, DIGITS } from "./matrix-cells";
import type { MatrixColumn, MatrixRow } from "./matrix-rows";
import { painter, type TextOptions } from "./paint";
import { lookOf } from "./verdicts";

const INDENT = "    ";

/**
 * The matrix where a line has no room for all registries: of a tag that is not consistent everywhere a line for each
 * copy, of others one line. What does not fit is cut, and an ellipsis says so; the lines under the matrix have it whole.
 */
export function renderMatrixList(
    columns: readonly MatrixColumn[],
    rows: readonly MatrixRow<JudgedCopy>[],
    width: number,
    options: TextOptions,
): string[] {
    const paint = painter(options);
    return rows.flatMap((row) => {
        const name = `${row.image}:${row.tag}`;
        const worst = worstOf(row);
        const title = paint(lookOf(worst).colour, lookOf(worst).sign);
        if (row.isWell) {
            return [
                `${title} ${longest([name, ...digestsOf(worst).map((digest) => `${name}  ${digest}`)], width - 2)}`,
            ];
        }
        const places = columns.flatMap((column, index) => (row.cells[index] ?? []).map((copy) => ({ column, copy })));
        const labels = places.map(({ column, copy }) => (column.isSource ? `source ${copy.registry}` : column.title));
        const room = Math.max(...labels.map(({ length }) => length));
        return [
            `${title} ${longest([name], width - 2)}`,
            ...places.map(({ copy }, index) => {
                const label = (labels[index] ?? "").padEnd(room);
                const lines = DIGITS.map((digits) => `${label}  ${cellText(copy, digits)}`).reverse();
                return INDENT + paint(lookOf(copy).colour, longest(lines, width - INDENT.length));
            }),
        ];
    });
}

function worstOf({ copies }: MatrixRow<JudgedCopy>): JudgedCopy {
    return copies.reduce((worst, copy) => (lookOf(copy).rank < lookOf(worst).rank ? copy : worst));
}

function digestsOf({ state }: JudgedCopy): string[] {
    const hex = state.status === "present" ? state.digest.slice(state.digest.indexOf(":") + 1) : "";
    return DIGITS.filter((digits) => digits > 0)
        .map((digits) => hex.slice(0, digits))
        .reverse();
}

/** The longest of these, from short to long, that fits; else the shortest, cut. */
function longest(candidates: readonly string[], width: number): string {
    const fitting = candidates.filter(({ length }) => length <= width).at(-1);
    return fitting ?? `${candidates[0]?.slice(0, Math.max(0, width - 1)) ?? ""}…`;
}
