import type { CopyDocument, TimelineDocument } from "../document";
import type { Matrix } from "../matrix-rows";
import type { ShownDocument } from "../shown-document";
import { VERDICTS } from "../verdicts";
import { describeInstant } from "../waived";

/**
 * What the page's script knows beside the table: the rows in the table's order. Numbers stand for texts, each of which is
 * there once, since a thousand images share registries, reasons and, in a row, digests. core/report/html/client/data.ts
 * reads it.
 */
export interface PageData {
    readonly texts: readonly string[];
    /** `docker.io` by the catalogue's name of the registry. */
    readonly hosts: Readonly<Record<string, string>>;
    readonly rows: readonly RowData[];
}

export interface RowData {
    readonly name: number;
    /** -1 for none. */
    readonly purpose: number;
    readonly copies: readonly CopyData[];
    /** Digests before the present one, newest first. */
    readonly past: readonly number[];
    /** When the present digest was first proven; -1 where that is not known. */
    readonly since: number;
    /** The digest that the lock knows; -1 for none. */
    readonly locked: number;
}

/** Column, registry, repository, reference, verdict, its word, digest, wanted digest, reason, waived until; -1 for none. */
export type CopyData = readonly number[];

export function pageData(document: ShownDocument, { rows }: Matrix<CopyDocument>): PageData {
    const texts = new Texts();
    const timelines = new Map(document.timelines.map((one) => [`${one.image}\n${one.tag}`, one]));
    return {
        hosts: Object.fromEntries(document.registries.map(({ name, host }) => [name, host])),
        rows: rows.map(({ image, tag, copies, cells }) => ({
            name: texts.number(`${image}:${tag}`),
            purpose: texts.number(copies.find(({ purpose }) => purpose !== undefined)?.purpose),
            copies: cells.flatMap((stack, column) => stack.map((copy) => copyData(copy, column, texts))),
            ...pastOf(timelines.get(`${image}\n${tag}`), texts),
        })),
        texts: texts.all,
    };
}

function copyData(copy: CopyDocument, column: number, texts: Texts): CopyData {
    const { registry, repository, reference, verdict, digest, subset, wanted, reason, waived } = copy;
    const parts = [registry, repository, reference, verdict, VERDICTS[verdict].word, digest, subset ?? wanted, reason];
    return [column, ...parts.map((part) => texts.number(part)), texts.number(waived && describeInstant(waived.until))];
}

function pastOf(timeline: TimelineDocument | undefined, texts: Texts): Pick<RowData, "past" | "since" | "locked"> {
    return {
        past: (timeline?.history ?? []).map((digest) => texts.number(digest)),
        since: texts.number(timeline?.since),
        locked: texts.number(timeline?.digest),
    };
}

/** Every text once, by its number. */
class Texts {
    readonly all: string[] = [];
    private readonly numbers = new Map<string, number>();

    number(text: string | undefined): number {
        if (text === undefined) {
            return -1;
        }
        const known = this.numbers.get(text);
        if (known !== undefined) {
            return known;
        }
        this.numbers.set(text, this.all.length);
        return this.all.push(text) - 1;
    }
}

/** JSON that nothing in it can end a script element with. */
export function embeddable(data: PageData): string {
    return JSON.stringify(data)
        .replace(/</g, "\\u003c")
        .replace(/\u2028/g, "\\u2028")
        .replace(/\u2029/g, "\\u2029");
}
