import { badRequest, created, type Exchange, forbidden, type Handlers, notFound, ok, precondition } from "./exchange";
import { checkCves, checkFilter, checkName, checkProxy, checkStorage } from "./project-checks";
import { addProject, removeProject } from "./project-state";
import { filtered, paged, sorted } from "./query";
import { isAdmin, projectIn, requireLogin, rolesOf } from "./rights";
import type { LocalProject, World } from "./state";

const OF_PROXY = ["proxy_speed_kb", "max_upstream_conn", "proxy_cache_filter_pattern", "proxy_cache_filter_kind"];
/** What v2.15 reads over. */
const NEWER = ["proxy_cache_filter_pattern", "proxy_cache_filter_kind", "proxy_referrer_api"];
export const PROJECT_HANDLERS: Handlers = {
    "POST /projects": create,
    "GET /projects": list,
    "HEAD /projects": (exchange) => {
        requireLogin(exchange);
        const name = exchange.query.project_name ?? "";
        if (exchange.world.project(name) === undefined) {
            throw notFound(`project ${name} not found`);
        }
        return ok();
    },
    "GET /projects/{project_name_or_id}": (exchange) => ok(shown(exchange, projectIn(exchange, "project", "read"))),
    "PUT /projects/{project_name_or_id}": update,
    "DELETE /projects/{project_name_or_id}": (exchange) => {
        const project = projectIn(exchange, "project", "delete");
        if (project.repositories.size > 0) {
            throw precondition("precondition failed: the project contains repositories, can not be deleted");
        }
        removeProject(exchange.world, project);
        return ok();
    },
    "GET /projects/{project_name_or_id}/_deletable": (exchange) => {
        const { repositories } = projectIn(exchange, "project", "delete");
        return repositories.size === 0
            ? ok({ deletable: true })
            : ok({ deletable: false, message: "the project contains repositories, can not be deleted" });
    },
    "GET /projects/{project_name_or_id}/summary": summary,
};

/** (src/server/v2.0/handler/project.go, `CreateProject`; src/pkg/project/manager.go) */
function create(exchange: Exchange) {
    const { body, headers, world } = exchange;
    const actor = requireLogin(exchange);
    const mayCreate =
        isAdmin(exchange) ||
        actor.kind === "robot" ||
        world.configuration.get("project_creation_restriction") !== "adminonly";
    if (!mayCreate) {
        throw forbidden("Only system admin can create project");
    }
    if (body.registry_id !== undefined && body.registry_id !== null && !isAdmin(exchange)) {
        throw forbidden("Only system admin can create proxy cache project");
    }
    const sent = { ...body.metadata };
    const metadata = { ...sent, public: sent.public || String(body.public ?? false) };
    if (metadata.public !== "true" && metadata.public !== "false") {
        throw badRequest(`metadata.public should only be 'true' or 'false', but got: '${metadata.public}'`);
    }
    if (metadata.retention_id) {
        throw badRequest(
            "bad request: the retention_id in the request's payload when creating a project should be omitted, alternatively passing an empty string",
        );
    }
    const isDefault = !body.storage_limit || !isAdmin(exchange);
    const storage = isDefault ? Number(world.configuration.get("storage_per_project") ?? -1) : body.storage_limit;
    checkProxy(world, body.registry_id ?? undefined, metadata);
    checkStorage(storage, "bad request: ");
    checkName(world, body.project_name ?? "");
    const owner = actor.kind === "user" ? actor.user.user_id : 1;
    const registry = body.registry_id ?? 0;
    const project = addProject(world, body.project_name, {
        owner,
        registry,
        storage,
        metadata: stored(world, metadata, registry),
    });
    return created(exchange, headers["x-resource-name-in-location"] === "true" ? project.name : project.project_id);
}

/** What Harbor keeps of what was sent: nothing of a proxy's for other projects, no content trust for a proxy. */
function stored(
    world: World,
    sent: Record<string, string | null | undefined>,
    registryId: number,
): Record<string, string> {
    const left = [...(registryId === 0 ? OF_PROXY : ["enable_content_trust"]), ...(world.isNewer ? [] : NEWER)];
    const kept = Object.entries(sent).filter(([name, value]) => typeof value === "string" && !left.includes(name));
    return Object.fromEntries(kept.filter(([name]) => name !== "retention_id")) as Record<string, string>;
}

