import { badRequest, type Exchange, forbidden, notFound, unauthorized } from "./exchange";
import type { LocalProject, LocalRobot, LocalUser, World } from "./state";

export type Actor =
    | { readonly kind: "user"; readonly user: LocalUser }
    | { readonly kind: "robot"; readonly robot: LocalRobot };

export type Action = "create" | "read" | "update" | "delete" | "list" | "push" | "pull" | "stop";

/** What everybody may see of a public project. (src/common/rbac/project/evaluator.go and rbac_user.go, abridged) */
const PUBLIC = ["project:read", "repository:list", "repository:read", "artifact:list", "label:list"];
/** What a maintainer may not. (src/common/rbac/project/rbac_role.go, abridged) */
const ADMIN_ONLY = ["member:create", "member:update", "member:delete", "project:update", "project:delete"];

/**
 * As whom a request is made. Whoever gives a wrong password is nobody, and no error: that is why `GET /projects` answers
 * 200 to them. (src/server/middleware/security/basic_auth.go, robot.go, unauthorized.go)
 */
export function actorOf(world: World, authorization: string | undefined): Actor | undefined {
    const [, encoded = ""] = /^Basic (.+)$/i.exec(authorization ?? "") ?? [];
    const [, name = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
    const robot = [...world.robots.values()].find((one) => world.robotName(one) === name);
    if (robot !== undefined) {
        const isExpired = robot.expires_at !== -1 && robot.expires_at <= world.now / 1000;
        return robot.secret === password && !robot.disable && !isExpired ? { kind: "robot", robot } : undefined;
    }
    const user = [...world.users.values()].find((one) => one.username === name && one.password === password);
    return user && { kind: "user", user };
}

/** @throws Refusal 401 */
export function requireLogin({ actor }: Exchange): Actor {
    if (actor === undefined) {
        throw unauthorized();
    }
    return actor;
}

export function isAdmin({ actor }: Exchange): boolean {
    return actor?.kind === "user" && actor.user.sysadmin_flag;
}

/** (src/server/v2.0/handler/base.go, `RequireSystemAccess`) @throws Refusal 401, 403 */
export function requireSystem(exchange: Exchange, resource: string, action: Action): void {
    const actor = requireLogin(exchange);
    const may = actor.kind === "user" ? actor.user.sysadmin_flag : grants(actor.robot, "system", "/", resource, action);
    if (!may) {
        throw forbidden(actor.kind === "user" ? actor.user.username : exchange.world.robotName(actor.robot));
    }
}

function grants(robot: LocalRobot, kind: string, namespace: string, resource: string, action: Action): boolean {
    return robot.permissions.some(
        (permission) =>
            permission.kind === kind &&
            (permission.namespace === namespace || permission.namespace === "*") &&
            permission.access.some((access) => access.resource === resource && access.action === action),
    );
}

/**
 * The project of the path, for whoever may. Somebody without rights is told nothing of whether there is one.
 * (src/server/v2.0/handler/base.go, `RequireProjectAccess`)
 *
 * @throws Refusal 401, 403, 404
 */
export function projectIn(exchange: Exchange, resource: string, action: Action): LocalProject {
    const { headers, params } = exchange;
    const given = params.project_name_or_id ?? params.project_name ?? "";
    const isName = headers["x-is-resource-name"] === "true" || params.project_name !== undefined;
    return projectOf(exchange, given, isName, resource, action);
}

/** @throws Refusal 400, 401, 403, 404 */
export function projectOf(
    exchange: Exchange,
    given: string | number,
    isName: boolean,
    resource: string,
    action: Action,
): LocalProject {
    const { world } = exchange;
    const byNumber = !isName && /^\d+$/.test(String(given));
    const project = byNumber ? world.projects.get(Number(given)) : world.project(String(given));
    if (!mayInProject(exchange, project, resource, action)) {
        throw exchange.actor === undefined ? unauthorized() : forbidden();
    }
    if (!byNumber && String(given).includes(" ")) {
        throw badRequest(`invalid project name: '${given}'`);
    }
    if (project === undefined) {
        throw notFound(`project ${given} not found`);
    }
    return project;
}

export function mayInProject(
    { actor, world }: Exchange,
    project: LocalProject | undefined,
    resource: string,
    action: Action,
): boolean {
    const right = `${resource}:${action}`;
    if (actor?.kind === "user" && actor.user.sysadmin_flag) {
        return true;
    }
    if (project === undefined) {
        return false;
    }
    if (project.metadata.public === "true" && PUBLIC.includes(right)) {
        return true;
    }
    if (actor?.kind === "robot") {
        return grants(actor.robot, "project", project.name, resource, action);
    }
    const role = actor === undefined ? undefined : rolesOf(world, project, actor.user)[0];
    return role === 1 || (role === 4 ? !ADMIN_ONLY.includes(right) : role !== undefined && isReading(right));
}

function isReading(right: string): boolean {
    return /:(read|list)$/.test(right) && !right.startsWith("robot:");
}

/** Roles of a user in a project, that of the administrator first. */
export function rolesOf(world: World, project: LocalProject, user: LocalUser): number[] {
    const order = [1, 4, 2, 3, 5];
    return [...world.members.values()]
        .filter((member) => member.project_id === project.project_id)
        .filter((member) =>
            member.entity_type === "u" ? member.entity_id === user.user_id : user.groups.includes(member.entity_id),
        )
        .map((member) => member.role_id as number)
        .sort((one, other) => order.indexOf(one) - order.indexOf(other));
}
