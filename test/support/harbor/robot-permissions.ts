import { badRequest, type Exchange, forbidden, type Handlers, ok } from "./exchange";
import { isAdmin, requireLogin, rolesOf } from "./rights";
import type { LocalRobot, Permission } from "./state";

const CRUDL = "create read update delete list";

/** What robots may be given. (src/common/rbac/const.go, `PoliciesMap` and `NolimitProvider`) */
const GRANTABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    system: {
        "audit-log": "list",
        "preheat-instance": CRUDL,
        project: "list create",
        "replication-policy": CRUDL,
        replication: "read create list",
        "replication-adapter": "list",
        registry: CRUDL,
        "scan-all": "read update stop create",
        "system-volumes": "read",
        "garbage-collection": "read create list update stop",
        "purge-audit": "read create list update stop",
        "jobservice-monitor": "list stop",
        scanner: CRUDL,
        label: "read create delete update",
        "security-hub": "read list",
        catalog: "read",
        quota: "read list update",
        robot: "create read list delete",
        user: CRUDL,
        "ldap-user": "create list",
        "user-group": CRUDL,
    },
    project: {
        log: "list",
        project: "read delete update",
        metadata: CRUDL,
        repository: "read update delete list pull push",
        artifact: "read create list delete",
        scan: "create read stop",
        sbom: "create stop read",
        tag: "create list delete",
        accessory: "list",
        "artifact-addition": "read",
        "artifact-label": "create delete",
        scanner: "create read",
        "preheat-policy": CRUDL,
        "immutable-tag": "create delete list update",
        "notification-policy": CRUDL,
        "tag-retention": CRUDL,
        label: CRUDL,
        quota: "read",
        robot: "create read list delete",
        "export-cve": "create read",
        member: CRUDL,
    },
};

export const PERMISSION_HANDLERS: Handlers = { "GET /permissions": grantable };

/** An administrator's, and without the system's also of whoever is one of a project. (handler/permissions.go) */
function grantable(exchange: Exchange) {
    const actor = requireLogin(exchange);
    const { world } = exchange;
    const projects = actor.kind === "user" ? [...world.projects.values()] : [];
    const isProjectAdmin = projects.some(
        (project) => actor.kind === "user" && rolesOf(world, project, actor.user).includes(1),
    );
    if (!isAdmin(exchange) && !isProjectAdmin) {
        throw forbidden("only admins(system and project) can access permissions");
    }
    const all = (level: string) =>
        Object.entries(GRANTABLE[level] ?? {}).flatMap(([resource, actions]) =>
            actions.split(" ").map((action) => ({ resource, action })),
        );
    return ok({ ...(isAdmin(exchange) ? { system: all("system") } : {}), project: all("project") });
}

/**
 * A robot makes none that may more than it; rights are compared with their effect, as it was sent. (`isValidPermissionScope`)
 */
export function checkCreator(creator: LocalRobot, name: string, wanted: readonly Permission[]): void {
    const isWithin = wanted.every(({ access, kind, namespace }) => {
        const of = (place: string) => creator.permissions.find((one) => one.kind === kind && one.namespace === place);
        const own = of(namespace) ?? of("*");
        return access.every((one) =>
            own?.access.some(
                (other) =>
                    other.resource === one.resource &&
                    other.action === one.action &&
                    (other.effect ?? "") === (one.effect ?? ""),
            ),
        );
    });
    if (!isWithin) {
        throw forbidden(
            `permission scope is invalid. It must be equal to or more restrictive than the creator robot's permissions: ${name}`,
        );
    }
}

/** (src/server/v2.0/handler/robot.go, `validate`) @throws Refusal 400 */
export function checkRobot(duration: number, level: string, permissions: readonly Permission[]): void {
    if (duration !== -1 && !(duration > 0 && duration < 2_147_483_647)) {
        throw badRequest(
            `bad request error duration input: ${duration}, duration must be either -1(Never) or a positive integer`,
        );
    }
    if (level !== "system" && level !== "project") {
        throw badRequest(`bad request error level input: ${level}`);
    }
    if (permissions.length === 0) {
        throw badRequest("bad request empty permission");
    }
    if (permissions.some(({ access }) => (access ?? []).length === 0)) {
        throw badRequest("bad request empty access");
    }
    if (level === "project" && permissions.length > 1) {
        throw badRequest("bad request permission");
    }
    for (const { access, kind } of permissions) {
        const grantable = GRANTABLE[kind];
        if (grantable === undefined) {
            throw badRequest(`bad request permission level: ${kind}`);
        }
        const wrong = access.find(({ action, resource }) => !grantable[resource]?.split(" ").includes(action));
        if (wrong !== undefined) {
            throw badRequest(`bad request permission: ${wrong.resource}:${wrong.action}`);
        }
    }
}

/**
 * As Harbor gives them out: with an effect only where one was sent, permissions for one place as one, and the places in
 * any order, since it walks a map of Go's. (src/controller/robot/controller.go, `populatePermissions`)
 */
export function keptPermissions(permissions: readonly Permission[]): Permission[] {
    const places = new Map<string, Permission>();
    for (const { access, kind, namespace } of permissions) {
        const allowed = access.map(({ action, effect, resource }) => ({ resource, action, ...(effect && { effect }) }));
        const known = places.get(`${kind} ${namespace}`)?.access ?? [];
        places.set(`${kind} ${namespace}`, { kind, namespace, access: [...known, ...allowed] });
    }
    return [...places.values()].reverse();
}
