import { badRequest, byId, conflict, created, type Exchange, type Handlers, notFound, ok } from "./exchange";
import { filtered, paged, sorted } from "./query";
import { projectIn, requireLogin } from "./rights";
import type { Row } from "./state";

const RESOURCE = "notification-policy";
/** (src/pkg/notification/notification.go) */
const EVENTS = [
    ..."PUSH_ARTIFACT,PULL_ARTIFACT,DELETE_ARTIFACT,QUOTA_EXCEED,QUOTA_WARNING,SCANNING_FAILED".split(","),
    ..."SCANNING_STOPPED,SCANNING_COMPLETED,REPLICATION,TAG_RETENTION".split(","),
];
const FORMATS = ["Default", "CloudEvents"];
const PATH = "/projects/{project_name_or_id}/webhook";

export const WEBHOOK_HANDLERS: Handlers = {
    [`POST ${PATH}/policies`]: create,
    [`GET ${PATH}/policies`]: (exchange) => {
        const { project_id } = projectIn(exchange, RESOURCE, "list");
        const { query, world } = exchange;
        const all = [...world.webhooks.values()].filter((policy) => policy.project_id === project_id);
        return paged(exchange, sorted(filtered(all, query.q), query.sort, "-creation_time,-id"));
    },
    [`GET ${PATH}/policies/{webhook_policy_id}`]: (exchange) => {
        const { project_id } = projectIn(exchange, RESOURCE, "read");
        return ok(policyIn(exchange, project_id));
    },
    [`PUT ${PATH}/policies/{webhook_policy_id}`]: update,
    [`DELETE ${PATH}/policies/{webhook_policy_id}`]: (exchange) => {
        const { project_id } = projectIn(exchange, RESOURCE, "delete");
        exchange.world.webhooks.delete(policyIn(exchange, project_id).id);
        return ok();
    },
    [`GET ${PATH}/events`]: (exchange) => {
        projectIn(exchange, RESOURCE, "read");
        const formats = [{ notify_type: "http", formats: FORMATS }];
        return ok({ event_type: EVENTS, notify_type: ["http", "slack"], payload_formats: formats });
    },
};

function policyIn({ params, world }: Exchange, projectId: number): Row {
    const id = params.webhook_policy_id ?? "";
    const policy = byId(world.webhooks, id, () => `notificationPolicy ${id} not found`);
    if (policy.project_id !== projectId) {
        throw notFound(`resource not found: project id:${projectId}, webhook policy id: ${id} not found`);
    }
    return policy;
}

function create(exchange: Exchange) {
    const { project_id } = projectIn(exchange, RESOURCE, "create");
    const { body, world } = exchange;
    const wanted = kept(body);
    checkName(exchange, project_id, 0);
    requireLogin(exchange);
    // Who makes it is not kept, and whoever sends a creator is taken at their word. (src/server/v2.0/handler/webhook.go, `JSONCopy`)
    const policy: Row = { ...world.row("webhook"), project_id, creator: body.creator, ...wanted };
    world.webhooks.set(policy.id, policy);
    return created(exchange, policy.id);
}

/** All of it is replaced. (`UpdateWebhookPolicyOfProject`) */
function update(exchange: Exchange) {
    const { project_id } = projectIn(exchange, RESOURCE, "update");
    const policy = policyIn(exchange, project_id);
    const wanted = kept(exchange.body);
    checkName(exchange, project_id, policy.id);
    Object.assign(policy, wanted, { update_time: exchange.world.at() });
    return ok();
}

function checkName({ body, world }: Exchange, projectId: number, id: number): void {
    const isTaken = [...world.webhooks.values()].some(
        (policy) => policy.project_id === projectId && policy.name === body.name && policy.id !== id,
    );
    if (isTaken) {
        throw conflict(`notification policy named ${body.name} already exists`);
    }
}

/** (`validateEventTypes`, `validateTargets`) @throws Refusal 400 */
function kept({ description = "", enabled = false, event_types, name = "", targets }: Exchange["body"]) {
    const types: string[] = event_types ?? [];
    if (types.length === 0) {
        throw badRequest("empty event type");
    }
    const strange = types.find((type) => !EVENTS.includes(type));
    if (strange !== undefined) {
        throw badRequest(`unsupported event type ${strange}`);
    }
    if ((targets ?? []).length === 0) {
        throw badRequest(`empty notification target with policy ${name}`);
    }
    return {
        name,
        description,
        enabled,
        event_types: types,
        targets: targets.map((target: Target) => keptTarget(name, target)),
    };
}

interface Target {
    readonly type?: string;
    readonly address?: string;
    readonly auth_header?: string;
    readonly skip_cert_verify?: boolean;
    readonly payload_format?: string;
}

/** The address as it was sent; `Default` is the format where none is said. (`validateTargets`, which forgets what it trims) */
function keptTarget(policy: string, { address = "", payload_format: format = "", type = "", ...rest }: Target): Target {
    const trimmed = address.trim().replace(/\/+$/, "");
    const [, scheme = "http", place = ""] = /^(?:([^:/]*):\/\/)?([^?#]*)/.exec(trimmed) ?? [];
    if (trimmed === "") {
        throw badRequest("empty URL");
    }
    if (scheme !== "http" && scheme !== "https") {
        throw badRequest(`invalid scheme: ${scheme}`);
    }
    if (/\s/.test(place)) {
        throw badRequest(`parse "${scheme}://${place}": invalid character " " in host name`);
    }
    if (type !== "http" && type !== "slack") {
        throw badRequest(`unsupported target type ${type} with policy ${policy}`);
    }
    if (format !== "" && type === "slack") {
        throw badRequest("set payload format is not allowed for slack");
    }
    if (format !== "" && !FORMATS.includes(format)) {
        throw badRequest(`unsupported payload format type: ${format}`);
    }
    const written = format === "" && type === "http" ? "Default" : format;
    return { ...rest, type, address, payload_format: written };
}
