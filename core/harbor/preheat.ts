import * as v from "valibot";
import { type HarborConnection, type Payload, part } from "./connection";

const policySchema = v.looseObject({
    id: v.nullish(v.number()),
    name: v.string(),
    description: v.nullish(v.string()),
    provider_id: v.nullish(v.number()),
    provider_name: v.nullish(v.string()),
    enabled: v.nullish(v.boolean()),
    /** JSON as text. */
    filters: v.nullish(v.string()),
    /** JSON as text. */
    trigger: v.nullish(v.string()),
    /** JSON as text. */
    extra_attrs: v.nullish(v.string()),
});

const instanceSchema = v.looseObject({
    id: v.number(),
    name: v.string(),
    /** `dragonfly` or `kraken`. */
    vendor: v.nullish(v.string()),
    endpoint: v.nullish(v.string()),
    enabled: v.nullish(v.boolean()),
    insecure: v.nullish(v.boolean()),
    status: v.nullish(v.string()),
});

/** What is pulled into a P2P network before anybody asks. (Harbor's API description, `PreheatPolicy`) */
export type PreheatPolicy = v.InferOutput<typeof policySchema>;
/** A P2P network that Harbor knows; its login is never read here. (`Instance`) */
export type PreheatInstance = v.InferOutput<typeof instanceSchema>;

export class Preheat {
    constructor(private readonly connection: HarborConnection) {}

    /** @throws HarborError */
    instances(): Promise<PreheatInstance[]> {
        return this.connection.list("/p2p/preheat/instances", {}, "list its P2P networks", instanceSchema);
    }

    /** @throws HarborError */
    list(project: string): Promise<PreheatPolicy[]> {
        return this.connection.list(rootOf(project), {}, `list the preheat policies of ${project}`, policySchema);
    }

    /** @returns undefined for one that is proven not to be there. @throws HarborError */
    find(project: string, name: string): Promise<PreheatPolicy | undefined> {
        const doing = `read the preheat policy ${name} of the project ${project}`;
        return this.connection.find(`${rootOf(project)}/${part(name)}`, doing, policySchema);
    }

    /** @throws HarborError */
    async create(project: string, policy: PreheatPolicy): Promise<void> {
        const doing = `create the preheat policy ${policy.name} of the project ${project}`;
        await this.connection.change("POST", rootOf(project), policy as Payload, doing);
    }

    /** Harbor takes the whole policy. @throws HarborError */
    async update(project: string, policy: PreheatPolicy, changes: Partial<PreheatPolicy>): Promise<void> {
        const doing = `change the preheat policy ${policy.name} of the project ${project}`;
        const path = `${rootOf(project)}/${part(policy.name)}`;
        await this.connection.change("PUT", path, { ...policy, ...changes }, doing);
    }

    /** @throws HarborError */
    delete(project: string, name: string): Promise<void> {
        const doing = `delete the preheat policy ${name} of the project ${project}`;
        return this.connection.remove(`${rootOf(project)}/${part(name)}`, doing);
    }
}

function rootOf(project: string): string {
    return `/projects/${part(project)}/preheat/policies`;
}
