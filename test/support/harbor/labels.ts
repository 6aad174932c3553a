import { badRequest, byId, conflict, created, type Exchange, type Handlers, internal, ok } from "./exchange";
import { filtered, paged, sorted } from "./query";
import { type Action, isAdmin, projectOf, requireSystem } from "./rights";
import type { Row } from "./state";

export const LABEL_HANDLERS: Handlers = {
    "POST /labels": create,
    "GET /labels": list,
    "GET /labels/{label_id}": (exchange) => ok(labelIn(exchange, "read")),
    "PUT /labels/{label_id}": update,
    "DELETE /labels/{label_id}": (exchange) => {
        exchange.world.labels.delete(labelIn(exchange, "delete").id);
        return ok();
    },
};

/** (src/server/v2.0/handler/label.go, `requireAccess`) */
function requireFor(exchange: Exchange, scope: string, projectId: number, action: Action): void {
    if (scope === "g") {
        requireSystem(exchange, "label", action);
    } else if (scope === "p") {
        // An administrator may do it to any project, and nobody asks whether there is one.
        if (!isAdmin(exchange) || exchange.world.projects.has(projectId)) {
            projectOf(exchange, projectId, false, "label", action);
        }
    } else {
        throw badRequest("unsupported label scope");
    }
}

function labelIn(exchange: Exchange, action: Action): Row {
    const id = exchange.params.label_id ?? "";
    const label = byId(exchange.world.labels, id, () => `label ${id} not found`);
    requireFor(exchange, label.scope, label.project_id, action);
    return label;
}

function create(exchange: Exchange) {
    const { body, world } = exchange;
    const scope = body.scope ?? "";
    const project_id = scope === "g" ? 0 : (body.project_id ?? 0);
    requireFor(exchange, scope, project_id, "create");
    const { color = "", description = "", name = "" } = body;
    checkName(exchange, name, scope, project_id, 0);
    if (name.length > 128) {
        throw internal();
    }
    const label: Row = { ...world.row("label"), name, description, color, scope, project_id };
    world.labels.set(label.id, label);
    return created(exchange, label.id);
}

function checkName({ world }: Exchange, name: string, scope: string, projectId: number, id: number): void {
    const isTaken = [...world.labels.values()].some(
        (label) => label.name === name && label.scope === scope && label.project_id === projectId && label.id !== id,
    );
    if (isTaken) {
        throw conflict(`label ${name} already exists`);
    }
}

function list(exchange: Exchange) {
    const { query, world } = exchange;
    const scope = query.scope ?? "";
    if (scope !== "g" && scope !== "p") {
        throw badRequest(`invalid scope: ${scope}`);
    }
    const projectId = scope === "p" ? Number(query.project_id ?? 0) : 0;
    if (scope === "p" && projectId === 0) {
        throw badRequest("must with project ID when to query project labels");
    }
    if (scope === "p") {
        projectOf(exchange, projectId, false, "label", "list");
    }
    const all = [...world.labels.values()]
        .filter((label) => label.scope === scope && label.project_id === projectId)
        .filter(({ name }) => name.includes(query.name ?? ""));
    return paged(exchange, sorted(filtered(all, query.q), query.sort, "id"));
}

/** Name, description and colour; a scope that is sent is not looked at. (`UpdateLabel`) */
function update(exchange: Exchange) {
    const { body, world } = exchange;
    const label = labelIn(exchange, "update");
    const { color = "", description = "", name = "" } = body;
    if (name === "") {
        throw badRequest("cannot be empty");
    }
    if (name.length > 128) {
        throw badRequest("max length is 128");
    }
    checkName(exchange, name, label.scope, label.project_id, label.id);
    Object.assign(label, { name, description, color, update_time: world.at() });
    return ok();
}
