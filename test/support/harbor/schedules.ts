import { checkCron } from "./cron";
import {
    badRequest,
    byId,
    conflict,
    created,
    type Exchange,
    type Handlers,
    internal,
    notFound,
    ok,
    precondition,
    type Reply,
} from "./exchange";
import { start, stop, tasksOf } from "./jobs";
import { paged, sorted } from "./query";
import { type Action, requireSystem } from "./rights";
import type { LocalExecution, LocalSchedule } from "./state";

const GC = "garbage-collection";

export const SCHEDULE_HANDLERS: Handlers = {
    // Without a schedule the answer is nothing at all, and no 404. (src/server/v2.0/handler/gc.go, `GetGCSchedule`)
    "GET /system/gc/schedule": (exchange) => {
        requireSystem(exchange, GC, "read");
        const schedule = exchange.world.schedules.get("gc");
        return ok(schedule && shownGc(exchange, schedule));
    },
    // Made anew or another one, it is the same to Harbor. (`kick`)
    "POST /system/gc/schedule": (exchange) => {
        requireSystem(exchange, GC, "create");
        const id = kick(exchange);
        return { status: 201, headers: { location: `/api/v2.0/system/gc/${id}` } };
    },
    "PUT /system/gc/schedule": (exchange) => {
        requireSystem(exchange, GC, "update");
        kick(exchange);
        return ok();
    },
    "GET /system/gc": (exchange) => {
        requireSystem(exchange, GC, "list");
        const all = [...exchange.world.executions.values()].filter(({ vendor }) => vendor === "GARBAGE_COLLECTION");
        return paged(exchange, sorted(all.map(shownRun), exchange.query.sort, "-creation_time,-id"));
    },
    "GET /system/gc/{gc_id}": (exchange) => ok(shownRun(runIn(exchange, "read"))),
    "PUT /system/gc/{gc_id}": (exchange) => {
        stop(exchange.world, runIn(exchange, "stop"));
        return ok();
    },
    "GET /system/gc/{gc_id}/log": (exchange) => {
        const [task] = tasksOf(exchange.world, runIn(exchange, "read"));
        if (task === undefined) {
            throw notFound(`garbage collection ${exchange.params.gc_id} log is not found`);
        }
        return { status: 200, text: task.log, headers: { "content-type": "text/plain" } };
    },
    "GET /system/scanAll/schedule": (exchange) => {
        requireScan(exchange, "read");
        const schedule = exchange.world.schedules.get("scanAll");
        return ok(schedule && shownScan(schedule));
    },
    "POST /system/scanAll/schedule": createScan,
    "PUT /system/scanAll/schedule": updateScan,
};

/** Without a schedule Harbor's own code falls over. @throws Refusal 500 */
function checkGiven({ schedule }: Exchange["body"]): void {
    if (schedule === undefined || schedule === null) {
        throw internal();
    }
}

/** @returns the id of a collection that was begun at once, else 0. @throws Refusal 400 */
function kick({ body, world }: Exchange): number {
    checkGiven(body);
    const { cron = "", type = "" } = body.schedule ?? {};
    const parameters = { ...body.parameters };
    const { workers } = parameters;
    const isRun = type === "Manual" || ["Hourly", "Daily", "Weekly", "Custom"].includes(type);
    if (isRun && typeof workers === "number" && (workers <= 0 || workers > 10)) {
        throw badRequest(
            `Error: Invalid number of workers:${workers}. Workers must be greater than 0 and less than or equal to 10.`,
        );
    }
    if (type === "Manual") {
        return start(world, { vendor: "GARBAGE_COLLECTION", vendor_id: -1, extra: parameters }).id;
    }
    if (type === "None") {
        world.schedules.delete("gc");
    } else if (isRun) {
        checkCron("invalid cron string for scheduled gc", cron);
        const { delete_tag = false, delete_untagged = false } = parameters;
        world.schedules.set(
            "gc",
            newSchedule(world, type, cron, { delete_tag, delete_untagged, workers: workers ?? 0 }),
        );
    }
    return 0;
}

