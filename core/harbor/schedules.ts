import * as v from "valibot";
import type { HarborConnection } from "./connection";

const schema = v.looseObject({
    schedule: v.nullish(
        v.looseObject({
            /** `Hourly`, `Daily`, `Weekly`, `Custom`, `Manual`, `None`. */
            type: v.nullish(v.string()),
            /** Six fields, seconds first. */
            cron: v.nullish(v.string()),
        }),
    ),
    /** Of garbage collection: `delete_untagged`, `workers`; JSON as text in some versions. */
    job_parameters: v.nullish(v.string()),
    parameters: v.nullish(v.record(v.string(), v.unknown())),
});

/** (Harbor's API description, `Schedule`, `GCHistory`) */
export type Schedule = v.InferOutput<typeof schema>;

export interface ScheduleWish {
    readonly schedule: { readonly type: string; readonly cron?: string };
    readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What Harbor does by the clock: garbage collection, a scan of everything. There is one of each. */
export type ScheduledJob = "gc" | "scanAll";

const WORDS: Readonly<Record<ScheduledJob, string>> = {
    gc: "the schedule of garbage collection",
    scanAll: "the schedule of the scan of all images",
};

export class Schedules {
    constructor(private readonly connection: HarborConnection) {}

    /** @returns undefined where there is none: Harbor then answers 200 with nothing. @throws HarborError */
    async get(job: ScheduledJob): Promise<Schedule | undefined> {
        const found = await this.connection.read(pathOf(job), `read ${WORDS[job]}`, v.nullish(schema));
        const { cron, type } = found?.schedule ?? {};
        return found && (cron || (type && type !== "None")) ? found : undefined;
    }

    /**
     * The first one.
     *
     * @throws HarborError of a scan `HARBOR_PRECONDITION`, where there is one already or no scanner
     */
    async create(job: ScheduledJob, wish: ScheduleWish): Promise<void> {
        await this.connection.change("POST", pathOf(job), { ...wish }, `set ${WORDS[job]}`);
    }

    /** Another one in its place; `{ type: "None" }` ends it, and there is no other way to delete one. @throws HarborError */
    async update(job: ScheduledJob, wish: ScheduleWish): Promise<void> {
        await this.connection.change("PUT", pathOf(job), { ...wish }, `change ${WORDS[job]}`);
    }
}

function pathOf(job: ScheduledJob): string {
    return `/system/${job}/schedule`;
}
