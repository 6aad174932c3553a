import { badRequest, conflict, type Exchange, type Handlers, internal, notFound, ok } from "./exchange";
import { paged, sorted } from "./query";
import { projectIn } from "./rights";
import type { Row, World } from "./state";

/** (make/migrations/postgresql) */
const ROLES: Readonly<Record<number, string>> = {
    1: "projectAdmin",
    2: "developer",
    3: "guest",
    4: "maintainer",
    5: "limitedGuest",
};

export const MEMBER_HANDLERS: Handlers = {
    "POST /projects/{project_name_or_id}/members": create,
    "GET /projects/{project_name_or_id}/members": (exchange) => {
        const { project_id } = projectIn(exchange, "member", "list");
        const { query, world } = exchange;
        const all = [...world.members.values()].filter((member) => member.project_id === project_id);
        const rows = sorted(
            all.map((member) => shown(world, member)),
            undefined,
            "entity_name",
        );
        const wanted = rows.filter(({ entity_name }) => !query.entityname || entity_name === query.entityname);
        // The count is of all, whoever is asked for. (src/pkg/member/dao/dao.go, `GetTotalOfProjectMembers`)
        const reply = paged(exchange, wanted);
        return { ...reply, headers: { ...reply.headers, "x-total-count": String(all.length) } };
    },
    "GET /projects/{project_name_or_id}/members/{mid}": (exchange) => {
        const { project_id } = projectIn(exchange, "member", "read");
        const { params, world } = exchange;
        const member = memberIn(exchange, project_id);
        if (member === undefined) {
            throw notFound(`the project member is not found, project id ${project_id}, member id ${params.mid}`);
        }
        return ok(shown(world, member));
    },
    // Neither says anything of a member that is not there, nor of a role that there is not: it is one statement in SQL.
    "PUT /projects/{project_name_or_id}/members/{mid}": (exchange) => {
        const { project_id } = projectIn(exchange, "member", "update");
        const { body, world } = exchange;
        Object.assign(memberIn(exchange, project_id) ?? {}, { role_id: body.role_id, update_time: world.at() });
        return ok();
    },
    "DELETE /projects/{project_name_or_id}/members/{mid}": (exchange) => {
        const { project_id } = projectIn(exchange, "member", "delete");
        exchange.world.members.delete(memberIn(exchange, project_id)?.id ?? 0);
        return ok();
    },
};

function memberIn({ params, world }: Exchange, projectId: number): Row | undefined {
    const member = world.members.get(Number(params.mid));
    return member?.project_id === projectId ? member : undefined;
}

/** `Location` has the project as it was asked for, by name or number. (src/server/v2.0/handler/member.go) */
function create(exchange: Exchange) {
    const { project_id } = projectIn(exchange, "member", "create");
    const { body, params, world } = exchange;
    const entity = entityOf(world, body.member_user ?? {}, body.member_group ?? {});
    const all = [...world.members.values()].filter((member) => member.project_id === project_id);
    if (all.some((one) => one.entity_type === entity.entity_type && one.entity_id === entity.entity_id)) {
        throw conflict("The project member specified already exist");
    }
    if (!(body.role_id in ROLES)) {
        throw badRequest("Failed to update project member, role is not in 1,2,3");
    }
    const member: Row = { ...world.row("member"), project_id, ...entity, role_id: body.role_id };
    world.members.set(member.id, member);
    const location = `/api/v2.0/projects/${params.project_name_or_id}/members/${member.id}`;
    return { status: 201, headers: { location } };
}

type Named = { readonly user_id?: number; readonly username?: string };
type Group = {
    readonly id?: number;
    readonly group_name?: string;
    readonly group_type?: number;
    readonly ldap_group_dn?: string;
};

/** (src/controller/member/controller.go, `Create`) */
function entityOf(world: World, user: Named, group: Group): { entity_id: number; entity_type: "u" | "g" } {
    if (user.user_id) {
        if (!world.users.has(user.user_id)) {
            throw badRequest(`Failed to get user ${user.user_id}: user ${user.user_id} not found`);
        }
        return { entity_id: user.user_id, entity_type: "u" };
    }
    if (group.id) {
        if (!world.groups.has(group.id)) {
            throw badRequest(`Group ${group.id} not found`);
        }
        return { entity_id: group.id, entity_type: "g" };
    }
    if (user.username) {
        const found = [...world.users.values()].find(({ username }) => username === user.username);
        if (found === undefined) {
            throw notFound(`user ${user.username} is not found`);
        }
        return { entity_id: found.user_id, entity_type: "u" };
    }
    if (!group.group_name && !group.ldap_group_dn) {
        throw world.isNewer ? badRequest("at least one of member_user or member_group must be provided") : internal();
    }
    return { entity_id: groupByName(world, group), entity_type: "g" };
}

/** A group of a login elsewhere is made known by its name; Harbor's own users have no groups. */
function groupByName(world: World, wanted: Group): number {
    const found = [...world.groups.values()].find((group) =>
        wanted.ldap_group_dn
            ? group.ldap_group_dn === wanted.ldap_group_dn
            : group.group_name === wanted.group_name && group.group_type === (wanted.group_type ?? 0),
    );
    if (found !== undefined) {
        return found.id;
    }
    if ((world.configuration.get("auth_mode") ?? "db_auth") === "db_auth") {
        throw notFound(`${wanted.ldap_group_dn || wanted.group_name} not found: not supported`);
    }
    if (world.configuration.get("auth_mode") !== "oidc_auth" || !wanted.group_name) {
        throw internal();
    }
    return addGroup(world, wanted.group_name, 3).id;
}

/** @param type 1: LDAP, 2: of an authentication proxy, 3: OIDC (src/common/const.go) */
export function addGroup(world: World, name: string, type: 1 | 2 | 3, ldapGroupDn?: string): Row {
    const dn = ldapGroupDn === undefined ? {} : { ldap_group_dn: ldapGroupDn };
    const group: Row = { ...world.row("group"), group_name: name, group_type: type, ...dn };
    world.groups.set(group.id, group);
    return group;
}

function shown(world: World, { entity_id, entity_type, id, project_id, role_id }: Row) {
    const name = entity_type === "u" ? world.users.get(entity_id)?.username : world.groups.get(entity_id)?.group_name;
    return { id, project_id, entity_name: name, entity_id, entity_type, role_id, role_name: ROLES[role_id] };
}
