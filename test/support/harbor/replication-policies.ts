import { checkReplicationCron } from "./cron";
import {
    badRequest,
    byId,
    conflict,
    created,
    type Exchange,
    type Handlers,
    internal,
    ok,
    precondition,
} from "./exchange";
import { filtered, paged, sorted } from "./query";
import { registryOf, shownRegistry } from "./registries";
import { requireSystem } from "./rights";
import type { Row, World } from "./state";

const RESOURCE = "replication-policy";
const words = (id: string) => `replication policy ${id} not found`;
/** (src/lib/patterns.go, `RepositoryNameRe`) */
const NAMESPACE = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

export const REPLICATION_POLICY_HANDLERS: Handlers = {
    "POST /replication/policies": (exchange) => {
        requireSystem(exchange, RESOURCE, "create");
        const { body, world } = exchange;
        const wanted = kept(world, body, 0);
        const policy: Row = { ...world.row("replication policy"), ...wanted };
        world.policies.set(policy.id, policy);
        return created(exchange, policy.id);
    },
    "GET /replication/policies": (exchange) => {
        requireSystem(exchange, RESOURCE, "list");
        const { query, world } = exchange;
        const all = [...world.policies.values()].filter(({ name }) => name.includes(query.name ?? ""));
        const reply = paged(exchange, sorted(filtered(all, query.q), query.sort, "-creation_time,-id"));
        return { ...reply, json: (reply.json as Row[]).map((policy) => shown(world, policy)) };
    },
    "GET /replication/policies/{id}": (exchange) => {
        requireSystem(exchange, RESOURCE, "read");
        return ok(shown(exchange.world, policyIn(exchange)));
    },
    "PUT /replication/policies/{id}": update,
    "DELETE /replication/policies/{id}": (exchange) => {
        requireSystem(exchange, RESOURCE, "delete");
        const { id } = policyIn(exchange);
        const { executions, policies } = exchange.world;
        // (src/pkg/task/execution.go, `DeleteByVendor`)
        const runs = [...executions.values()].some(
            ({ status, vendor, vendor_id }) => vendor === "REPLICATION" && vendor_id === id && status === "Running",
        );
        if (runs) {
            throw precondition("contains executions that aren't in final status, stop the execution first");
        }
        for (const execution of executions.values()) {
            if (execution.vendor === "REPLICATION" && execution.vendor_id === id) {
                executions.delete(execution.id);
            }
        }
        policies.delete(id);
        return ok();
    },
};

export function policyIn({ params, world }: Exchange): Row {
    return byId(world.policies, params.id ?? "", words);
}

/** All of it is replaced: what is not sent is Go's zero. (src/server/v2.0/handler/replication.go, `UpdateReplicationPolicy`) */
function update(exchange: Exchange) {
    requireSystem(exchange, RESOURCE, "update");
    const { body, params, world } = exchange;
    const wanted = kept(world, body, Number(params.id));
    Object.assign(policyIn(exchange), wanted, { update_time: world.at() });
    return ok();
}

/** What Harbor makes of what was sent. @throws Refusal 400, 404, 409, 500 */
function kept(world: World, body: Exchange["body"], id: number): Record<string, unknown> {
    const trigger = body.trigger && {
        type: body.trigger.type ?? "",
        ...(body.trigger.trigger_settings
            ? { trigger_settings: { cron: body.trigger.trigger_settings.cron ?? "" } }
            : {}),
    };
    if (body.single_active_replication === true && trigger?.type === "event_based") {
        throw internal();
    }
    const source = body.src_registry?.id ?? 0;
    const target = body.dest_registry?.id ?? 0;
    validate(body, source, target, trigger);
    registryOf(world, source);
    registryOf(world, target);
    if ([...world.policies.values()].some((policy) => policy.name === body.name && policy.id !== id)) {
        throw conflict(`replication policy ${body.name} already exists`);
    }
    return {
        name: body.name,
        description: body.description ?? "",
        src_registry: source,
        dest_registry: target,
        dest_namespace: body.dest_namespace ?? "",
        // -1: as before there was such a field.
        dest_namespace_replace_count: body.dest_namespace_replace_count ?? -1,
        trigger,
        // None are null in Go, and in the answer.
        filters: body.filters?.length ? body.filters : undefined,
        replicate_deletion: body.deletion ?? false,
        override: body.override ?? false,
        enabled: body.enabled ?? false,
        speed: Math.max(0, body.speed ?? 0),
        copy_by_chunk: body.copy_by_chunk ?? false,
        single_active_replication: body.single_active_replication ?? false,
    };
}

/** (src/controller/replication/model/model.go, `Validate`) */
function validate(body: Exchange["body"], source: number, target: number, trigger: Exchange["body"]): void {
    if (!body.name) {
        throw badRequest("empty name");
    }
    if ((source !== 0) === (target !== 0)) {
        throw badRequest("either src_registry or dest_registry should be empty and the other one shouldn't be empty");
    }
    for (const filter of body.filters ?? []) {
        checkFilter(filter);
    }
    if (body.dest_namespace && !NAMESPACE.test(body.dest_namespace)) {
        throw badRequest(`invalid destination namespace: ${body.dest_namespace}`);
    }
    if (trigger?.type === "scheduled") {
        checkReplicationCron(trigger.trigger_settings?.cron ?? "");
    } else if (trigger && !["manual", "event_based"].includes(trigger.type)) {
        throw badRequest("invalid trigger type");
    }
}

/** (src/pkg/reg/model/policy.go, `Validate`) */
function checkFilter({ decoration = "", type, value }: { type?: string; value?: unknown; decoration?: string }): void {
    if (type === "label") {
        if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) {
            throw badRequest("the type of label filter value isn't string slice");
        }
    } else if (type === "name" || type === "tag" || type === "resource") {
        if (typeof value !== "string") {
            throw badRequest("the type of filter value isn't string");
        }
        if (type === "resource" && value !== "artifact" && value !== "image") {
            throw badRequest(`invalid resource filter: ${value}`);
        }
        if (type !== "tag" && decoration !== "") {
            throw badRequest("only tag and label filter support decoration");
        }
    } else {
        throw badRequest("invalid filter type");
    }
    if (decoration !== "" && decoration !== "matches" && decoration !== "excludes") {
        throw badRequest(`invalid filter decoration, :${decoration}`);
    }
}

/** With both registries whole, Harbor itself as `Local`, and `deletion` beside its old name. */
function shown(world: World, policy: Row): object {
    return {
        ...policy,
        deletion: policy.replicate_deletion,
        src_registry: shownRegistry(registryOf(world, policy.src_registry)),
        dest_registry: shownRegistry(registryOf(world, policy.dest_registry)),
    };
}
