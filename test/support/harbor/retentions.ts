import { checkCron } from "./cron";
import {
    badRequest,
    conflict,
    created,
    type Exchange,
    type Handlers,
    internal,
    notFound,
    ok,
    type Refusal,
} from "./exchange";
import { start, stop, tasksOf } from "./jobs";
import { paged, sorted } from "./query";
import { type Action, isAdmin, projectOf, requireLogin } from "./rights";
import type { LocalExecution, Row } from "./state";

const RESOURCE = "tag-retention";

export const RETENTION_HANDLERS: Handlers = {
    "GET /retentions/metadatas": (exchange) => {
        requireLogin(exchange);
        return ok(METADATAS);
    },
    "POST /retentions": create,
    // There is no 404: the error of a policy that is gone has no code in Harbor.
    "GET /retentions/{id}": (exchange) => ok(shown(exchange, retentionIn(exchange, "read", internal()))),
    "PUT /retentions/{id}": update,
    "DELETE /retentions/{id}": (exchange) => {
        const retention = retentionIn(exchange, "delete");
        const { executions, projects, retentions } = exchange.world;
        for (const { id, vendor, vendor_id } of executions.values()) {
            if (vendor === "RETENTION" && vendor_id === retention.id) {
                executions.delete(id);
            }
        }
        retentions.delete(retention.id);
        delete projects.get(retention.scope.ref)?.metadata.retention_id;
        return ok();
    },
    "POST /retentions/{id}/executions": (exchange) => {
        const { id } = retentionIn(exchange, "update");
        const extra = { dry_run: exchange.body.dry_run ?? false };
        return created(exchange, start(exchange.world, { vendor: "RETENTION", vendor_id: id, extra }).id);
    },
    "GET /retentions/{id}/executions": (exchange) => {
        const { id } = retentionIn(exchange, "list");
        const all = [...exchange.world.executions.values()].filter(
            (execution) => execution.vendor === "RETENTION" && execution.vendor_id === id,
        );
        return paged(exchange, sorted(all.map(shownExecution), undefined, "-start_time,-id"));
    },
    "PATCH /retentions/{id}/executions/{eid}": (exchange) => {
        if (exchange.body.action !== "stop") {
            throw badRequest("bad request: action should be 'stop'");
        }
        stop(exchange.world, executionIn(exchange, "update"));
        return ok();
    },
    "GET /retentions/{id}/executions/{eid}/tasks": (exchange) => {
        const tasks = tasksOf(exchange.world, executionIn(exchange, "list")).map(
            ({ end_time, execution_id, id, src_resource, start_time, status }) => ({
                id,
                execution_id,
                repository: src_resource,
                job_id: `job-${id}`,
                status,
                start_time,
                end_time,
            }),
        );
        return paged(exchange, tasks);
    },
};

/** One that is gone is 400 nearly everywhere. (src/server/v2.0/handler/retention.go; src/pkg/retention/manager.go) */
function retentionIn(exchange: Exchange, action: Action, gone?: Refusal): Row {
    requireLogin(exchange);
    const found = exchange.world.retentions.get(Number(exchange.params.id));
    if (found === undefined) {
        throw gone ?? badRequest(`bad request: no such Retention policy with id ${exchange.params.id}`);
    }
    projectOf(exchange, found.scope.ref, false, RESOURCE, action);
    return found;
}

function executionIn(exchange: Exchange, action: Action): LocalExecution {
    const retention = retentionIn(exchange, action);
    const found = exchange.world.executions.get(Number(exchange.params.eid));
    if (found === undefined || found.vendor !== "RETENTION" || found.vendor_id !== retention.id) {
        throw notFound(`project: ${retention.scope.ref}, execution id ${exchange.params.eid} not found`);
    }
    return found;
}

/** One for a project, whose metadata name it from then on. (`CreateRetention`) */
function create(exchange: Exchange) {
    const { body, world } = exchange;
    requireLogin(exchange);
    check(body);
    const ref = body.scope?.ref ?? 0;
    if (body.scope === undefined || body.scope === null) {
        throw internal();
    }
    if (body.scope.level !== "project") {
        throw badRequest(`bad request: scope ${body.scope.level ?? ""} is not support`);
    }
    if (!world.projects.has(ref)) {
        throw badRequest(`bad request: invalid Project id ${ref}`);
    }
    const { metadata } = projectOf(exchange, ref, false, RESOURCE, "create");
    if (metadata.retention_id !== undefined) {
        throw badRequest(`bad request: project ${ref} already has retention policy ${metadata.retention_id}`);
    }
    checkTrigger(body);
    const retention: Row = { ...world.row("retention"), ...kept(body) };
    world.retentions.set(retention.id, retention);
    metadata.retention_id = String(retention.id);
    return created(exchange, retention.id);
}

