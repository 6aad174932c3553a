import * as v from "valibot";
import { cronFieldProblem } from "../../workflows";
import { text } from "./validate";

/** Harbor's own words for schedules, and the crons that its pages send with them. */
const NAMED: Readonly<Record<string, string>> = {
    hourly: "0 0 * * * *",
    daily: "0 0 0 * * *",
    weekly: "0 0 0 * * 0",
};

/** As Harbor keeps it: one blank between two fields. `hourly`, `daily` and `weekly` are crons, too. */
export function plainCron(schedule: string): string {
    return NAMED[schedule] ?? schedule.trim().split(/\s+/).join(" ");
}

/**
 * What is wrong with one of Harbor's crons, as a sentence; undefined where nothing is. Six fields, of which the first,
 * the seconds, is 0, in UTC; no `@daily`. (goharbor/harbor, src/common/utils, `ValidateCronString`)
 *
 * @param what the argument, in the message
 */
export function harborCronProblem(what: string, cron: string): string | undefined {
    const [seconds, ...fields] = cron.trim().split(/\s+/);
    if (fields.length !== 5) {
        const has = fields.length === 0 ? "one field" : `${fields.length + 1} fields`;
        return `${what} has ${has} and not six: second, minute, hour, day of the month, month and day of the week, such as 0 0 2 * * *`;
    }
    if (seconds !== "0") {
        return `${what} must have 0 as its first field, which is the second`;
    }
    const problem = cronFieldProblem(fields.map((field) => field.replaceAll("?", "*")));
    return problem === undefined ? undefined : `${what} is no cron: ${problem}`;
}

/** `daily` of `0 0 0 * * *`; a cron that has no word is itself. */
export function cronWord(cron: string): string {
    return Object.entries(NAMED).find(([, named]) => named === cron)?.[0] ?? cron;
}

/** When a rule or a policy runs. */
export const triggerSchema = v.optional(
    v.variant(
        "type",
        [
            v.object({ type: v.picklist(["manual", "event"]) }),
            v.object(
                { type: v.literal("scheduled"), cron: text("trigger.cron") },
                "trigger.cron is missing: six fields, such as 0 0 2 * * *",
            ),
        ],
        'trigger.type must be "manual", "scheduled" or "event"',
    ),
);
