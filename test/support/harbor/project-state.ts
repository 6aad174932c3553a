import type { LocalProject, World } from "./state";

export interface NewProject {
    readonly owner?: number;
    readonly registry?: number;
    /** Bytes. @default -1, without a limit */
    readonly storage?: number;
    readonly metadata?: Readonly<Record<string, string>>;
}

/** With its quota, its owner as an administrator, and, for a proxy cache, a retention of seven days. */
export function addProject(
    world: World,
    name: string,
    { metadata = {}, owner = 1, registry = 0, storage = -1 }: NewProject = {},
): LocalProject {
    const id = world.id("project");
    const times = { creation_time: world.at(), update_time: world.at() };
    const project: LocalProject = {
        project_id: id,
        name,
        owner_id: owner,
        owner_name: world.users.get(owner)?.username ?? "",
        registry_id: registry,
        ...times,
        metadata: { public: "false", ...metadata },
        cve_allowlist: { id: world.id("allowlist"), project_id: id, items: [] },
        repositories: new Map(),
    };
    world.projects.set(id, project);
    const quota = { ...world.row("quota"), project_id: id, hard: { storage }, used: { storage: 0 } };
    world.quotas.set(quota.id, quota);
    const member = { ...world.row("member"), project_id: id, entity_id: owner, entity_type: "u", role_id: 1 };
    world.members.set(member.id, member);
    if (registry !== 0) {
        addProxyRetention(world, project);
    }
    return project;
}

/** (src/pkg/retention/policy/models.go, `WithNDaysSinceLastPull`) */
function addProxyRetention(world: World, project: LocalProject): void {
    const selector = { kind: "doublestar", pattern: "**" };
    const rule = {
        id: 1,
        priority: 1,
        action: "retain",
        template: "nDaysSinceLastPull",
        params: { nDaysSinceLastPull: 7 },
        tag_selectors: [{ ...selector, decoration: "matches" }],
        scope_selectors: { repository: [{ ...selector, decoration: "repoMatches" }] },
    };
    const policy = {
        ...world.row("retention"),
        algorithm: "or",
        rules: [rule],
        trigger: { kind: "Schedule", settings: { cron: "0 0 0 * * *" } },
        scope: { level: "project", ref: project.project_id },
    };
    world.retentions.set(policy.id, policy);
    project.metadata.retention_id = String(policy.id);
}

/** And all that is the project's. */
export function removeProject(world: World, { project_id }: LocalProject): void {
    const isOfIt = (row: { readonly project_id?: number; readonly scope?: { readonly ref: number } }) =>
        row.project_id === project_id || row.scope?.ref === project_id;
    const { immutableRules, labels, members, preheatPolicies, quotas, retentions, robots, webhooks } = world;
    for (const table of [immutableRules, labels, members, preheatPolicies, quotas, retentions, robots, webhooks]) {
        for (const [id, row] of table) {
            if (isOfIt(row as object)) {
                table.delete(id);
            }
        }
    }
    world.projects.delete(project_id);
}
