import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import { checkChoice } from "../images/arguments";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.replication.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.replication.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.replication.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.replication.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.replication.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.replication.delete(id, props);
    },
};

/** A pattern, or names, of what is carried, or of what is not. */
export type HarborReplicationChoice<T> = { readonly matches: pulumi.Input<T> } | { readonly excludes: pulumi.Input<T> };

/** When a rule runs. */
export type HarborReplicationTrigger =
    | { readonly type: "manual" }
    /** Six fields in UTC, the first of which, the second, is 0: `0 0 2 * * *`. */
    | { readonly type: "scheduled"; readonly cron: pulumi.Input<string> }
    /** Whatever is pushed to Harbor, and with `replicateDeletion` whatever is deleted there; of a rule that pushes. */
    | { readonly type: "event" };

/** What is carried: what all of them let through. */
export interface HarborReplicationFilters {
    /**
     * Repositories at the source, as Harbor's pattern: `library/**`, `acme/{app,web}`. From ghcr.io exact names only,
     * with one `{a,b}` for each part of the path at the most. @default all
     */
    readonly names?: pulumi.Input<string>;
    /** A pattern: `{ matches: "v*" }`, `{ excludes: "dev-*" }`. @default all */
    readonly tags?: pulumi.Input<HarborReplicationChoice<string>>;
    /** Names of labels, of which an artifact must have all; at a Harbor only. @default all */
    readonly labels?: pulumi.Input<HarborReplicationChoice<pulumi.Input<string>[]>>;
    /** @default images and all other artifacts */
    readonly resource?: pulumi.Input<"image" | "artifact">;
}

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborReplicationArgs extends HarborObjectArgs {
    /** Another one renames it. */
    readonly name: pulumi.Input<string>;
    readonly description?: pulumi.Input<string>;
    /** `pull` from the other registry into this Harbor, or `push` from this Harbor into the other registry. */
    readonly direction: pulumi.Input<"pull" | "push">;
    /** The other registry: `endpoint.objectId`. */
    readonly registryId: pulumi.Input<number>;
    /** Where it goes to at the target, as `project` or `project/path`. @default as at the source */
    readonly namespace?: pulumi.Input<string>;
    /**
     * How many parts of the source's path `namespace` takes the place of: of `a/b/c/image`, `one` leaves
     * `namespace/b/c/image`, and `all` leaves `namespace/image`. @default Harbor's: "all"
     */
    readonly flatten?: pulumi.Input<"none" | "one" | "two" | "three" | "all">;
    /** @default { type: "manual" } */
    readonly trigger?: pulumi.Input<HarborReplicationTrigger>;
    /** All of the rule's filters: one that is not here is taken away, and `{}` is none. @default none */
    readonly filters?: pulumi.Input<HarborReplicationFilters>;
    /** Whether what is deleted here is deleted there, with the trigger `event`. @default false */
    readonly replicateDeletion?: pulumi.Input<boolean>;
    /** Whether a tag at the target that has another digest is overwritten. @default true */
    readonly override?: pulumi.Input<boolean>;
    /** @default true */
    readonly enabled?: pulumi.Input<boolean>;
    /** Kilobytes a second of each task; -1: no limit. @default no limit */
    readonly speed?: pulumi.Input<number>;
    /** Whether layers go in pieces of 10 MB, each tried again by itself; between two Harbors. @default false */
    readonly copyByChunk?: pulumi.Input<boolean>;
    /** Whether an execution is left out while another of the same rule runs; not with `event`. @default false */
    readonly singleActive?: pulumi.Input<boolean>;
}

/**
 * A rule by which Harbor's job service carries images between itself and another registry. The rule is the resource;
 * what it carries, and whether that arrived, is the fleet's to say (`replicateWith: harbor`).
 */
export class HarborReplication extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it, with which an execution is started. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborReplicationArgs, opts?: pulumi.CustomResourceOptions) {
        checkChoice("direction", args.direction, ["pull", "push"]);
        checkChoice("flatten", args.flatten, ["none", "one", "two", "three", "all"]);
        const inputs: GivenInputs<harborTypes.ReplicationInputs, "project"> = {
            url: args.url,
            name: args.name,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            description: args.description,
            direction: args.direction,
            registryId: args.registryId,
            namespace: args.namespace,
            flatten: args.flatten,
            trigger: args.trigger,
            filters: args.filters,
            replicateDeletion: args.replicateDeletion,
            override: args.override,
            enabled: args.enabled,
            speed: args.speed,
            copyByChunk: args.copyByChunk,
            singleActive: args.singleActive,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborReplication");
    }
}
