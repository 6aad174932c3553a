import * as pulumi from "@pulumi/pulumi";
import type { PullRequestInputs, PullRequestStanding } from "../../core/lifecycle";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).delivery.pullRequest.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).delivery.pullRequest.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).delivery.pullRequest.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).delivery.pullRequest.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).delivery.pullRequest.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).delivery.pullRequest.delete();
    },
};

type Given = Omit<PullRequestInputs, "observed">;

/** @internal */
export type PullRequestArgs = { readonly [Key in keyof Given]: pulumi.Input<Given[Key]> };

/**
 * The pull request of a delivery. GitHub's provider has one which fails where there is nothing to merge, and closes it at
 * destroy; this one looks first. @internal
 */
export class PullRequest extends pulumi.dynamic.Resource {
    declare readonly state: pulumi.Output<PullRequestStanding>;
    /** Absent where the files came in without one. */
    declare readonly number: pulumi.Output<number | undefined>;
    declare readonly url: pulumi.Output<string | undefined>;

    constructor(name: string, args: PullRequestArgs, opts: pulumi.CustomResourceOptions) {
        const computed = { state: undefined, number: undefined, url: undefined };
        super(provider, name, { ...args, ...computed }, opts, "transship", "PullRequest");
    }
}