/** Without whom it is for, a public one only. (src/server/v2.0/handler/project.go, `ListProjects`) */
function list(exchange: Exchange) {
    const { actor, query, world } = exchange;
    const all = [...world.projects.values()].filter((project) => {
        const isPublic = project.metadata.public === "true";
        const isSeen =
            isAdmin(exchange) ||
            isPublic ||
            (actor?.kind === "user" && rolesOf(world, project, actor.user).length > 0) ||
            (actor?.kind === "robot" &&
                actor.robot.permissions.some(
                    ({ kind, namespace }) => kind === "project" && ["*", project.name].includes(namespace),
                ));
        const isAskedFor = query.public === undefined || query.public === String(isPublic);
        const fitsName = query.name === undefined || project.name.includes(query.name);
        return isSeen && isAskedFor && fitsName && (query.owner === undefined || query.owner === project.owner_name);
    });
    const rows = sorted(filtered(all as unknown as Record<string, unknown>[], query.q), query.sort, "name");
    const reply = paged(exchange, rows);
    return { ...reply, json: (reply.json as unknown as LocalProject[]).map((project) => shown(exchange, project)) };
}

/** What is not sent stays as it is. (src/server/v2.0/handler/project.go, `UpdateProject`) */
function update(exchange: Exchange) {
    const { body, world } = exchange;
    const project = projectIn(exchange, "project", "update");
    const given = body.cve_allowlist?.project_id;
    if (given && given !== project.project_id) {
        throw badRequest(`project_id in cve_allowlist must be ${project.project_id} but it's ${given}`);
    }
    const sent: Record<string, string> = { ...body.metadata };
    if (project.registry_id !== 0 && world.isNewer) {
        checkFilter(sent);
    }
    if (typeof sent.retention_id === "string" && sent.retention_id !== project.metadata.retention_id) {
        throw badRequest(
            "the retention_id in the request's payload when updating a project should be omitted, alternatively passing the one that has already been associated to this project",
        );
    }
    if (body.cve_allowlist !== undefined) {
        checkCves(body.cve_allowlist.items ?? []);
    }
    // An empty `public` is one that was not sent.
    const kept = Object.entries(stored(world, sent, project.registry_id)).filter(
        ([name, value]) => name !== "public" || value !== "",
    );
    Object.assign(project.metadata, Object.fromEntries(kept));
    if (body.cve_allowlist !== undefined) {
        const { expires_at, items } = body.cve_allowlist;
        project.cve_allowlist = { ...project.cve_allowlist, expires_at, items: items ?? [] };
    }
    project.update_time = world.at();
    return ok();
}

function shown({ actor, world }: Exchange, project: LocalProject): object {
    const roles = actor?.kind === "user" ? rolesOf(world, project, actor.user) : [];
    const { cve_allowlist, metadata, repositories, ...rest } = project;
    const severity = metadata.severity === undefined ? {} : { severity: severityShown(metadata.severity) };
    return {
        ...rest,
        metadata: { ...metadata, ...severity },
        cve_allowlist,
        repo_count: repositories.size,
        current_user_role_id: roles[0],
        current_user_role_ids: roles.length === 0 ? undefined : roles,
    };
}

/** (src/pkg/scan/vuln/severity.go, `ParseSeverityVersion3`) */
function severityShown(severity: string): string {
    const lower = severity.toLowerCase();
    const known = ["none", "low", "medium", "high", "critical"].includes(lower);
    return known ? lower : lower === "negligible" ? "none" : "unknown";
}

/** (src/server/v2.0/handler/project.go, `GetProjectSummary`) */
function summary(exchange: Exchange) {
    const { world } = exchange;
    const project = projectIn(exchange, "project", "read");
    const members = [...world.members.values()].filter(({ project_id }) => project_id === project.project_id);
    const count = (role: number) => members.filter(({ role_id }) => role_id === role).length;
    const quota = [...world.quotas.values()].find(({ project_id }) => project_id === project.project_id);
    const registry = world.registries.get(project.registry_id);
    return ok({
        repo_count: project.repositories.size,
        project_admin_count: count(1),
        maintainer_count: count(4),
        developer_count: count(2),
        guest_count: count(3),
        limited_guest_count: count(5),
        quota: quota && { hard: quota.hard, used: quota.used },
        registry: registry && { id: registry.id, name: registry.name, type: registry.type, url: registry.url },
    });
}
