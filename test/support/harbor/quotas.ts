import { badRequest, byId, type Exchange, type Handlers, ok } from "./exchange";
import { checkStorage } from "./project-checks";
import { paged, sorted } from "./query";
import { requireSystem } from "./rights";
import type { Row, World } from "./state";

export const QUOTA_HANDLERS: Handlers = {
    "GET /quotas": (exchange) => {
        requireSystem(exchange, "quota", "list");
        const { query, world } = exchange;
        const all = [...world.quotas.values()]
            .filter(() => query.reference === undefined || query.reference === "" || query.reference === "project")
            .filter(({ project_id }) => !query.reference_id || String(project_id) === query.reference_id);
        const reply = paged(exchange, sorted(all, query.sort, "id"));
        return { ...reply, json: (reply.json as Row[]).map((quota) => shown(world, quota)) };
    },
    "GET /quotas/{id}": (exchange) => {
        requireSystem(exchange, "quota", "read");
        // Of the table of what is used nothing is read here, and so not when it changed. (src/pkg/quota/manager.go, `Get`)
        return ok({ ...shown(exchange.world, quotaIn(exchange)), update_time: undefined });
    },
    // (src/server/v2.0/handler/quota.go, `UpdateQuota`)
    "PUT /quotas/{id}": (exchange) => {
        requireSystem(exchange, "quota", "update");
        const { body, world } = exchange;
        const hard: Record<string, number> = body.hard ?? {};
        if (Object.keys(hard).length === 0) {
            throw badRequest("hard required in body");
        }
        const quota = quotaIn(exchange);
        const strange = Object.keys(hard).find((name) => name !== "storage");
        if (strange !== undefined) {
            throw badRequest(`resource ${strange} not support`);
        }
        checkStorage(hard.storage ?? 0);
        Object.assign(quota, { hard: { ...hard }, update_time: world.at() });
        return ok();
    },
};

function quotaIn({ params, world }: Exchange): Row {
    return byId(world.quotas, params.id ?? "", (id) => `quota ${id} not found`);
}

function shown(world: World, { project_id, ...quota }: Row): object {
    const name = world.projects.get(project_id)?.name;
    return { ...quota, ref: { id: project_id, name, owner_name: "" } };
}
