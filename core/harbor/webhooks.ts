import * as v from "valibot";
import { type HarborConnection, type Payload, part, type WithoutId } from "./connection";

const targetSchema = v.looseObject({
    /** `http` or `slack`. */
    type: v.nullish(v.string()),
    address: v.nullish(v.string()),
    /** A secret, and Harbor tells it: it must reach no message. */
    auth_header: v.nullish(v.string()),
    skip_cert_verify: v.nullish(v.boolean()),
    /** `Default` or `CloudEvents`. */
    payload_format: v.nullish(v.string()),
});

const schema = v.looseObject({
    id: v.number(),
    name: v.nullish(v.string()),
    description: v.nullish(v.string()),
    enabled: v.nullish(v.boolean()),
    event_types: v.nullish(v.array(v.string())),
    targets: v.nullish(v.array(targetSchema)),
});

const supportedSchema = v.looseObject({
    event_type: v.nullish(v.array(v.string())),
    notify_type: v.nullish(v.array(v.string())),
    payload_formats: v.nullish(
        v.array(v.looseObject({ notify_type: v.nullish(v.string()), formats: v.nullish(v.array(v.string())) })),
    ),
});

/** What this Harbor tells, whom, and how. (`SupportedWebhookEventTypes`) */
export type SupportedWebhooks = v.InferOutput<typeof supportedSchema>;
export type WebhookTarget = v.InferOutput<typeof targetSchema>;
/** (Harbor's API description, `WebhookPolicy`) */
export type WebhookPolicy = v.InferOutput<typeof schema>;
export type WebhookPolicyWish = WithoutId<WebhookPolicy>;

export class Webhooks {
    constructor(private readonly connection: HarborConnection) {}

    /** @throws HarborError */
    list(project: string): Promise<WebhookPolicy[]> {
        return this.connection.list(rootOf(project), {}, `list the webhooks of the project ${project}`, schema);
    }

    /** @throws HarborError */
    async find(project: string, name: string): Promise<WebhookPolicy | undefined> {
        return (await this.list(project)).find((one) => one.name === name);
    }

    /** @returns undefined of a project that is proven not to be there. @throws HarborError */
    supported(project: string): Promise<SupportedWebhooks | undefined> {
        const path = `/projects/${part(project)}/webhook/events`;
        return this.connection.find(path, `read what webhooks the project ${project} may have`, supportedSchema);
    }

    /** @returns its id. @throws HarborError */
    async create(project: string, policy: WebhookPolicyWish): Promise<number> {
        const doing = `create the webhook ${policy.name ?? ""} of the project ${project}`;
        return Number(await this.connection.create(rootOf(project), policy as Payload, doing));
    }

    /** Harbor takes the whole policy. @throws HarborError */
    async update(project: string, policy: WebhookPolicy, changes: Partial<WebhookPolicyWish>): Promise<void> {
        const doing = `change the webhook ${policy.name ?? policy.id} of the project ${project}`;
        await this.connection.change("PUT", `${rootOf(project)}/${policy.id}`, { ...policy, ...changes }, doing);
    }

    /** @throws HarborError */
    delete(project: string, id: number): Promise<void> {
        return this.connection.remove(`${rootOf(project)}/${id}`, `delete the webhook ${id} of the project ${project}`);
    }
}

function rootOf(project: string): string {
    return `/projects/${part(project)}/webhook/policies`;
}
