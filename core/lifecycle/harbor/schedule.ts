import type { Schedule, ScheduledJob, ScheduleWish } from "../../harbor";
import { cronWord, plainCron } from "./cron";
import type { Fields, HarborKind, HarborTools, Verdict } from "./kind";
import { type ScheduleInputs, type ScheduleJob, scheduleProblems } from "./schedule-inputs";

/** Of one job; without a schedule it never runs by itself. */
interface ScheduleLook {
    readonly job: ScheduledJob;
    readonly schedule?: Schedule;
}

const JOBS: Readonly<Record<ScheduleJob, ScheduledJob>> = { "garbage-collection": "gc", "scan-all": "scanAll" };
const TITLES: Readonly<Record<ScheduleJob, string>> = {
    "garbage-collection": "schedule of garbage collection",
    "scan-all": "schedule of the scan of all images",
};
const TYPES: Readonly<Record<string, string>> = { hourly: "Hourly", daily: "Daily", weekly: "Weekly" };
/** There is one of each, and Harbor gives it another number with every change. */
const ONLY = 1;
const MANUAL = "manual";

/** When Harbor does what it does by the clock. There is one schedule of each job. */
export const scheduleKind: HarborKind<ScheduleInputs, ScheduleLook> = {
    word: "schedule",
    nameless: "single",
    title: ({ name }) => TITLES[name],
    problems: scheduleProblems,
    replaces: [],
    renames: false,
    idOf: () => ONLY,
    find: async (_name, inputs, { harbor }, former) => {
        const job = JOBS[inputs.name];
        const schedule = await harbor.schedules.get(job);
        const isOurs = inputs.objectId !== undefined || former !== undefined;
        // None is what is wanted of a job that runs by hand, and then nothing was deleted.
        const isMeant = isOurs && (inputs.schedule === MANUAL || former?.schedule === MANUAL);
        return schedule === undefined && !isMeant ? undefined : { job, schedule };
    },
    wanted: ({ deleteUntagged, schedule, workers }) => ({
        schedule: schedule === MANUAL ? MANUAL : cronWord(plainCron(schedule)),
        deleteUntagged,
        workers,
    }),
    actual: ({ schedule }): Fields => {
        const { delete_untagged, workers } = parametersOf(schedule);
        const { cron, type } = schedule?.schedule ?? {};
        return {
            schedule: schedule === undefined ? MANUAL : cronWord(plainCron(cron || (type ?? "").toLowerCase())),
            deleteUntagged: delete_untagged === true,
            // The job's own default.
            workers: workers || 1,
        };
    },
    create: async (inputs, { harbor }) => {
        if (inputs.schedule !== MANUAL) {
            await harbor.schedules.create(JOBS[inputs.name], wishOf(inputs, {}));
        }
        return ONLY;
    },
    update: async (inputs, { job, schedule }, _changed, { harbor }) => {
        await harbor.schedules.update(job, wishOf(inputs, parametersOf(schedule)));
        return undefined;
    },
    // Harbor has no other way to end one.
    delete: ({ job }, { harbor }) => harbor.schedules.update(job, { schedule: { type: "None" } }),
    verify: verifyCaches,
};

/** @param have parameters that Harbor has; those that nobody names stay, and it takes all of them at once */
function wishOf(
    { deleteUntagged, name, schedule, workers }: ScheduleInputs,
    have: Readonly<Record<string, unknown>>,
): ScheduleWish {
    if (schedule === MANUAL) {
        return { schedule: { type: "None" } };
    }
    const wish = { schedule: { type: TYPES[schedule] ?? "Custom", cron: plainCron(schedule) } };
    if (name !== "garbage-collection") {
        return wish;
    }
    const { workers: before, ...rest } = have;
    // It keeps 0 where none are said, and takes no 0.
    const count = workers ?? (before || undefined);
    return {
        ...wish,
        parameters: {
            ...rest,
            ...(deleteUntagged !== undefined && { delete_untagged: deleteUntagged }),
            ...(count !== undefined && { workers: count }),
        },
    };
}

/** They are text in a schedule of garbage collection. */
function parametersOf(schedule: Schedule | undefined): Readonly<Record<string, unknown>> {
    if (schedule?.parameters) {
        return schedule.parameters;
    }
    try {
        const known: unknown = JSON.parse(schedule?.job_parameters || "{}");
        return typeof known === "object" && known !== null ? (known as Record<string, unknown>) : {};
    } catch {
        return {};
    }
}

/**
 * Whether a garbage collection of what has no tag would empty a proxy cache: what is pulled by digest, as Kubernetes
 * pulls everything, has no tag there. (goharbor/harbor#23570)
 *
 * @throws HarborError where that cannot be asked
 */
async function verifyCaches(
    { allowWithProxyCache, deleteUntagged }: ScheduleInputs,
    _actual: ScheduleLook | undefined,
    isWork: boolean,
    { harbor }: HarborTools,
): Promise<Verdict> {
    if (deleteUntagged !== true || allowWithProxyCache === true) {
        return {};
    }
    const caches = (await harbor.projects.list()).filter(({ registry_id }) => (registry_id ?? 0) > 0);
    if (caches.length === 0) {
        return {};
    }
    const names = caches.map(({ name }) => name).join(", ");
    const reason = `deleteUntagged empties the proxy cache of ${names} at ${harbor.host}, where whatever was pulled by digest has no tag (goharbor/harbor#23570): take it away, or set allowWithProxyCache: true`;
    return isWork ? { refusals: [`The schedule of garbage collection is refused: ${reason}.`] } : { warning: reason };
}
