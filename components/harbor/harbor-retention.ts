import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";
import type { HarborPattern } from "./harbor-pattern";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.retention.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.retention.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.retention.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.retention.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.retention.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.retention.delete(id, props);
    },
};

/**
 * What a rule keeps, of each repository by itself: everything, the newest by push or by pull, or what was pushed or pulled
 * within so many days. From 1 on: Harbor takes 0 for a rule that keeps nothing.
 */
export type HarborRetentionKeep =
    | "always"
    | { readonly latestPushed: pulumi.Input<number> }
    | { readonly latestPulled: pulumi.Input<number> }
    | { readonly pushedWithinDays: pulumi.Input<number> }
    | { readonly pulledWithinDays: pulumi.Input<number> };

export interface HarborRetentionRule {
    /** Below the project, without its name. @default all: { matches: "**" } */
    readonly repositories?: pulumi.Input<HarborPattern>;
    /** @default all: { matches: "**" } */
    readonly tags?: pulumi.Input<HarborPattern>;
    /** Whether images without a tag are among those that the rule keeps from. @default Harbor's: true */
    readonly untagged?: pulumi.Input<boolean>;
    readonly keep: pulumi.Input<HarborRetentionKeep>;
    /** Of a repository for which every rule is disabled nothing is deleted. @default false */
    readonly disabled?: pulumi.Input<boolean>;
}

export interface HarborRetentionArgs extends HarborObjectArgs {
    /** The project's name: `project.name`. Another one is another retention. */
    readonly project: pulumi.Input<string>;
    /**
     * 1 to 15 rules, in any order: what one of them keeps stays, and of the repositories that a rule is about everything
     * else is deleted. Rules that are not here are taken away.
     */
    readonly rules: pulumi.Input<pulumi.Input<HarborRetentionRule>[]>;
    /**
     * When it runs, in UTC: `"hourly"`, `"daily"`, `"weekly"`, `"manual"`, or a cron of six fields whose first, the second,
     * is 0: `"0 30 2 * * *"`. @default a new one runs by hand only; that of one which is there stays
     */
    readonly schedule?: pulumi.Input<"hourly" | "daily" | "weekly" | "manual" | (string & {})>;
}

/**
 * Which images of a project stay when Harbor cleans it up. A project has one retention at the most; that of a proxy
 * cache Harbor makes itself (7 days without a pull), so there `adopt: true` takes it over. Rules that somebody changed by
 * hand are told line by line at the preview. `destroy` deletes the rules and no image; none come in their place.
 */
export class HarborRetention extends pulumi.dynamic.Resource {
    declare readonly project: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborRetentionArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: GivenInputs<harborTypes.RetentionInputs> = {
            url: args.url,
            name: "rules",
            project: args.project,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            rules: args.rules,
            schedule: args.schedule,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborRetention");
    }
}
