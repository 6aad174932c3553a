const DAY = 86_400_000;

/**
 * The instant of a date, or of a date and a time with its zone, of the form that the schema checks; undefined for one
 * that no calendar has (2026-02-30). A date alone is the begin or, with `end`, the end of that day in UTC: who writes
 * "until Friday" means Friday, too.
 */
export function parseInstant(text: string, bound: "begin" | "end"): Date | undefined {
    const [date = "", time] = text.split("T");
    const midnight = Date.parse(`${date}T00:00:00Z`);
    if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) {
        return undefined;
    }
    const instant = time === undefined ? midnight + (bound === "end" ? DAY : 0) : Date.parse(text);
    return Number.isNaN(instant) ? undefined : new Date(instant);
}
