import { badRequest, byId, conflict, created, type Exchange, type Handlers, notFound, ok } from "./exchange";
import { filtered, paged, sorted } from "./query";
import { projectIn } from "./rights";
import type { Row, World } from "./state";

const RESOURCE = "immutable-tag";

export const IMMUTABLE_RULE_HANDLERS: Handlers = {
    "POST /projects/{project_name_or_id}/immutabletagrules": (exchange) => {
        const { project_id } = projectIn(exchange, RESOURCE, "create");
        const { body, world } = exchange;
        const text = JSON.stringify(body);
        checkNew(world, project_id, text);
        // A new one is never disabled, whatever is sent. (src/pkg/immutable/dao/dao.go, `CreateImmutableRule`)
        const rule: Row = { ...world.row("immutable rule"), project_id, ...kept(body), text, disabled: false };
        world.immutableRules.set(rule.id, rule);
        return created(exchange, rule.id);
    },
    "GET /projects/{project_name_or_id}/immutabletagrules": (exchange) => {
        const { project_id } = projectIn(exchange, RESOURCE, "list");
        const { query, world } = exchange;
        const all = [...world.immutableRules.values()].filter((rule) => rule.project_id === project_id);
        const reply = paged(exchange, sorted(filtered(all, query.q), query.sort, "id"));
        return { ...reply, json: (reply.json as Row[]).map(shown) };
    },
    "PUT /projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}": update,
    "DELETE /projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}": (exchange) => {
        const { project_id } = projectIn(exchange, RESOURCE, "delete");
        exchange.world.immutableRules.delete(ruleIn(exchange, project_id).id);
        return ok();
    },
};

function ruleIn({ params, world }: Exchange, projectId: number): Row {
    const rule = byId(world.immutableRules, params.immutable_rule_id ?? "", (id) => `immutable rule ${id} not found`);
    if (rule.project_id !== projectId) {
        throw notFound(`resource not found: project id ${projectId} does not match`);
    }
    return rule;
}

/** Parameters and extras are not kept. (src/pkg/immutable/model/rule.go, `Metadata`) */
function kept({ action, priority = 0, scope_selectors, tag_selectors, template }: Exchange["body"]) {
    const selector = ({ decoration, kind, pattern }: Row) => ({ kind, decoration, pattern });
    const scopes = Object.entries((scope_selectors ?? {}) as Record<string, Row[]>);
    return {
        action,
        priority,
        template,
        tag_selectors: tag_selectors?.length ? tag_selectors.map(selector) : null,
        scope_selectors: Object.fromEntries(scopes.map(([name, list]) => [name, list.map(selector)])),
    };
}

/**
 * The same rule twice is one too many: its text is unique in a project. It is as it was sent, with `disabled`, and after a
 * change with its number, so that one which was changed can be made a second time. (src/pkg/immutable/manager.go)
 */
function checkNew(world: World, projectId: number, text: string): void {
    const all = [...world.immutableRules.values()];
    if (all.some((rule) => rule.project_id === projectId && rule.text === text)) {
        throw conflict("immutable rule already exists");
    }
}

/**
 * Where `disabled` changes, that is all that changes, whatever else was sent with it.
 * (src/controller/immutable/controller.go, `UpdateImmutableRule`)
 */
function update(exchange: Exchange) {
    const { body, params, world } = exchange;
    if (Number(params.immutable_rule_id) !== (body.id ?? 0)) {
        throw badRequest(
            "bad request: the immutable_rule_id doesn't match the id in the payload body of ImmutableRule",
        );
    }
    const { project_id } = projectIn(exchange, RESOURCE, "update");
    const rule = ruleIn(exchange, project_id);
    const disabled = body.disabled ?? false;
    const said = { ...kept(body), text: JSON.stringify(body) };
    Object.assign(rule, disabled === rule.disabled ? said : { disabled }, { update_time: world.at() });
    return ok();
}

function shown({ creation_time: _c, project_id: _p, text: _t, update_time: _u, ...rule }: Row): object {
    return rule;
}
