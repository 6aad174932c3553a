interface Field {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    /** Names that stand for the numbers from `min` on. */
    readonly names?: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: readonly Field[] = [
    { name: "minute", min: 0, max: 59 },
    { name: "hour", min: 0, max: 23 },
    { name: "day of the month", min: 1, max: 31 },
    { name: "month", min: 1, max: 12, names: MONTHS },
    { name: "day of the week", min: 0, max: 6, names: DAYS },
];

/**
 * What is wrong with a schedule, as a clause; undefined where nothing is. POSIX cron with five fields, as GitHub takes
 * it: `*`, `,`, `-` and `/`, names of months and days, no `@daily`, in UTC, every five minutes at most.
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule)
 */
export function cronProblem(text: string): string | undefined {
    const parts = text.trim().split(/\s+/);
    if (parts.length !== FIELDS.length) {
        return `it has ${parts.length === 1 ? "one field" : `${parts.length} fields`} and not five (minute, hour, day of the month, month, day of the week)`;
    }
    const wrong = cronFieldProblem(parts);
    if (wrong !== undefined) {
        return wrong;
    }
    return isTooOften(parts[0] ?? "") ? "GitHub runs nothing more often than every five minutes" : undefined;
}

/**
 * What is wrong with the five fields from the minute on, whoever takes them; undefined where nothing is.
 *
 * @param parts five of them
 */
export function cronFieldProblem(parts: readonly string[]): string | undefined {
    for (const [index, field] of FIELDS.entries()) {
        const part = parts[index] ?? "";
        const wrong = part.split(",").find((item) => valuesOf(item, field) === undefined);
        if (wrong !== undefined) {
            return `"${wrong}" is no ${field.name} (${field.min} to ${field.max})`;
        }
    }
    return undefined;
}

/** The numbers that one item of a list means; undefined where it means none. */
function valuesOf(item: string, field: Field): number[] | undefined {
    const [, range = "", step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(item) ?? [];
    if (step !== undefined && Number(step) === 0) {
        return undefined;
    }
    const [from, to] = range === "*" ? [field.min, field.max] : limitsOf(range, step !== undefined, field);
    if (from === undefined || to === undefined || from < field.min || to > field.max || from > to) {
        return undefined;
    }
    const every = Number(step ?? 1);
    return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => from + index * every);
}

/** `5`, `1-5`, `MON-FRI`; with a step, `5/15` goes on to the end. */
function limitsOf(range: string, hasStep: boolean, field: Field): readonly (number | undefined)[] {
    const ends = range.split("-").map((text) => numberOf(text, field));
    if (ends.length > 2) {
        return [];
    }
    return ends.length === 2 ? ends : [ends[0], hasStep ? field.max : ends[0]];
}

function numberOf(text: string, { names = [], min }: Field): number | undefined {
    const named = names.indexOf(text.toUpperCase());
    return named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}

function isTooOften(minutes: string): boolean {
    const [minute] = FIELDS;
    if (minute === undefined) {
        return false;
    }
    const all = minutes.split(",").flatMap((item) => valuesOf(item, minute) ?? []);
    const sorted = [...new Set(all)].sort((a, b) => a - b);
    return sorted.some((value, index) => {
        const next = sorted[index + 1];
        return next !== undefined && next - value < 5;
    });
}
