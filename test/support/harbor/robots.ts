import { badRequest, byId, conflict, created, type Exchange, type Handlers, internal, notFound, ok } from "./exchange";
import { filtered, keywords, paged, sorted } from "./query";
import { type Action, isAdmin, projectOf, requireLogin, requireSystem } from "./rights";
import { checkCreator, checkRobot, keptPermissions } from "./robot-permissions";
import type { LocalProject, LocalRobot, Permission, World } from "./state";

const DAY_S = 86_400;
const words = (id: string) => `robot ${id} not found`;

export const ROBOT_HANDLERS: Handlers = {
    "POST /robots": create,
    "GET /robots": list,
    "GET /robots/{robot_id}": (exchange) => ok(shown(exchange.world, robotIn(exchange, "read"))),
    "PUT /robots/{robot_id}": update,
    "PATCH /robots/{robot_id}": refresh,
    "DELETE /robots/{robot_id}": (exchange) => {
        const { id } = robotIn(exchange, "delete");
        exchange.world.robots.delete(id);
        return ok();
    },
};

function robotIn(exchange: Exchange, action: Action): LocalRobot {
    requireLogin(exchange);
    const robot = byId(exchange.world.robots, exchange.params.robot_id ?? "", words);
    requireFor(exchange, robot.project_id, action);
    return robot;
}

function requireFor(exchange: Exchange, project: number | string, action: Action): LocalProject | undefined {
    if (project === 0) {
        requireSystem(exchange, "robot", action);
        return undefined;
    }
    return projectOf(exchange, project, typeof project === "string", "robot", action);
}

/**
 * A secret or `disable` that is sent with a new robot is not looked at; its own secret is in this answer, and in no other.
 * (src/server/v2.0/handler/robot.go, `CreateRobot`; src/controller/robot/controller.go)
 */
function create(exchange: Exchange) {
    const { body, world } = exchange;
    if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(body.name ?? "")) {
        throw badRequest("robot name is not in lower case or contains illegal characters");
    }
    const duration = body.duration ?? 0;
    checkRobot(duration, body.level ?? "", body.permissions ?? []);
    const project = requireFor(exchange, body.level === "system" ? 0 : body.permissions[0].namespace, "create");
    const actor = requireLogin(exchange);
    if (actor.kind === "robot") {
        checkCreator(actor.robot, world.robotName(actor.robot), body.permissions);
    }
    checkPlaces(world, body.permissions);
    const name = project === undefined ? body.name : `${project.name}+${body.name}`;
    const projectId = project?.project_id ?? 0;
    if ([...world.robots.values()].some((robot) => robot.name === name && robot.project_id === projectId)) {
        throw conflict(`robot account ${projectId}:${name} already exists`);
    }
    if (name.length > 255) {
        throw internal();
    }
    const secret = newSecret(world);
    const robot = addRobot(world, name, {
        project_id: projectId,
        description: body.description ?? "",
        secret,
        duration,
        expires_at: duration === -1 ? -1 : Math.floor(world.now / 1000) + duration * DAY_S,
        permissions: keptPermissions(body.permissions),
        creator_ref: actor.kind === "user" ? actor.user.user_id : actor.robot.id,
        creator_type: actor.kind === "user" ? "local" : "robot",
    });
    const { creation_time, expires_at, id } = robot;
    return created(exchange, id, { id, name: world.robotName(robot), secret, creation_time, expires_at });
}

/** As if it had been made in Harbor's own pages; the name is without the prefix, and with the project's. */
export function addRobot(world: World, name: string, over: Partial<LocalRobot> = {}): LocalRobot {
    const robot: LocalRobot = {
        ...world.row("robot"),
        name,
        project_id: 0,
        description: "",
        secret: newSecret(world),
        disable: false,
        duration: -1,
        expires_at: -1,
        permissions: [],
        creator_ref: 1,
        creator_type: "local",
        ...over,
    };
    world.robots.set(robot.id, robot);
    return robot;
}

