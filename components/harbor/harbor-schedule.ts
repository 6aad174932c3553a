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
        return (await import("transship/lifecycle")).harbor.schedule.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.schedule.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.schedule.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.schedule.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.schedule.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.schedule.delete(id, props);
    },
};

/** What is not given stays as it is at Harbor, and is nobody's drift. There is one schedule of each job. */
export interface HarborScheduleArgs extends HarborObjectArgs {
    /** Another one is another schedule. */
    readonly job: pulumi.Input<"garbage-collection" | "scan-all">;
    /**
     * `hourly`, `daily` and `weekly` (Sunday) at their beginning, or a cron of six fields the first of which, the second,
     * is 0: `0 0 2 * * *`; in UTC. `manual`: it never runs by itself.
     */
    readonly schedule: pulumi.Input<"hourly" | "daily" | "weekly" | "manual" | (string & {})>;
    /**
     * Of garbage collection: whether artifacts without a tag are deleted first. It empties proxy caches, whose images
     * Kubernetes pulls by digest; so it is refused where Harbor has one. @default Harbor's: false
     */
    readonly deleteUntagged?: pulumi.Input<boolean>;
    /** Of garbage collection: how many delete at a time, 1 to 10. @default Harbor's: 1 */
    readonly workers?: pulumi.Input<number>;
    /** Whether `deleteUntagged` is meant although there are proxy caches. @default false */
    readonly allowWithProxyCache?: pulumi.Input<boolean>;
}

/**
 * When Harbor collects garbage, or scans all images. `destroy` ends the schedule, unless it was taken over; what is
 * running goes on.
 */
export class HarborSchedule extends pulumi.dynamic.Resource {
    /** The job. */
    declare readonly name: pulumi.Output<string>;

    constructor(name: string, args: HarborScheduleArgs, opts?: pulumi.CustomResourceOptions) {
        checkChoice("job", args.job, ["garbage-collection", "scan-all"]);
        const inputs: GivenInputs<harborTypes.ScheduleInputs, "project"> = {
            url: args.url,
            name: args.job,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            schedule: args.schedule,
            deleteUntagged: args.deleteUntagged,
            workers: args.workers,
            allowWithProxyCache: args.allowWithProxyCache,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborSchedule");
    }
}