function newSchedule(world: Exchange["world"], type: string, cron: string, parameters = {}): LocalSchedule {
    return { ...world.row("schedule"), type, cron, parameters };
}

/** The parameters are text. (src/server/v2.0/handler/model/gc.go) */
function shownGc({ world }: Exchange, { cron, parameters, type, ...row }: LocalSchedule): object {
    const schedule = { cron, type, next_scheduled_time: new Date(world.now + 3_600_000).toISOString() };
    // The job that waits for its time is one that runs, to Harbor.
    return { ...row, job_status: "Running", job_kind: cron, job_parameters: JSON.stringify(parameters), schedule };
}

function shownRun({ extra, id, start_time, status, trigger }: LocalExecution) {
    const kind = trigger === "MANUAL" ? "Manual" : "Schedule";
    return {
        id,
        job_name: "GARBAGE_COLLECTION",
        job_kind: trigger,
        job_parameters: JSON.stringify(extra),
        job_status: status,
        schedule: { type: kind },
        creation_time: start_time,
        update_time: start_time,
    };
}

function runIn(exchange: Exchange, action: Action): LocalExecution {
    requireSystem(exchange, GC, action);
    const words = (id: string) => `execution ${id} not found`;
    const found = byId(exchange.world.executions, exchange.params.gc_id ?? "", words);
    if (found.vendor !== "GARBAGE_COLLECTION") {
        throw notFound(words(String(found.id)));
    }
    return found;
}

/** Without a scanner there is nothing to schedule. (src/server/v2.0/handler/scan_all.go, `requireScanEnabled`) */
function requireScan(exchange: Exchange, action: Action): void {
    requireSystem(exchange, "scan-all", action);
    if (!exchange.world.hasScanner) {
        throw precondition("no scanner is configured, it's not possible to scan");
    }
}

/** (`CreateScanAllSchedule`) */
function createScan(exchange: Exchange): Reply {
    requireScan(exchange, "create");
    const { body, world } = exchange;
    checkGiven(body);
    const { cron = "", type = "" } = body.schedule ?? {};
    if (type === "Manual") {
        const last = [...world.executions.values()].reverse().find(({ vendor }) => vendor === "SCAN_ALL");
        if (last?.status === "Running") {
            throw conflict(`a previous scan all job aleady exits, its status is ${last.status}`);
        }
        start(world, { vendor: "SCAN_ALL", vendor_id: 0 });
    } else if (type !== "None") {
        if (world.schedules.has("scanAll")) {
            throw precondition(
                "fail to set schedule for scan all as always had one, please delete it firstly then to re-schedule",
            );
        }
        schedule(exchange, type, cron);
    }
    return { ...created(exchange, ""), headers: {} };
}

function schedule({ world }: Exchange, type: string, cron: string): void {
    checkCron("invalid cron string for scheduled scan all", cron);
    const before = world.schedules.get("scanAll");
    if (before?.type !== type || before.cron !== cron) {
        world.schedules.set("scanAll", newSchedule(world, type, cron));
    }
}

/** (`UpdateScanAllSchedule`) */
function updateScan(exchange: Exchange): Reply {
    requireScan(exchange, "update");
    checkGiven(exchange.body);
    const { cron = "", type = "" } = exchange.body.schedule ?? {};
    if (type === "Manual") {
        throw badRequest(`fail to update scan all schedule as wrong schedule type: ${type}`);
    }
    if (type === "None") {
        exchange.world.schedules.delete("scanAll");
    } else {
        schedule(exchange, type, cron);
    }
    return ok();
}

function shownScan({ cron, parameters: _none, type, ...row }: LocalSchedule): object {
    return { ...row, status: "Running", schedule: { cron, type } };
}
