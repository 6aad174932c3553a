const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * What the clocks of a time zone show, by the zone data of the running Node. A wall clock's reading is a number here: the
 * milliseconds since 1970 of the instant at which a clock in UTC shows the same.
 */
export class ZoneClock {
    readonly #format: Intl.DateTimeFormat;

    /** @throws RangeError for a zone that nobody knows */
    constructor(timeZone: string) {
        this.#format = new Intl.DateTimeFormat("en-US", {
            timeZone,
            hourCycle: "h23",
            ...{ year: "numeric", month: "numeric", day: "numeric" },
            ...{ hour: "numeric", minute: "numeric", second: "numeric" },
        });
    }

    /** What the clocks show at an instant, to the second. */
    reading(instant: number): number {
        const parts = new Map(this.#format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
        const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
        return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
    }

    /**
     * The first instant at which the clocks show a reading, a whole minute. One that is skipped, where the clocks are put
     * forward, is the instant at which they are; of one that comes twice it is the first.
     */
    instantOf(reading: number): number {
        // Nowhere is more than a day from UTC, and no zone puts its clocks twice within two days.
        const offsets = [reading - DAY, reading + DAY].map((instant) => this.reading(instant) - instant);
        const candidates = offsets.map((offset) => reading - offset).sort((a, b) => a - b);
        const found = candidates.find((instant) => this.reading(instant) === reading);
        return found ?? this.#leap(reading, candidates[0] as number, candidates[1] as number);
    }

    /** When the clocks jump over a reading: after `before`, at the latest at `after`. */
    #leap(reading: number, before: number, after: number): number {
        let [low, high] = [before, after];
        while (high - low > 1000) {
            const middle = Math.floor((low + high) / 2 / 1000) * 1000;
            if (this.reading(middle) < reading) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