function newSecret(world: World): string {
    return `Rb${String(world.id("secret")).padStart(30, "0")}`;
}

/** (src/controller/robot/controller.go, `toScope`) */
function checkPlaces(world: World, permissions: readonly Permission[]): void {
    for (const { kind, namespace } of permissions) {
        if (kind === "system" && namespace !== "/") {
            throw badRequest("unknown namespace");
        }
        if (kind === "project" && namespace !== "*" && world.project(namespace) === undefined) {
            throw notFound(`project ${namespace} not found`);
        }
    }
}

/** The system's, unless a project's are asked for with its number. (`ListRobot`) */
function list(exchange: Exchange) {
    requireLogin(exchange);
    const { query, world } = exchange;
    const wanted = keywords(query.q);
    const level = wanted.Level ?? "system";
    if (level !== "system" && level !== "project") {
        throw badRequest("bad request error level input");
    }
    if (level === "project" && wanted.ProjectID === undefined) {
        throw badRequest("must with project ID when to query project robots");
    }
    const projectId = level === "project" ? Number(wanted.ProjectID) : 0;
    if (level === "project" && !(projectId > 0)) {
        throw badRequest("ProjectID must be a positive integer");
    }
    if (!isAdmin(exchange) || exchange.world.projects.has(projectId)) {
        requireFor(exchange, projectId, "list");
    }
    const rest = Object.entries(wanted).filter(([key]) => key !== "Level" && key !== "ProjectID");
    const all = [...world.robots.values()].filter(({ project_id }) => project_id === projectId);
    // The prefix is none of the column's, so that a filter by name is one without it.
    const rows = sorted(
        filtered(all as unknown as Record<string, unknown>[], Object.fromEntries(rest)),
        query.sort,
        "name",
    );
    const reply = paged(exchange, rows);
    return { ...reply, json: (reply.json as unknown as LocalRobot[]).map((robot) => shown(world, robot)) };
}

function shown(world: World, robot: LocalRobot): object {
    const { project_id, secret: _secret, ...rest } = robot;
    const level = project_id === 0 ? "system" : "project";
    return { ...rest, name: world.robotName(robot), level, editable: true };
}

/** All but the name, the level and the project, which must be sent as they are. (`updateV2Robot`) */
function update(exchange: Exchange) {
    const { body, world } = exchange;
    requireLogin(exchange);
    const robot = byId(world.robots, exchange.params.robot_id ?? "", words);
    const duration = body.duration ?? robot.duration;
    checkRobot(duration, body.level ?? "", body.permissions ?? []);
    if (robot.project_id !== 0 && world.project(body.permissions[0].namespace)?.project_id !== robot.project_id) {
        throw badRequest("cannot update the project id of robot");
    }
    requireFor(exchange, robot.project_id, "update");
    if (body.level !== (robot.project_id === 0 ? "system" : "project") || body.name !== world.robotName(robot)) {
        throw badRequest("cannot update the level or name of robot");
    }
    checkPlaces(world, body.permissions);
    if (duration !== robot.duration) {
        robot.expires_at = duration === -1 ? -1 : Math.floor(Date.parse(robot.creation_time) / 1000) + duration * DAY_S;
    }
    Object.assign(robot, {
        duration,
        description: body.description ?? "",
        disable: body.disable ?? false,
        permissions: keptPermissions(body.permissions),
        update_time: world.at(),
    });
    return ok();
}

/** A secret that is sent is not in the answer; without one, Harbor makes one up. (`RefreshSec`) */
function refresh(exchange: Exchange) {
    const robot = robotIn(exchange, "update");
    const given: string = exchange.body.secret ?? "";
    const isGood = given.length >= 8 && given.length <= 128 && [/[a-z]/, /[A-Z]/, /\d/].every((one) => one.test(given));
    if (given !== "" && !isGood) {
        throw badRequest(
            "the secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number",
        );
    }
    robot.secret = given || newSecret(exchange.world);
    robot.update_time = exchange.world.at();
    return ok({ secret: given === "" ? robot.secret : "" });
}
