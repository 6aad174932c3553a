import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.webhook.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.webhook.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.webhook.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.webhook.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.webhook.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.webhook.delete(id, props);
    },
};

/** What Harbor 2.15 tells; newer versions may know more. */
export type HarborWebhookEvent =
    | "PUSH_ARTIFACT"
    | "PULL_ARTIFACT"
    | "DELETE_ARTIFACT"
    | "QUOTA_EXCEED"
    | "QUOTA_WARNING"
    | "SCANNING_FAILED"
    | "SCANNING_STOPPED"
    | "SCANNING_COMPLETED"
    | "REPLICATION"
    | "TAG_RETENTION"
    | (string & {});

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborWebhookArgs extends HarborObjectArgs {
    /** The project's name. Another one is another webhook. */
    readonly project: pulumi.Input<string>;
    /** Another one renames it. */
    readonly name: pulumi.Input<string>;
    /** Whom Harbor tells: an address without a login. Either this or `secretEndpoint`. */
    readonly endpoint?: pulumi.Input<string>;
    /**
     * Key of an address that is a secret, as Slack's is, in the stack's configuration: `pulumi config set --secret --path
     * 'transship:credentials.KEY.password'` is the whole address. It is never an input.
     */
    readonly secretEndpoint?: pulumi.Input<string>;
    /** In any order. */
    readonly events: pulumi.Input<pulumi.Input<HarborWebhookEvent>[]>;
    /** @default "http" */
    readonly type?: pulumi.Input<"http" | "slack" | (string & {})>;
    /** Of the type `http`. @default Harbor's: "Default" */
    readonly payloadFormat?: pulumi.Input<"Default" | "CloudEvents" | (string & {})>;
    /**
     * Key of the header Authorization, in the stack's configuration: `transship:credentials.KEY.password` is its whole
     * value, such as `Bearer …`; the username is not sent. It is never an input. @default none
     */
    readonly authHeader?: pulumi.Input<string>;
    /** Whether Harbor takes any certificate there. @default Harbor's: false */
    readonly skipCertificateCheck?: pulumi.Input<boolean>;
    /** @default true */
    readonly enabled?: pulumi.Input<boolean>;
    readonly description?: pulumi.Input<string>;
}

/** Whom a project tells what happens in it. Harbor shows every reader of its API the header, and no look of ours does. */
export class HarborWebhook extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborWebhookArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: GivenInputs<harborTypes.WebhookInputs> = {
            url: args.url,
            name: args.name,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            project: args.project,
            endpoint: args.endpoint,
            secretEndpoint: args.secretEndpoint,
            events: args.events,
            type: args.type,
            payloadFormat: args.payloadFormat,
            authHeader: args.authHeader,
            skipCertificateCheck: args.skipCertificateCheck,
            enabled: args.enabled,
            description: args.description,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborWebhook");
    }
}
