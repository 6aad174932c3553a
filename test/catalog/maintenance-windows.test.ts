import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfMaintenance } from "../../core/catalog";
import { WEEKDAYS } from "../../core/catalog/schema-waivers";
import type { MaintenanceWindow, Weekday } from "../../core/catalog/types";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function recurring(from: string, to: string, timeZone = "UTC", days?: readonly Weekday[]): MaintenanceWindow {
    return { from, to, timeZone, ...(days && { days }), reason: "r" };
}

const end = (window: MaintenanceWindow, now: string) => endOfMaintenance(window, new Date(now))?.toISOString();

describe("A period", () => {
    const period = { from: "2026-11-28T20:00:00.000Z", until: "2026-11-29T04:00:00.000Z", reason: "r" };

    it.each([
        ["2026-11-28T19:59:59.999Z", undefined],
        ["2026-11-28T20:00:00.000Z", period.until],
        ["2026-11-29T03:59:59.999Z", period.until],
        ["2026-11-29T04:00:00.000Z", undefined],
    ])("at %s ends %s", (now, ends) => {
        expect(end(period, now)).toBe(ends);
    });
});

describe("A recurring window", () => {
    // 2026-11-22 is a Sunday. Berlin's clocks: 2026-03-29 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00.
    const BERLIN = "Europe/Berlin";
    it.each([
        ["within a day", recurring("10:00", "12:00"), "2026-11-22T10:00:00Z", "2026-11-22T12:00:00.000Z"],
        ["not at its end", recurring("10:00", "12:00"), "2026-11-22T12:00:00Z", undefined],
        ["over midnight, before it", recurring("22:00", "04:00"), "2026-11-22T23:00:00Z", "2026-11-23T04:00:00.000Z"],
        ["over midnight, after it", recurring("22:00", "04:00"), "2026-11-23T03:00:00Z", "2026-11-23T04:00:00.000Z"],
        ["until the day's end", recurring("22:00", "24:00"), "2026-11-22T23:59:59Z", "2026-11-23T00:00:00.000Z"],
        ["a whole day", recurring("00:00", "24:00"), "2026-11-22T00:00:00Z", "2026-11-23T00:00:00.000Z"],
        [
            "on the day that it begins",
            recurring("22:00", "04:00", "UTC", ["sat"]),
            "2026-11-22T03:00:00Z",
            "2026-11-22T04:00:00.000Z",
        ],
        [
            "not on the day that it only ends",
            recurring("22:00", "04:00", "UTC", ["sat"]),
            "2026-11-22T23:00:00Z",
            undefined,
        ],
        [
            "by the zone's clock",
            recurring("10:00", "12:00", BERLIN),
            "2026-11-22T09:30:00Z",
            "2026-11-22T11:00:00.000Z",
        ],
        ["by its summer time", recurring("10:00", "12:00", BERLIN), "2026-07-22T09:30:00Z", "2026-07-22T10:00:00.000Z"],
        [
            "on the zone's day",
            recurring("00:00", "01:00", "Pacific/Auckland", ["mon"]),
            "2026-11-22T11:30:00Z",
            "2026-11-22T12:00:00.000Z",
        ],
        // Clocks go forward: 02:00 to 02:59 do not exist, so what begins there begins at 03:00 (01:00Z).
        [
            "from a skipped time",
            recurring("02:30", "04:00", BERLIN),
            "2026-03-29T01:00:00Z",
            "2026-03-29T02:00:00.000Z",
        ],
        ["not before a skipped time", recurring("02:30", "04:00", BERLIN), "2026-03-29T00:59:59Z", undefined],
        [
            "until a skipped time",
            recurring("01:00", "02:30", BERLIN),
            "2026-03-29T00:59:59Z",
            "2026-03-29T01:00:00.000Z",
        ],
        ["never, wholly skipped", recurring("02:00", "03:00", BERLIN), "2026-03-29T01:00:00Z", undefined],
        // Clocks go back: 02:00 to 02:59 come twice (00:00Z and 01:00Z); the first is meant.
        [
            "from the first of two",
            recurring("02:30", "04:00", BERLIN),
            "2026-10-25T00:30:00Z",
            "2026-10-25T03:00:00.000Z",
        ],
        ["until the first of two", recurring("01:00", "02:30", BERLIN), "2026-10-25T00:30:00Z", undefined],
        ["a day of 25 hours", recurring("00:00", "24:00", BERLIN), "2026-10-25T22:59:59Z", "2026-10-25T23:00:00.000Z"],
        [
            "after the clocks went back over its begin",
            recurring("00:00", "06:00", "America/St_Johns", ["sun"]),
            "2006-10-29T03:00:00Z",
            "2006-10-29T09:30:00.000Z",
        ],
        // Samoa had no 30 December 2011.
        [
            "on no day that was left out",
            recurring("00:00", "24:00", "Pacific/Apia", ["fri"]),
            "2011-12-30T10:00:00Z",
            undefined,
        ],
    ] as const)("is open %s", (_title, window, now, ends) => {
        expect(end(window, now)).toBe(ends);
    });

    /** Moments at which clocks were changed, and how. */
    const CHANGES = [
        ["Europe/Berlin", "2026-03-29T01:00Z"],
        ["Europe/Berlin", "2026-10-25T01:00Z"],
        ["America/New_York", "2026-03-08T07:00Z"],
        ["America/New_York", "2026-11-01T06:00Z"],
        // At midnight, forward and back.
        ["America/Havana", "2026-03-08T05:00Z"],
        ["America/Sao_Paulo", "2018-11-04T03:00Z"],
        ["America/Sao_Paulo", "2018-02-18T02:00Z"],
        // By half an hour; by a day; a minute after midnight, back to the day before.
        ["Australia/Lord_Howe", "2026-10-03T15:30Z"],
        ["Pacific/Apia", "2011-12-30T10:00Z"],
        ["America/St_Johns", "2006-10-29T02:31Z"],
        ["UTC", "2026-01-01T00:00Z"],
        ["Asia/Kathmandu", "2026-01-01T00:00Z"],
    ] as const;
    const quarter = 15 * MINUTE;
    const moments = fc
        .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -120, max: 120 }))
        .map(([[zone, change], n]) => [zone, Math.floor(Date.parse(change) / quarter + n) * quarter] as const);
    // Mostly the hours in which clocks are changed.
    const clock = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 16 }) }, fc.nat({ max: 95 })).map((n) => n * 15);
    const text = (minutes: number) =>
        `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    const days = fc.option(fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }), { nil: undefined });
    /**
     * By looking at the clock minute after minute, which is slow and cannot be wrong: whether the first minute that shows
     * `from` or later on a named day has come, and the first that shows `to` has not.
     */
    function isOpenByTheClock(from: number, to: number, zone: string, on: readonly string[] | undefined, now: number) {
        const format = new Intl.DateTimeFormat("en-CA", {
            timeZone: zone,
            dateStyle: "short",
            timeStyle: "medium",
            hourCycle: "h23",
        });
        const readings: string[] = [];
        const step = 5 * MINUTE;
        const start = now - 75 * HOUR;
        for (let at = start; at <= now; at += step) {
            readings.push(format.format(at).replace(", ", "T"));
        }
        const dates = [...new Set(readings.map((reading) => reading.slice(0, 10)))].slice(1);
        const firstAt = (reading: string) => readings.findIndex((shown) => shown >= reading);
        const plus = (date: string, count: number) =>
            new Date(Date.parse(date) + count * 24 * HOUR).toISOString().slice(0, 10);
        const candidates =
            dates.length === 0 ? [] : [plus(dates[0] as string, 0), ...dates, ...dates.map((d) => plus(d, 1))];
        return [...new Set(candidates)].some((date) => {
            const weekday = WEEKDAYS[new Date(date).getUTCDay()] as string;
            const begun = firstAt(`${date}T${text(from)}:00`);
            const ended = firstAt(`${to <= from ? plus(date, 1) : date}T${text(to)}:00`);
            return (on?.includes(weekday) ?? true) && begun >= 0 && ended < 0;
        });
    }

    it("is open exactly while the zone's clock, watched all the time, says so", () => {
        fc.assert(
            fc.property(clock, clock, days, moments, (from, to, on, [zone, now]) => {
                fc.pre(from !== to);
                const ends = endOfMaintenance(recurring(text(from), text(to), zone, on), new Date(now));
                expect(ends !== undefined).toBe(isOpenByTheClock(from, to, zone, on, now));
                expect(ends === undefined || ends.getTime() > now).toBe(true);
            }),
            { numRuns: 300 },
        );
    });

    it("ends when it says: open a second before, closed by the same occurrence then", () => {
        fc.assert(
            fc.property(clock, clock, moments, (from, to, [zone, now]) => {
                fc.pre(from !== to);
                const window = recurring(text(from), text(to), zone);
                const ends = endOfMaintenance(window, new Date(now));
                fc.pre(ends !== undefined);
                const at = (ends as Date).getTime();
                expect(endOfMaintenance(window, new Date(at - 1000))?.getTime()).toBe(at);
                expect(endOfMaintenance(window, new Date(at))?.getTime()).not.toBe(at);
            }),
            { numRuns: 200 },
        );
    });
});
