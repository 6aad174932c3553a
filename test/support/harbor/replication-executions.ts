import { byId, created, type Exchange, type Handlers, notFound, ok, precondition } from "./exchange";
import { end, start, stop, tasksOf } from "./jobs";
import { paged, sorted } from "./query";
import { requireSystem } from "./rights";
import type { LocalExecution, LocalTask, World } from "./state";

/** Harbor's job service calls them otherwise than this API does. (src/server/v2.0/handler/replication.go, `convertExecution`) */
const STATUS: Readonly<Record<string, string>> = {
    Running: "InProgress",
    Success: "Succeed",
    Error: "Failed",
    Stopped: "Stopped",
    Pending: "Pending",
};
const TRIGGER: Readonly<Record<string, string>> = { MANUAL: "manual", SCHEDULE: "scheduled", EVENT: "event_based" };

export const REPLICATION_EXECUTION_HANDLERS: Handlers = {
    "POST /replication/executions": begin,
    "GET /replication/executions": (exchange) => {
        requireSystem(exchange, "replication", "list");
        const { query, world } = exchange;
        const all = replications(world)
            .filter(({ vendor_id }) => query.policy_id === undefined || vendor_id === Number(query.policy_id))
            .map((execution) => shown(world, execution))
            .filter(({ status }) => query.status === undefined || status === query.status)
            .filter(({ trigger }) => query.trigger === undefined || trigger === query.trigger);
        return paged(exchange, sorted(all, query.sort, "-start_time,-id"));
    },
    "GET /replication/executions/{id}": (exchange) => {
        requireSystem(exchange, "replication", "read");
        return ok(shown(exchange.world, executionIn(exchange)));
    },
    "PUT /replication/executions/{id}": (exchange) => {
        requireSystem(exchange, "replication", "create");
        stop(exchange.world, executionIn(exchange));
        return ok();
    },
    "GET /replication/executions/{id}/tasks": (exchange) => {
        requireSystem(exchange, "replication", "list");
        const { query, world } = exchange;
        const all = tasksOf(world, executionIn(exchange))
            .map(shownTask)
            .filter(({ status }) => query.status === undefined || status === query.status);
        return paged(exchange, sorted(all, query.sort, "-start_time,-id"));
    },
    "GET /replication/executions/{id}/tasks/{task_id}/log": log,
};

/** (src/controller/replication/execution.go, `Start`) */
function begin(exchange: Exchange) {
    requireSystem(exchange, "replication", "create");
    const { body, world } = exchange;
    const policy = byId(world.policies, body.policy_id ?? 0, (id) => `replication policy ${id} not found`);
    if (!policy.enabled) {
        throw precondition(`the policy ${policy.id} is disabled`);
    }
    const isBusy = replications(world).some(({ status, vendor_id }) => vendor_id === policy.id && status === "Running");
    const execution = start(world, { vendor: "REPLICATION", vendor_id: policy.id });
    if (policy.single_active_replication && isBusy) {
        end(world, execution, "Error", "Execution skipped: active replication still in progress.");
    }
    return created(exchange, execution.id);
}

function replications(world: World): LocalExecution[] {
    return [...world.executions.values()].filter(({ vendor }) => vendor === "REPLICATION");
}

function executionIn({ params, world }: Exchange): LocalExecution {
    const found = replications(world).find(({ id }) => id === Number(params.id));
    if (found === undefined) {
        throw notFound(`replication execution ${params.id} not found`);
    }
    return found;
}

function shown(world: World, execution: LocalExecution) {
    const tasks = tasksOf(world, execution);
    const count = (...wanted: string[]) => tasks.filter(({ status }) => wanted.includes(status)).length;
    const { end_time, id, start_time, status, status_text, trigger, vendor_id } = execution;
    return {
        id,
        policy_id: vendor_id,
        status: STATUS[status],
        trigger: TRIGGER[trigger],
        start_time,
        end_time,
        status_text,
        total: tasks.length,
        failed: count("Error"),
        succeed: count("Success"),
        in_progress: count("Pending", "Running"),
        stopped: count("Stopped"),
    };
}

function shownTask({ log: _log, status, ...task }: LocalTask) {
    return { ...task, status: STATUS[status], job_id: `job-${task.id}`, operation: "copy", resource_type: "artifact" };
}

/** Text, and no JSON. */
function log(exchange: Exchange) {
    requireSystem(exchange, "replication", "read");
    const { params, world } = exchange;
    const execution = executionIn(exchange);
    const task = byId(world.tasks, params.task_id ?? "", (id) => `replication task ${id} not found`);
    if (task.execution_id !== execution.id) {
        throw notFound(`execution ${params.id} contains no task with ID ${params.task_id}`);
    }
    return { status: 200, text: task.log, headers: { "content-type": "text/plain" } };
}
