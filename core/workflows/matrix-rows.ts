import { expression } from "./expression";
import type { Matrix } from "./model";

/** One row for each job of a matrix: name to value, the same names in all. */
export type MatrixRow = Readonly<Record<string, string>>;

/** A job that is done for several rows, and how its steps name what differs. */
export interface Varying {
    /** Undefined for a single row: then the job is a plain one. */
    readonly matrix?: Pick<Matrix, "include">;
    /** The value where all rows have the same, else the matrix's expression; empty where all are. */
    cell(name: string): string;
}

/** Only what differs goes into the matrix, so that a reader sees what does. @param key the name that is always in it */
export function varyingRows(rows: readonly MatrixRow[], key: string): Varying {
    const [first = {}] = rows;
    const isSame = (name: string) => rows.every((row) => row[name] === first[name]);
    const cell = (name: string) => (isSame(name) ? (first[name] ?? "") : expression(`matrix.${name}`));
    if (rows.length === 1) {
        return { cell };
    }
    const names = Object.keys(first).filter((name) => name === key || !isSame(name));
    const include = rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? ""])));
    return { cell, matrix: { include } };
}
