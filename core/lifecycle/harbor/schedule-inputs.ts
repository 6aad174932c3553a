import * as v from "valibot";
import { harborCronProblem } from "./cron";
import type { HarborInputs } from "./kind";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborSchedule`, of which `name` is the job. */
export interface ScheduleInputs extends HarborInputs {
    readonly name: ScheduleJob;
    /** `hourly`, `daily`, `weekly`, six fields of a cron; `manual`: never by itself. */
    readonly schedule: string;
    readonly deleteUntagged?: boolean;
    readonly workers?: number;
    readonly allowWithProxyCache?: boolean;
}

export type ScheduleJob = "garbage-collection" | "scan-all";

/** The most workers that Harbor takes. (goharbor/harbor, src/server/v2.0/handler/gc.go, `validateWorkers`) */
const MOST_WORKERS = 10;
const WORDS: readonly string[] = ["manual", "hourly", "daily", "weekly"];

const schema = v.looseObject({
    ...commonEntries,
    name: v.picklist(["garbage-collection", "scan-all"], 'job must be "garbage-collection" or "scan-all"'),
    schedule: text("schedule"),
    deleteUntagged: flag("deleteUntagged"),
    workers: v.optional(
        v.pipe(
            v.number("workers must be a number"),
            v.integer("workers must be a whole number"),
            v.minValue(1, "workers must be 1 or more"),
            v.maxValue(MOST_WORKERS, `workers must be ${MOST_WORKERS} or less`),
        ),
    ),
    allowWithProxyCache: flag("allowWithProxyCache"),
});

export function scheduleProblems(inputs: ScheduleInputs): string[] {
    const wrong = problemsOf(schema, inputs);
    if (wrong.length > 0) {
        return wrong;
    }
    const { deleteUntagged, name, schedule, workers } = inputs;
    const problem = WORDS.includes(schedule) ? undefined : harborCronProblem("schedule", schedule);
    const hasParameters = deleteUntagged !== undefined || workers !== undefined;
    return [
        ...(problem === undefined ? [] : [`${problem}; or it is "hourly", "daily", "weekly" or "manual"`]),
        ...(hasParameters && name !== "garbage-collection"
            ? ["deleteUntagged and workers are of garbage collection: take them away"]
            : []),
        ...(hasParameters && schedule === "manual"
            ? [
                  'with the schedule "manual" Harbor keeps neither deleteUntagged nor workers, which whoever starts it says then: take them away',
              ]
            : []),
    ];
}
