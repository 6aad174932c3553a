import { checkCron } from "./cron";
import {
    byId,
    conflict,
    created,
    type Exchange,
    type Handlers,
    internal,
    notFound,
    ok,
    precondition,
} from "./exchange";
import { filtered, paged, sorted } from "./query";
import { projectIn, requireSystem } from "./rights";
import type { LocalProject, Row, World } from "./state";

const INSTANCES = "/p2p/preheat/instances";
const POLICIES = "/projects/{project_name}/preheat/policies";
const POLICY = `${POLICIES}/{preheat_policy_name}`;

export const PREHEAT_HANDLERS: Handlers = {
    [`POST ${INSTANCES}`]: createInstance,
    [`GET ${INSTANCES}`]: (exchange) => {
        requireSystem(exchange, "preheat-instance", "list");
        const { query, world } = exchange;
        const rows = sorted(filtered([...world.instances.values()], query.q), query.sort, "id");
        const reply = paged(exchange, rows);
        return { ...reply, json: (reply.json as Row[]).map(shownInstance) };
    },
    [`GET ${INSTANCES}/{preheat_instance_name}`]: (exchange) => {
        requireSystem(exchange, "preheat-instance", "read");
        return ok(shownInstance(instanceIn(exchange)));
    },
    [`PUT ${INSTANCES}/{preheat_instance_name}`]: updateInstance,
    [`DELETE ${INSTANCES}/{preheat_instance_name}`]: (exchange) => {
        requireSystem(exchange, "preheat-instance", "delete");
        const { id, name } = instanceIn(exchange);
        if (isUsed(exchange.world, id)) {
            throw precondition(`Provider [${name}] cannot be deleted as some preheat policies are using it`);
        }
        exchange.world.instances.delete(id);
        return ok();
    },
    [`POST ${POLICIES}`]: createPolicy,
    [`GET ${POLICIES}`]: (exchange) => {
        const { project_id } = projectIn(exchange, "preheat-policy", "list");
        const { query, world } = exchange;
        const all = [...world.preheatPolicies.values()].filter((policy) => policy.project_id === project_id);
        const reply = paged(exchange, sorted(filtered(all, query.q), query.sort, "id"));
        return { ...reply, json: (reply.json as Row[]).map((policy) => shownPolicy(world, policy)) };
    },
    [`GET ${POLICY}`]: (exchange) => {
        const project = projectIn(exchange, "preheat-policy", "read");
        return ok(shownPolicy(exchange.world, policyIn(exchange, project)));
    },
    [`PUT ${POLICY}`]: updatePolicy,
    [`DELETE ${POLICY}`]: (exchange) => {
        const project = projectIn(exchange, "preheat-policy", "delete");
        exchange.world.preheatPolicies.delete(policyIn(exchange, project).id);
        return ok();
    },
};

function instanceIn({ params, world }: Exchange): Row {
    const name = params.preheat_instance_name ?? "";
    const found = [...world.instances.values()].find((instance) => instance.name === name);
    if (found === undefined) {
        throw notFound(`instance ${name} not found`);
    }
    return found;
}

function isUsed(world: World, instanceId: number): boolean {
    return [...world.preheatPolicies.values()].some(({ provider_id }) => provider_id === instanceId);
}

/** `Location` ends with the name; a second one of a name or an address is an error without a code. (src/server/v2.0/handler/preheat.go, `CreateInstance`) */
function createInstance(exchange: Exchange) {
    requireSystem(exchange, "preheat-instance", "create");
    const { body, world } = exchange;
    if ([...world.instances.values()].some(({ endpoint }) => endpoint === body.endpoint)) {
        throw internal();
    }
    if ([...world.instances.values()].some(({ name }) => name === body.name)) {
        throw internal();
    }
    const setup_timestamp = Math.floor(world.now / 1000);
    const row = world.row("instance");
    const instance: Row = { ...row, ...body, id: row.id, setup_timestamp };
    world.instances.set(instance.id, instance);
    return created(exchange, instance.name);
}

/** The id of the body says which, whatever the path says; the credential stays where none is sent. (`UpdateInstance`) */
function updateInstance(exchange: Exchange) {
    requireSystem(exchange, "preheat-instance", "update");
    const { body, world } = exchange;
    const { auth_info, name } = instanceIn(exchange);
    const instance = byId(world.instances, body.id ?? 0, (id) => `instance ${id} not found`);
    if (!body.enabled && isUsed(world, instance.id)) {
        throw precondition(`Provider [${name}] cannot be disabled as some preheat policies are using it`);
    }
    if (body.vendor !== instance.vendor) {
        throw internal();
    }
    const keeps = body.auth_mode !== "NONE" && Object.keys(body.auth_info ?? {}).length === 0;
    Object.assign(instance, body, { auth_info: keeps ? auth_info : body.auth_info, update_time: world.at() });
    return ok();
}

/** Without the credential, and never with its health. (`convertInstanceToPayload`) */
function shownInstance({
    auth_info: _secret,
    creation_time: _created,
    update_time: _updated,
    ...instance
}: Row): object {
    return { ...instance, status: "Unknown" };
}

function policyIn({ params, world }: Exchange, { project_id }: LocalProject): Row {
    const name = params.preheat_policy_name ?? "";
    const all = [...world.preheatPolicies.values()];
    const found = all.find((policy) => policy.project_id === project_id && policy.name === name);
    if (found === undefined) {
        throw notFound(`policy ${name} not found`);
    }
    return found;
}

function createPolicy(exchange: Exchange) {
    const project = projectIn(exchange, "preheat-policy", "create");
    const { world } = exchange;
    const wanted = keptPolicy(exchange);
    checkName(world, project, wanted.name, 0);
    const policy: Row = { ...world.row("preheat policy"), project_id: project.project_id, ...wanted };
    world.preheatPolicies.set(policy.id, policy);
    return created(exchange, policy.name);
}

function checkName(world: World, { project_id }: LocalProject, name: string, id: number): void {
    const all = [...world.preheatPolicies.values()];
    if (all.some((policy) => policy.project_id === project_id && policy.name === name && policy.id !== id)) {
        throw conflict(`policy ${name} already exists`);
    }
}

/** The id of the body says which. (`UpdatePolicy`) */
function updatePolicy(exchange: Exchange) {
    const project = projectIn(exchange, "preheat-policy", "update");
    const { body, world } = exchange;
    const policy = byId(world.preheatPolicies, body.id ?? 0, (id) => `policy ${id} not found`);
    const wanted = keptPolicy(exchange);
    checkName(world, project, wanted.name, policy.id);
    Object.assign(policy, wanted, { update_time: world.at() });
    return ok();
}

/** Filters and trigger are JSON in a text; a text that is none is an error without a code. (src/pkg/p2p/preheat/models/policy/policy.go) */
function keptPolicy({ body, world }: Exchange) {
    const {
        description = "",
        enabled = false,
        extra_attrs = "",
        filters = "",
        name = "",
        provider_id = 0,
        trigger = "",
    } = body;
    byId(world.instances, provider_id, (id) => `instance ${id} not found`);
    const isText = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/.test(name) && isJson(filters) && isJson(trigger);
    if (!isText) {
        throw internal();
    }
    const { trigger_setting, type } = JSON.parse(trigger) ?? {};
    if (type === "scheduled" && trigger_setting?.cron) {
        checkCron("invalid cron string for scheduled preheat", trigger_setting.cron);
    }
    return { name, description, enabled, extra_attrs, filters, provider_id, trigger };
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

function shownPolicy(world: World, policy: Row): object {
    return { ...policy, provider_name: world.instances.get(policy.provider_id)?.name };
}
