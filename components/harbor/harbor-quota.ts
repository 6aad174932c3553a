import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.quota.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.quota.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.quota.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.quota.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.quota.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.quota.delete(id, props);
    },
};

export interface HarborQuotaArgs extends HarborObjectArgs {
    /** The project's name. Another one is another quota. */
    readonly project: pulumi.Input<string>;
    /** Bytes, or `"50GiB"` (KiB, MiB, GiB, TiB), or `"unlimited"`. */
    readonly storage: pulumi.Input<number | string>;
}

/**
 * How much a project may hold, for projects that another stack makes; of a `HarborProject` in the same program take its
 * `quota`. Never both: two that say how much one project may hold undo each other's work. It is an administrator's.
 *
 * A quota is nobody's while it is what Harbor gives to new projects; any other was set by somebody, and is taken over
 * with `adopt: true` only. `destroy` sets it to what Harbor gives to new projects (`storage_per_project` of its settings;
 * no limit, where the login may not read those); one that was taken over stays as it is.
 */
export class HarborQuota extends pulumi.dynamic.Resource {
    declare readonly project: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborQuotaArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: GivenInputs<harborTypes.QuotaInputs> = {
            url: args.url,
            name: "storage",
            project: args.project,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            storage: args.storage,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborQuota");
    }
}
