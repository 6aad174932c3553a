import { suggestion } from "../../catalog";
import type { RobotGrants, RobotPermission } from "../../harbor";

/** One right, in Harbor's words. (goharbor/harbor, src/common/rbac/const.go) */
export interface RobotAccess {
    readonly resource: string;
    readonly action: string;
}

/** A word for what people do, or an exact right. */
export type RobotRight = string | RobotAccess;

/** What a robot of the system may do in one place. */
export interface RobotScope {
    /** A project's name, or `*` for all of them. */
    readonly project?: string;
    /** Of Harbor itself. */
    readonly system?: boolean;
    readonly access: readonly RobotRight[];
}

/**
 * What the words mean: as few rights as the work needs. Whoever pushes asks first which layers are there already, which is
 * a pull. A registry's own DELETE, by which clients delete an image, is a right of the repository at Harbor.
 * (src/server/middleware/v2auth/access.go)
 */
export const ROBOT_WORDS: Readonly<Record<string, readonly string[]>> = {
    pull: ["repository:pull"],
    push: ["repository:pull", "repository:push"],
    list: ["repository:list", "artifact:list", "tag:list"],
    read: ["repository:read", "artifact:read", "artifact-addition:read", "accessory:list"],
    delete: ["repository:delete", "artifact:delete", "tag:delete"],
    tag: ["tag:create"],
    scan: ["scan:create", "scan:read"],
    sbom: ["sbom:create", "sbom:read"],
};

interface Permitted {
    readonly project?: string;
    readonly permissions: readonly (RobotRight | RobotScope)[];
}

/** Rights by place: a project's name, `*`, or `system`; each once, sorted. */
function placesOf({ permissions, project }: Permitted): Map<string, string[]> {
    const places = new Map<string, string[]>();
    const scopes = project === undefined ? (permissions as readonly RobotScope[]) : [{ project, access: permissions }];
    for (const scope of scopes) {
        const place = placeOf(scope);
        const rights = (scope.access as readonly RobotRight[]).flatMap(rightsOf);
        places.set(place, [...new Set([...(places.get(place) ?? []), ...rights])].sort());
    }
    return places;
}

const SYSTEM = "system";

function placeOf({ project, system }: Pick<RobotScope, "project" | "system">): string {
    return system === true ? SYSTEM : `project ${project}`;
}

function rightsOf(right: RobotRight): readonly string[] {
    return typeof right === "string" ? (ROBOT_WORDS[right] ?? []) : [`${right.resource}:${right.action}`];
}

/** One line for each right: `repository:pull` of a project's robot, `project mirror repository:pull` of the system's. */
export function wantedRights(inputs: Permitted): string[] {
    const isProject = inputs.project !== undefined;
    const lines = [...placesOf(inputs)].flatMap(([place, rights]) =>
        rights.map((right) => (isProject ? right : `${place} ${right}`)),
    );
    return lines.sort();
}

/** The same of what Harbor has. */
export function actualRights(level: string, permissions: readonly RobotPermission[]): string[] {
    const lines = permissions.flatMap(({ access, kind, namespace }) => {
        const place = level === "project" ? "" : `${placeOf({ system: kind === "system", project: namespace })} `;
        return (access ?? []).map(({ action, effect, resource }) => {
            const denied = effect === "deny" ? " (denied)" : "";
            return `${place}${resource}:${action}${denied}`;
        });
    });
    return [...new Set(lines)].sort();
}

/**
 * As Harbor's own pages send them, without an `effect`: a robot that makes this one has it in none of its rights, and
 * Harbor compares the two as texts. (goharbor/harbor, src/server/v2.0/handler/robot.go, `isValidPermissionScope`)
 */
export function permissionsOf(inputs: Permitted): RobotPermission[] {
    return [...placesOf(inputs)].map(([place, rights]) => ({
        kind: place === SYSTEM ? "system" : "project",
        namespace: place === SYSTEM ? "/" : place.slice("project ".length),
        access: rights.map((right) => {
            const [resource = "", action = ""] = right.split(":");
            return { resource, action };
        }),
    }));
}

/** @returns a sentence for each right that this Harbor gives to no robot; none where it does not tell */
export function ungrantable(inputs: Permitted, { project, system }: RobotGrants): string[] {
    return permissionsOf(inputs).flatMap(({ access, kind }) => {
        const grants = kind === "system" ? system : project;
        const known = (grants ?? []).map((one) => `${one.resource}:${one.action}`);
        const wrong = (access ?? [])
            .map((one) => `${one.resource}:${one.action}`)
            .filter((one) => !known.includes(one));
        return known.length === 0 ? [] : wrong.map((right) => sentenceOf(kind, right, known));
    });
}

function sentenceOf(kind: string, right: string, known: readonly string[]): string {
    const [resource = ""] = right.split(":");
    const actions = known.filter((one) => one.startsWith(`${resource}:`)).map((one) => one.slice(resource.length + 1));
    const where = kind === "system" ? "of the system" : "in a project";
    const hint =
        actions.length > 0
            ? `; of ${resource} it gives ${actions.sort().join(", ")}`
            : suggestion(right, known) || suggestion(resource, new Set(known.map((one) => one.split(":")[0] ?? "")));
    return `permissions: this Harbor gives no robot ${JSON.stringify(right)} ${where}${hint}`;
}
