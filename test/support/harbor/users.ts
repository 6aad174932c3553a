import {
    badRequest,
    byId,
    conflict,
    created,
    type Exchange,
    forbidden,
    type Handlers,
    notFound,
    ok,
    precondition,
} from "./exchange";
import { addGroup } from "./members";
import { filtered, paged, sorted } from "./query";
import { requireLogin, requireSystem } from "./rights";
import type { LocalUser, Row } from "./state";

const words = (id: string) => `user ${id} not found`;
const groupWords = (id: string) => `the user group with id ${id} is not found`;

/** As far as members need them. */
export const USER_HANDLERS: Handlers = {
    "GET /users/current": (exchange) => {
        const actor = requireLogin(exchange);
        if (actor.kind === "robot") {
            throw precondition("get current user not available for security context: robot");
        }
        return ok(shown(actor.user));
    },
    "GET /users": (exchange) => {
        requireSystem(exchange, "user", "list");
        const { query, world } = exchange;
        const all = [...world.users.values()].map(shown) as unknown as Record<string, unknown>[];
        return paged(exchange, sorted(filtered(all, query.q), query.sort, "username"));
    },
    "GET /users/search": (exchange) => {
        requireLogin(exchange);
        const { query, world } = exchange;
        const all = [...world.users.values()].filter(({ username }) => username.includes(query.username ?? ""));
        const rows = all.map(({ user_id, username }) => ({ user_id, username }));
        return paged(exchange, sorted(rows, undefined, "username"));
    },
    "POST /users": create,
    "GET /users/{user_id}": (exchange) => {
        const actor = requireLogin(exchange);
        if (actor.kind === "robot" || actor.user.user_id !== Number(exchange.params.user_id)) {
            requireSystem(exchange, "user", "read");
        }
        return ok(shown(byId(exchange.world.users, exchange.params.user_id ?? "", words)));
    },
    "DELETE /users/{user_id}": (exchange) => {
        requireSystem(exchange, "user", "delete");
        const { params, world } = exchange;
        if (params.user_id === "1") {
            throw forbidden("User with ID 1 cannot be deleted");
        }
        world.users.delete(byId(world.users, params.user_id ?? "", words).user_id);
        return ok();
    },
    "POST /usergroups": (exchange) => {
        requireSystem(exchange, "user-group", "create");
        const { body, world } = exchange;
        if (!body?.group_name) {
            throw badRequest("bad request");
        }
        const { group_name, group_type = 0, ldap_group_dn = "" } = body;
        if (
            [...world.groups.values()].some(
                (group) => group.group_name === group_name && group.group_type === group_type,
            )
        ) {
            throw conflict(
                `duplicate user group, group name:${group_name}, group type: ${group_type}, ldap group DN: ${ldap_group_dn}`,
            );
        }
        return created(exchange, addGroup(world, group_name, group_type, ldap_group_dn).id);
    },
    "GET /usergroups": (exchange) => {
        requireSystem(exchange, "user-group", "list");
        const { query, world } = exchange;
        const all = [...world.groups.values()].filter(({ group_name }) => group_name.includes(query.group_name ?? ""));
        return paged(exchange, sorted(all.map(shownGroup), undefined, "id"));
    },
    "GET /usergroups/{group_id}": (exchange) => {
        requireSystem(exchange, "user-group", "read");
        const { id: _none, ...group } = shownGroup(groupIn(exchange));
        return ok(group);
    },
    "DELETE /usergroups/{group_id}": (exchange) => {
        requireSystem(exchange, "user-group", "delete");
        exchange.world.groups.delete(Number(exchange.params.group_id));
        return ok();
    },
};

function groupIn({ params, world }: Exchange): Row {
    const found = world.groups.get(Number(params.group_id));
    if (found === undefined) {
        throw notFound(groupWords(params.group_id ?? ""));
    }
    return found;
}

function shownGroup({ group_name, group_type, id, ldap_group_dn }: Row) {
    return { id, group_name, group_type, ldap_group_dn };
}

function shown({ groups: _groups, password: _password, ...user }: LocalUser): object {
    return { ...user, admin_role_in_auth: false };
}

/** (src/server/v2.0/handler/user.go, `CreateUser`) */
function create(exchange: Exchange) {
    requireSystem(exchange, "user", "create");
    const { body, world } = exchange;
    const mode = world.configuration.get("auth_mode") ?? "db_auth";
    if (mode !== "db_auth") {
        throw forbidden(`creating local user is not allowed under auth mode: ${mode}`);
    }
    const { email = "", password = "", realname = "", username = "" } = body;
    const isGood = /^.{8,128}$/.test(password) && [/[a-z]/, /[A-Z]/, /\d/].every((one) => one.test(password));
    if (!isGood) {
        throw badRequest(
            "the password or secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number",
        );
    }
    if (email === "") {
        throw badRequest("email can't be empty");
    }
    if ([...world.users.values()].some((user) => user.username === username || user.email === email)) {
        throw conflict(`user ${username} or email ${email} already exists`);
    }
    return created(exchange, world.addUser(username, password, { email, realname }).user_id);
}
