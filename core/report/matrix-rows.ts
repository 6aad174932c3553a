import type { JudgedCopy } from "../mirror";
import { groupBy } from "./group-by";
import { lookOf } from "./verdicts";

/** What a matrix has to know of a copy: one that was judged just now, and one of a document of an earlier run. */
export interface MatrixCopy
    extends Pick<JudgedCopy, "image" | "tag" | "role" | "registry" | "verdict" | "claimed" | "missing" | "waived"> {}

export interface MatrixColumn {
    /** `source`, or the catalogue's name of the registry. */
    readonly title: string;
    /** A registry may be source and target in one catalogue, so the source's column is no registry's. */
    readonly isSource: boolean;
}

/** One tag of one image. */
export interface MatrixRow<C extends MatrixCopy> {
    readonly image: string;
    readonly tag: string;
    readonly copies: readonly C[];
    /** One for each column; a tag with several names at a registry has several copies there. */
    readonly cells: readonly (readonly C[])[];
    /** Of its worst copy; 0 comes first. */
    readonly rank: number;
    /** Whether every copy is as it was asked to be. */
    readonly isWell: boolean;
}

export interface Matrix<C extends MatrixCopy> {
    readonly columns: readonly MatrixColumn[];
    readonly rows: readonly MatrixRow<C>[];
}

/** A row for each tag, drift first and otherwise in the order of the copies; the source and then a column for each registry. */
export function matrixOf<C extends MatrixCopy>(copies: readonly C[]): Matrix<C> {
    const columns = columnsOf(copies);
    const rows = [...groupBy(copies, ({ image, tag }) => `${image}\n${tag}`).values()].flatMap((group) => {
        const [first] = group;
        if (first === undefined) {
            return [];
        }
        return [
            {
                image: first.image,
                tag: first.tag,
                copies: group,
                cells: columns.map((column) => group.filter((copy) => isIn(column, copy))),
                rank: Math.min(...group.map((copy) => lookOf(copy).rank)),
                isWell: group.every(isAsIntended),
            },
        ];
    });
    return { columns, rows: rows.sort((a, b) => a.rank - b.rank) };
}

/** A subset that the catalogue asks for, and that is proven, is no exception. */
export function isAsIntended({ verdict, claimed, missing }: MatrixCopy): boolean {
    return verdict === "consistent" || (verdict === "subset" && claimed === undefined && missing === undefined);
}

function columnsOf(copies: readonly MatrixCopy[]): MatrixColumn[] {
    const registries = new Set(copies.flatMap(({ role, registry }) => (role === "source" ? [] : [registry])));
    const targets = [...registries].map((title) => ({ title, isSource: false }));
    return copies.some(({ role }) => role === "source") ? [{ title: "source", isSource: true }, ...targets] : targets;
}

function isIn(column: MatrixColumn, { role, registry }: MatrixCopy): boolean {
    return column.isSource ? role === "source" : role === "target" && registry === column.title;
}
