import * as v from "valibot";
import { type HarborConnection, type Payload, part } from "./connection";

const text = v.nullish(v.string());

/** Harbor keeps all of these as text: `"true"`, `"-1"`. Those of newer versions are kept as they come. */
const metadataSchema = v.looseObject({
    public: text,
    auto_scan: text,
    auto_sbom_generation: text,
    prevent_vul: text,
    /** The lowest severity whose images nobody gets: `none`, `low`, `medium`, `high`, `critical`. */
    severity: text,
    reuse_sys_cve_allowlist: text,
    enable_content_trust: text,
    enable_content_trust_cosign: text,
    /** Of the project's retention rules; Harbor sets it when they are made. */
    retention_id: text,
    proxy_speed_kb: text,
    max_upstream_conn: text,
    proxy_cache_local_on_not_found: text,
    proxy_referrer_api: text,
    proxy_cache_filter_pattern: text,
    proxy_cache_filter_kind: text,
});

const schema = v.looseObject({
    project_id: v.number(),
    name: v.string(),
    /** The registry that it is a proxy cache of; 0 or absent where it is none. */
    registry_id: v.nullish(v.number()),
    repo_count: v.nullish(v.number()),
    metadata: v.nullish(metadataSchema),
    cve_allowlist: v.nullish(
        v.looseObject({
            items: v.nullish(v.array(v.looseObject({ cve_id: v.string() }))),
            /** Seconds of the Unix clock; absent: never. */
            expires_at: v.nullish(v.number()),
        }),
    ),
});

/** (Harbor's API description, `Project`) */
export type Project = v.InferOutput<typeof schema>;
export type ProjectMetadata = Partial<Record<keyof v.InferOutput<typeof metadataSchema> & string, string>>;

/** (`ProjectReq`) */
export interface ProjectWish {
    readonly metadata?: ProjectMetadata;
    readonly cve_allowlist?: {
        readonly items: readonly { readonly cve_id: string }[];
        readonly expires_at?: number | null;
    };
}

export interface NewProject extends ProjectWish {
    readonly project_name: string;
    /** Bytes; -1: no limit. Harbor's own default where it is not given. */
    readonly storage_limit?: number;
    /** It never changes afterwards. */
    readonly registry_id?: number;
}

export class Projects {
    constructor(private readonly connection: HarborConnection) {}

    /** Those that this login may see. @throws HarborError */
    list(): Promise<Project[]> {
        return this.connection.list("/projects", {}, "list its projects", schema);
    }

    /**
     * @returns undefined for one that is proven not to be there
     * @throws HarborError `HARBOR_FORBIDDEN` where nobody but an administrator would be told
     */
    find(name: string): Promise<Project | undefined> {
        return this.connection.find(`/projects/${part(name)}`, `read the project ${name}`, schema);
    }

    /** @returns its id. @throws HarborError */
    async create(project: NewProject): Promise<number> {
        const made = await this.connection.create(
            "/projects",
            project as unknown as Payload,
            `create the project ${project.project_name}`,
        );
        // A proxy may have rewritten `Location` to the name.
        return /^\d+$/.test(made) ? Number(made) : ((await this.find(project.project_name))?.project_id ?? 0);
    }

    /** Harbor changes what it is given, and leaves the rest as it is. @throws HarborError */
    async update(name: string, wish: ProjectWish): Promise<void> {
        await this.connection.change("PUT", `/projects/${part(name)}`, wish as Payload, `change the project ${name}`);
    }

    /** What a project no longer says: no change takes a value away. @throws HarborError */
    async removeMetadata(name: string, key: keyof ProjectMetadata): Promise<void> {
        await this.connection.remove(`/projects/${part(name)}/metadatas/${key}`, `take ${key} off the project ${name}`);
    }

    /** @throws HarborError `HARBOR_PRECONDITION` while it has repositories: Harbor deletes no image with it */
    delete(name: string): Promise<void> {
        return this.connection.remove(`/projects/${part(name)}`, `delete the project ${name}`);
    }
}
