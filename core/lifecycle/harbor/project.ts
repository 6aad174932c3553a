import type { Project, ProjectMetadata, ProjectWish } from "../../harbor";
import { HarborError } from "../../harbor";
import type { Fields, HarborKind, HarborTools } from "./kind";
import { bytesOf, projectProblems } from "./project-inputs";
import type { ProjectInputs } from "./types";

/** A project with its quota, which is an object of its own at Harbor; undefined where quotas are off. */
export interface ProjectLook {
    readonly project: Project;
    readonly quota?: { readonly id: number; readonly storage: number };
}

/** Arguments that Harbor keeps as `"true"` and `"false"`; none is false, but for the system's list of CVEs. */
const SWITCHES = {
    public: "public",
    autoScan: "auto_scan",
    autoSbom: "auto_sbom_generation",
    preventVulnerable: "prevent_vul",
    systemCveAllowlist: "reuse_sys_cve_allowlist",
    contentTrust: "enable_content_trust_cosign",
    "proxyCache.serveLocalOnNotFound": "proxy_cache_local_on_not_found",
    "proxyCache.referrers": "proxy_referrer_api",
} as const satisfies Record<string, keyof ProjectMetadata>;

/** Until somebody says otherwise it counts. (goharbor/harbor, src/pkg/project/models/project.go, `ReuseSysCVEAllowlist`) */
const NONE: Readonly<Record<string, string>> = { reuse_sys_cve_allowlist: "true" };

/** Numbers as text; none is no limit. */
const LIMITS = {
    "proxyCache.speed": "proxy_speed_kb",
    "proxyCache.maxConnections": "max_upstream_conn",
} as const satisfies Record<string, keyof ProjectMetadata>;

const SEVERITY = "severity";
const FILTER = "proxyCache.filter";
const ALLOWLIST = "cveAllowlist";
const ALLOWLIST_UNTIL = "cveAllowlistUntil";
const QUOTA = "quota";

export const projectKind: HarborKind<ProjectInputs, ProjectLook> = {
    word: "project",
    problems: projectProblems,
    replaces: ["registryId"],
    renames: false,
    idOf: ({ project }) => project.project_id,
    find: findProject,
    wanted,
    actual,
    unfit: ({ registryId }, { project }) => {
        const has = project.registry_id || undefined;
        const words = (id: number | undefined) =>
            id === undefined ? "no proxy cache" : `a proxy cache of registry ${id}`;
        return has === registryId
            ? undefined
            : `it is ${words(has)}, not ${words(registryId)}, and Harbor never changes that`;
    },
    create: (inputs, { harbor }) => {
        const { name, quota, registryId } = inputs;
        const fields = wanted(inputs);
        return harbor.projects.create({
            project_name: name,
            metadata: metadataOf(fields, Object.keys(fields)),
            ...(quota === undefined ? {} : { storage_limit: bytesOf(quota) }),
            ...(registryId === undefined ? {} : { registry_id: registryId }),
        });
    },
    update: updateProject,
    delete: ({ project }, { harbor }) => harbor.projects.delete(project.name),
};

async function findProject(
    name: string,
    { quota }: ProjectInputs,
    { harbor }: HarborTools,
): Promise<ProjectLook | undefined> {
    const project = await harbor.projects.find(name);
    if (project === undefined || quota === undefined) {
        return project && { project };
    }
    // Only an administrator may ask, so it is asked only where it is wanted.
    const found = await harbor.quotas.ofProject(project.project_id);
    const storage = found?.hard?.storage;
    return typeof storage === "number" && found !== undefined
        ? { project, quota: { id: found.id, storage } }
        : { project };
}