/** (`UpdateRetention`: the policy must be its project's) */
function update(exchange: Exchange) {
    const { body, params, world } = exchange;
    requireLogin(exchange);
    check(body);
    const ref = body.scope?.ref ?? 0;
    const isNobodys = isAdmin(exchange) && !world.projects.has(ref);
    const metadata = isNobodys ? {} : projectOf(exchange, ref, false, RESOURCE, "update").metadata;
    if (metadata.retention_id !== params.id) {
        throw notFound(`resource not found: the retention policy id ${params.id} does not match`);
    }
    checkTrigger(body);
    Object.assign(retentionIn(exchange, "update"), kept(body), { update_time: world.at() });
    return ok();
}

function kept({ algorithm, rules, scope, trigger }: Exchange["body"]): object {
    return { algorithm, rules: structuredClone(rules), scope, trigger };
}

/** @throws Refusal 400, 409 */
function check({ rules = [] }: { readonly rules?: readonly object[] }): void {
    if (rules.length > 15) {
        throw badRequest("bad request: only 15 rules are allowed at most");
    }
    const seen = rules.map((rule) => JSON.stringify({ ...rule, id: 0 }));
    const again = seen.findIndex((text, at) => seen.indexOf(text) < at);
    if (again >= 0) {
        throw conflict(`resource conflict: rule ${again} is conflict with rule ${seen.indexOf(seen[again] ?? "")}`);
    }
}

/** (src/pkg/retention/policy/models.go, `ValidateRetentionPolicy`) */
function checkTrigger({ trigger }: Exchange["body"]): void {
    if (trigger !== undefined && trigger !== null && !["", "Schedule"].includes(trigger.kind ?? "")) {
        throw internal();
    }
    const cron = trigger?.settings?.cron;
    if (trigger?.kind !== "Schedule" || cron === undefined) {
        return;
    }
    if (typeof cron !== "string") {
        throw badRequest("invalid cron type for scheduled tag retention: must be a string");
    }
    if (cron !== "") {
        checkCron("invalid cron string for scheduled tag retention", cron);
    }
}

/** With when it runs next, which nobody sent. (src/pkg/retention/manager.go, `GetPolicy`) */
function shown({ world }: Exchange, { creation_time: _created, update_time: _updated, ...retention }: Row): object {
    const { kind, settings } = retention.trigger ?? {};
    const next = { next_scheduled_time: new Date(world.now + 3_600_000).toISOString() };
    const isScheduled = kind === "Schedule" && settings?.cron;
    return isScheduled
        ? { ...retention, trigger: { ...retention.trigger, settings: { ...settings, ...next } } }
        : retention;
}

/** In the job service's own words. (src/controller/retention/controller.go, `convertExecution`) */
function shownExecution({ end_time, extra, id, start_time, status, trigger, vendor_id }: LocalExecution) {
    return {
        id,
        policy_id: vendor_id,
        start_time,
        end_time: end_time ?? "0001-01-01T00:00:00Z",
        status,
        trigger,
        dry_run: extra.dry_run,
    };
}

const PARAMS = { required: true, type: "int" };
const METADATAS = {
    templates: [
        ["latestPushedK", "the most recently pushed # artifacts", "COUNT"],
        ["latestPulledN", "the most recently pulled # artifacts", "COUNT"],
        ["nDaysSinceLastPush", "pushed within the last # days", "DAYS"],
        ["nDaysSinceLastPull", "pulled within the last # days", "DAYS"],
        ["always", "always"],
    ].map(([rule_template, display_text, unit]) => ({
        rule_template,
        display_text,
        action: "retain",
        params: unit === undefined ? [] : [{ ...PARAMS, unit }],
    })),
    scope_selectors: [
        { display_text: "Repositories", kind: "doublestar", decorations: ["repoMatches", "repoExcludes"] },
    ],
    tag_selectors: [{ display_text: "Tags", kind: "doublestar", decorations: ["matches", "excludes"] }],
};
