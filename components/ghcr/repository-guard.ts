import * as pulumi from "@pulumi/pulumi";
import type { DeliveryGuardInputs } from "../../core/lifecycle";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).delivery.guard.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).delivery.guard.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).delivery.guard.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).delivery.guard.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).delivery.guard.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).delivery.guard.delete();
    },
};

/** What `check` computes is no argument. */
type Given = Omit<DeliveryGuardInputs, "base" | "head" | "ownerKind" | "kept" | "rewritten" | "observed">;

/** @internal */
export type RepositoryGuardArgs = { readonly [Key in keyof Given]: pulumi.Input<Given[Key]> };

/**
 * Looks at a repository at every preview and up, before a file is written to it, and refuses what must not be done. It
 * owns nothing: GitHub's provider would write over whatever somebody changed. @internal
 */
export class RepositoryGuard extends pulumi.dynamic.Resource {
    /** The branch as GitHub names it. */
    declare readonly base: pulumi.Output<string>;
    /** The pull request's branch. */
    declare readonly head: pulumi.Output<string>;
    declare readonly ownerKind: pulumi.Output<"Organization" | "User" | undefined>;
    /** Path -> text of the files that stay as they are. */
    declare readonly kept: pulumi.Output<Readonly<Record<string, string>> | undefined>;
    /** Path -> how often it was written again over an edit. */
    declare readonly rewritten: pulumi.Output<Readonly<Record<string, number>> | undefined>;

    constructor(name: string, args: RepositoryGuardArgs, opts: pulumi.CustomResourceOptions) {
        const computed = {
            base: undefined,
            head: undefined,
            ownerKind: undefined,
            kept: undefined,
            rewritten: undefined,
        };
        super(provider, name, { ...args, ...computed }, opts, "transship", "RepositoryGuard");
    }
}
