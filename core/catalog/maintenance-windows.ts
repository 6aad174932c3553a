import { WEEKDAYS } from "./schema-waivers";
import type { MaintenanceWindow, RecurringPeriod } from "./types";
import { ZoneClock } from "./zone-clock";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * When the maintenance that is going on at an instant ends; undefined where none is. A recurring one begins at the first
 * instant of a day at which its zone's clocks show `from` or have skipped it, and ends likewise: so it is there on every
 * day that it names, once, unless the clocks skip all of it.
 */
export function endOfMaintenance(maintenance: MaintenanceWindow, now: Date): Date | undefined {
    if ("until" in maintenance) {
        const isOn = now.getTime() >= Date.parse(maintenance.from) && now.getTime() < Date.parse(maintenance.until);
        return isOn ? new Date(maintenance.until) : undefined;
    }
    const clock = new ZoneClock(maintenance.timeZone);
    const today = Math.floor(clock.reading(now.getTime()) / DAY) * DAY;
    // Tomorrow's may have begun where the clocks are put back over a midnight.
    const days = [today - DAY, today, today + DAY];
    const ends = days.flatMap((day) => endOn(day, maintenance, clock, now.getTime()) ?? []);
    return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

/** The end of the occurrence that begins on a day (its midnight's reading), if it is going on. */
function endOn(day: number, recurring: RecurringPeriod, clock: ZoneClock, now: number): number | undefined {
    const { days, from, to } = recurring;
    const weekday = WEEKDAYS[new Date(day).getUTCDay()];
    if (days !== undefined && !days.some((one) => one === weekday)) {
        return undefined;
    }
    const [begins, ends] = [timeOfDay(from), timeOfDay(to)];
    const start = clock.instantOf(day + begins);
    const end = clock.instantOf(day + ends + (ends <= begins ? DAY : 0));
    return now >= start && now < end ? end : undefined;
}

/** Milliseconds of `22:30`. */
function timeOfDay(text: string): number {
    const [hours = 0, minutes = 0] = text.split(":").map(Number);
    return (hours * 60 + minutes) * MINUTE;
}
