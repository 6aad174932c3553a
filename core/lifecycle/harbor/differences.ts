import { isDeepStrictEqual } from "node:util";
import type { Fields } from "./kind";

/** A field that is not as the program says. */
export interface Difference {
    readonly field: string;
    readonly have: unknown;
    readonly want: unknown;
}

const MOST_LETTERS = 100;

/** What somebody asked for and Harbor has otherwise. Fields that nobody set, or that only Harbor knows, are no business of ours. */
export function differences(wanted: Fields, actual: Fields): Difference[] {
    return Object.entries(wanted)
        .filter(([field, want]) => want !== undefined && !isDeepStrictEqual(want, actual[field]))
        .map(([field, want]) => ({ field, have: actual[field], want }));
}

/** Of all differences those that no change of the program explains. */
export function unasked(all: readonly Difference[], before: Fields, now: Fields): Difference[] {
    return all.filter(({ field }) => isDeepStrictEqual(before[field], now[field]));
}

/** `public: have true, want false`. @param hidden fields whose values are told to nobody */
export function lineOf({ field, have, want }: Difference, hidden: readonly string[] = []): string {
    if (want instanceof Set && have instanceof Set) {
        return `${field}: ${uneven(have, want).join("; ")}`;
    }
    return hidden.includes(field)
        ? `${field}: have ${have === undefined ? "none" : "another"}, want that of the stack's configuration`
        : `${field}: have ${shown(have)}, want ${shown(want)}`;
}

/** As `lineOf`; of what has no order a line for each one that is missing or too many. */
export function linesOf(difference: Difference, hidden: readonly string[] = []): string[] {
    const { field, have, want } = difference;
    return want instanceof Set && have instanceof Set
        ? uneven(have, want).map((one) => `${field}: ${one}`)
        : [lineOf(difference, hidden)];
}

function uneven(have: ReadonlySet<unknown>, want: ReadonlySet<unknown>): string[] {
    const missing = [...want].filter((one) => !have.has(one)).map((one) => `missing "${one}"`);
    return [...missing, ...[...have].filter((one) => !want.has(one)).map((one) => `not wanted "${one}"`)];
}

function shown(value: unknown): string {
    if (value === undefined || value === null || value === "") {
        return "none";
    }
    const text = Array.isArray(value) ? `[${value.map(String).join(", ")}]` : String(value);
    // Certificates have many lines, and a message has one.
    const line = text.replace(/[\p{Cc}]+/gu, " ").trim();
    return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}… (${line.length} characters)` : line;
}
