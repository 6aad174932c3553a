import * as v from "valibot";
import type { HarborConnection, Payload, WithoutId } from "./connection";

const registry = v.nullish(v.looseObject({ id: v.nullish(v.number()), name: v.nullish(v.string()) }));

const schema = v.looseObject({
    id: v.number(),
    name: v.string(),
    description: v.nullish(v.string()),
    /** Of a rule that pulls; the Harbor itself is `{ id: 0 }` or absent. */
    src_registry: registry,
    /** Of a rule that pushes. */
    dest_registry: registry,
    dest_namespace: v.nullish(v.string()),
    /** How many parts of a repository's path `dest_namespace` takes the place of; -1: all but the last. */
    dest_namespace_replace_count: v.nullish(v.number()),
    trigger: v.nullish(
        v.looseObject({
            /** `manual`, `scheduled`, `event_based`. */
            type: v.nullish(v.string()),
            /** Six fields, seconds first. */
            trigger_settings: v.nullish(v.looseObject({ cron: v.nullish(v.string()) })),
        }),
    ),
    filters: v.nullish(
        v.array(
            v.looseObject({
                /** `name`, `tag`, `label`, `resource`. */
                type: v.string(),
                value: v.unknown(),
                /** `matches` or `excludes`. */
                decoration: v.nullish(v.string()),
            }),
        ),
    ),
    replicate_deletion: v.nullish(v.boolean()),
    /** Its older name, the one that Harbor reads up to 2.15. */
    deletion: v.nullish(v.boolean()),
    override: v.nullish(v.boolean()),
    enabled: v.nullish(v.boolean()),
    /** Kilobytes a second for each task; -1: no limit. */
    speed: v.nullish(v.number()),
    copy_by_chunk: v.nullish(v.boolean()),
    single_active_replication: v.nullish(v.boolean()),
});

/** (Harbor's API description, `ReplicationPolicy`) */
export type ReplicationPolicy = v.InferOutput<typeof schema>;
export type ReplicationPolicyWish = Partial<WithoutId<ReplicationPolicy>>;

export class ReplicationPolicies {
    constructor(private readonly connection: HarborConnection) {}

    /** @throws HarborError */
    list(): Promise<ReplicationPolicy[]> {
        return this.connection.list("/replication/policies", {}, "list its replication rules", schema);
    }

    /** By its whole name. @throws HarborError */
    async find(name: string): Promise<ReplicationPolicy | undefined> {
        return (await this.list()).find((one) => one.name === name);
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    get(id: number): Promise<ReplicationPolicy | undefined> {
        return this.connection.find(`/replication/policies/${id}`, `read the replication rule ${id}`, schema);
    }

    /** @returns its id. @throws HarborError */
    async create(policy: ReplicationPolicyWish & { readonly name: string }): Promise<number> {
        const doing = `create the replication rule ${policy.name}`;
        return Number(await this.connection.create("/replication/policies", policy as Payload, doing));
    }

    /** Harbor takes the whole rule, so what it has is sent again with the changes. @throws HarborError */
    async update(policy: ReplicationPolicy, changes: ReplicationPolicyWish): Promise<void> {
        const whole = { ...policy, ...changes };
        const doing = `change the replication rule ${policy.name}`;
        await this.connection.change("PUT", `/replication/policies/${policy.id}`, whole, doing);
    }

    /** @throws HarborError `HARBOR_PRECONDITION` while it runs */
    delete(id: number, name: string): Promise<void> {
        return this.connection.remove(`/replication/policies/${id}`, `delete the replication rule ${name}`);
    }
}
