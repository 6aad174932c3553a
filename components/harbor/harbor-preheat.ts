import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";
import type { HarborReplicationTrigger } from "./harbor-replication";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.preheat.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.preheat.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.preheat.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.preheat.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.preheat.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.preheat.delete(id, props);
    },
};

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborPreheatArgs extends HarborObjectArgs {
    /** The project's name. Another one is another policy. */
    readonly project: pulumi.Input<string>;
    /** Letters and digits, with single `.`, `_` or `-` between them. Another one renames it. */
    readonly name: pulumi.Input<string>;
    /** Name of the P2P network (Dragonfly, Kraken) at Harbor, which an administrator has set up there. */
    readonly instance: pulumi.Input<string>;
    /** A pattern of repositories, without the project. @default "**" */
    readonly repositories?: pulumi.Input<string>;
    /** A pattern of tags. @default "**" */
    readonly tags?: pulumi.Input<string>;
    /** Names of labels, of which an image must have all. @default none */
    readonly labels?: pulumi.Input<pulumi.Input<string>[]>;
    /** `event`: when an image is pushed, scanned or labelled. @default { type: "manual" } */
    readonly trigger?: pulumi.Input<HarborReplicationTrigger>;
    /** What the network's vendor takes, by Harbor's names; of Dragonfly `scope` and `cluster_ids`. @default none */
    readonly extra?: pulumi.Input<Readonly<Record<string, unknown>>>;
    /** @default true */
    readonly enabled?: pulumi.Input<boolean>;
    readonly description?: pulumi.Input<string>;
}

/** Which images of a project are pulled into a P2P network before anybody asks for them. */
export class HarborPreheat extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborPreheatArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: GivenInputs<harborTypes.PreheatInputs> = {
            url: args.url,
            name: args.name,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            project: args.project,
            instance: args.instance,
            repositories: args.repositories,
            tags: args.tags,
            labels: args.labels,
            trigger: args.trigger,
            extra: args.extra,
            enabled: args.enabled,
            description: args.description,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborPreheat");
    }
}
