import { badRequest } from "./exchange";

const BOUNDS = [
    [0, 59],
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
] as const;
const NAMES = [
    [],
    [],
    [],
    [],
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
] as const;

/**
 * What robfig/cron says of a cron that it does not take, where seconds are wanted and `@daily` is not; undefined for one
 * that it takes. (src/common/utils/utils.go, `CronParser`)
 */
function unparsed(cron: string): string | undefined {
    const fields = cron.trim().split(/\s+/);
    if (fields.length !== 6) {
        return `expected exactly 6 fields, found ${fields.length}: [${fields.join(" ")}]`;
    }
    const wrong = fields.find((field, at) => !field.split(",").every((range) => isRange(range, at)));
    return wrong === undefined ? undefined : `failed to parse the field: ${wrong}`;
}

function isRange(text: string, at: number): boolean {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(text) ?? [];
    if (range === "" || step === "0") {
        return false;
    }
    if (range === "*" || range === "?") {
        return true;
    }
    const [low = 0, high = 0] = BOUNDS[at] ?? [];
    const names: readonly string[] = NAMES[at] ?? [];
    const values = range.split("-").map((part) => {
        const named = names.indexOf(part.toLowerCase());
        return named >= 0 ? named + (at === 4 ? 1 : 0) : /^\d+$/.test(part) ? Number(part) : Number.NaN;
    });
    const [from = Number.NaN, to = from] = values;
    return values.length <= 2 && from >= low && to <= high && from <= to;
}

/**
 * As garbage collection, scanning, retention and preheating hold a cron. (src/common/utils/utils.go,
 * `ValidateCronString`)
 *
 * @param what as Harbor's sentence begins: `invalid cron string for scheduled gc`
 * @throws Refusal 400
 */
export function checkCron(what: string, cron: string): void {
    const problem =
        cron === ""
            ? "empty cron string is invalid"
            : (unparsed(cron) ??
              (cron.split(" ")[0] === "0"
                  ? undefined
                  : "the 1st field (indicating Seconds of time) of the cron setting must be 0"));
    if (problem !== undefined) {
        throw badRequest(`${what}: ${cron}, error: ${problem}`);
    }
}

/** As a replication rule holds it: not every minute, either. (src/controller/replication/model/model.go, `Validate`) @throws Refusal 400 */
export function checkReplicationCron(cron: string): void {
    if (cron === "") {
        throw badRequest("the cron string cannot be empty when the trigger type is scheduled");
    }
    if (unparsed(cron) !== undefined) {
        throw badRequest(`invalid cron string for scheduled trigger: ${cron}`);
    }
    const [seconds, minutes] = cron.split(" ");
    if (seconds !== "0") {
        throw badRequest("the 1st field (indicating Seconds of time) of the cron setting must be 0");
    }
    if (minutes === "*") {
        throw badRequest("* is not allowed for the Minutes field of the cron setting of replication policy");
    }
}