function wanted(inputs: ProjectInputs): Fields {
    const { cveAllowlist, cveAllowlistUntil, quota, severity } = inputs;
    const { filter, ...limits } = inputs.proxyCache ?? {};
    const proxy = Object.entries(limits).map(([name, value]) => [`proxyCache.${name}`, value] as const);
    const plain = Object.entries(inputs).filter(([name]) => name in SWITCHES);
    const fields: Record<string, unknown> = {
        ...Object.fromEntries([...plain, ...proxy]),
        [SEVERITY]: severity,
        [FILTER]: filter && `${filter.kind ?? "doublestar"} ${filter.pattern}`,
        [ALLOWLIST]: cveAllowlist && [...cveAllowlist].sort(),
        [ALLOWLIST_UNTIL]: cveAllowlistUntil && toSecond(Date.parse(cveAllowlistUntil)),
        [QUOTA]: quota === undefined ? undefined : bytesOf(quota),
    };
    // A list of one's own counts only where the system's does not.
    fields.systemCveAllowlist ??= cveAllowlist === undefined ? undefined : false;
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function actual({ project, quota }: ProjectLook): Fields {
    const metadata: Readonly<Record<string, unknown>> = project.metadata ?? {};
    const switches = Object.entries(SWITCHES).map(
        ([name, key]) => [name, (metadata[key] ?? NONE[key]) === "true"] as const,
    );
    const limits = Object.entries(LIMITS).map(([name, key]) => [name, Number(metadata[key] || -1)] as const);
    const { proxy_cache_filter_kind: kind, proxy_cache_filter_pattern: pattern } = metadata;
    const { expires_at, items } = project.cve_allowlist ?? {};
    return {
        ...Object.fromEntries([...switches, ...limits]),
        [SEVERITY]: metadata.severity || undefined,
        [FILTER]: pattern ? `${kind || "doublestar"} ${pattern}` : undefined,
        [ALLOWLIST]: (items ?? []).map(({ cve_id }) => cve_id).sort(),
        [ALLOWLIST_UNTIL]: expires_at ? toSecond(expires_at * 1000) : undefined,
        [QUOTA]: quota?.storage,
    };
}

/** Two requests at the most: what a project is, and what it may hold. */
async function updateProject(
    inputs: ProjectInputs,
    look: ProjectLook,
    changed: readonly string[],
    { harbor }: HarborTools,
): Promise<undefined> {
    const fields = wanted(inputs);
    const metadata = metadataOf(fields, changed);
    const wish: ProjectWish = {
        ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
        ...(changed.includes(ALLOWLIST) || changed.includes(ALLOWLIST_UNTIL)
            ? { cve_allowlist: allowlistOf(inputs, look.project) }
            : {}),
    };
    if (Object.keys(wish).length > 0) {
        await harbor.projects.update(inputs.name, wish);
    }
    if (changed.includes(QUOTA)) {
        if (look.quota === undefined) {
            throw new HarborError(
                "HARBOR_QUOTA_OFF",
                `The project ${inputs.name} at ${harbor.host} can have no quota: quotas are off in Harbor's settings. Turn them on there, or take "quota" away.`,
            );
        }
        await harbor.quotas.update(look.quota.id, Number(fields[QUOTA]));
    }
    return undefined;
}

function metadataOf(fields: Fields, names: readonly string[]): ProjectMetadata {
    const metadata: Record<string, string> = {};
    for (const name of names) {
        const key = { ...SWITCHES, ...LIMITS, [SEVERITY]: SEVERITY }[name as keyof typeof SWITCHES];
        if (key !== undefined) {
            metadata[key] = String(fields[name]);
        }
    }
    if (names.includes(FILTER)) {
        // Harbor takes both or none.
        const [kind = "", pattern = ""] = String(fields[FILTER]).split(/ (.*)/s);
        Object.assign(metadata, { proxy_cache_filter_kind: kind, proxy_cache_filter_pattern: pattern });
    }
    return metadata;
}

/** The list is one value at Harbor: of its two halves the one that nobody set stays as it is. */
function allowlistOf({ cveAllowlist, cveAllowlistUntil }: ProjectInputs, project: Project) {
    const known = project.cve_allowlist;
    const items = cveAllowlist?.map((cve_id) => ({ cve_id })) ?? known?.items ?? [];
    const expires = cveAllowlistUntil === undefined ? known?.expires_at : Date.parse(cveAllowlistUntil) / 1000;
    return { items, ...(expires ? { expires_at: Math.floor(expires) } : {}) };
}

function toSecond(ms: number): string {
    return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
