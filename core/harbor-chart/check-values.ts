import { suggestion } from "../catalog";
import { chartError } from "./error";
import { CHART_KEYS, CHART_VERSION, type HarborChartValues } from "./keys";

type Shape = string | { readonly [key: string]: Shape };

const WHAT: Readonly<Record<string, readonly [string, (value: unknown) => boolean]>> = {
    text: ["a text", (value) => typeof value === "string"],
    flag: ["true or false", (value) => typeof value === "boolean"],
    scalar: ["a number or a text", (value) => typeof value === "number" || typeof value === "string"],
    list: ["a list", Array.isArray],
    map: ["an object", isObject],
};

/** Every key that is none of the chart's, and every value of another kind, as `core.replica: …` sentences. */
export function valueProblems(values: unknown): string[] {
    return problemsAt(values, CHART_KEYS, []);
}

/**
 * Refuses values that the chart would not read: Helm takes every key and tells nobody of a misspelt one.
 *
 * @throws HarborChartError with the first of them and how many there are
 */
export function checkChartValues(values: unknown): asserts values is HarborChartValues {
    const [first, ...others] = valueProblems(values);
    if (first !== undefined) {
        const more = others.length === 0 ? "" : ` (and ${others.length} more: ${others.join("; ")})`;
        throw chartError(`Chart value ${first}${more}.`);
    }
}

function problemsAt(value: unknown, shape: Shape, path: readonly string[]): string[] {
    const at = path.join(".");
    // Helm's way to take a default away.
    if (value === null || value === undefined) {
        return [];
    }
    if (typeof shape === "string") {
        const [what, fits] = WHAT[shape] as (typeof WHAT)[string];
        return fits(value) ? [] : [`${at} must be ${what}`];
    }
    if (!isObject(value)) {
        return [`${at === "" ? "s" : at} must be an object`];
    }
    return Object.entries(value).flatMap(([key, below]) => {
        const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
        return known === undefined
            ? [
                  `${[...path, key].join(".")} is none that version ${CHART_VERSION} of the chart reads${suggestion(key, Object.keys(shape))}`,
              ]
            : problemsAt(below, known, [...path, key]);
    });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The second over the first, as Helm lays values over values: lists and null take the place of what is there. */
export function mergedValues(base: HarborChartValues, over: HarborChartValues): HarborChartValues {
    return merged(base, over) as HarborChartValues;
}

function merged(base: unknown, over: unknown): unknown {
    if (!isObject(base) || !isObject(over)) {
        return over === undefined ? base : over;
    }
    const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
    return Object.fromEntries([...keys].map((key) => [key, merged(base[key], over[key])]));
}
