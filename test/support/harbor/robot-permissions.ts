import { badRequest } from "./exchange";
import type { Permission } from "./state";

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
 * As Harbor gives them out: without an effect, permissions for one place as one, and the places in any order, since it
 * walks a map of Go's. (src/controller/robot/controller.go, `populatePermissions`)
 */
export function keptPermissions(permissions: readonly Permission[]): Permission[] {
    const places = new Map<string, Permission>();
    for (const { access, kind, namespace } of permissions) {
        const allowed = access.map(({ action, resource }) => ({ resource, action }));
        const known = places.get(`${kind} ${namespace}`)?.access ?? [];
        places.set(`${kind} ${namespace}`, { kind, namespace, access: [...known, ...allowed] });
    }
    return [...places.values()].reverse();
}
