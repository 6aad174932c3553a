import * as pulumi from "@pulumi/pulumi";
import type { CompactCatalog, CompactLock, Lock, SelectedTags } from "../../core/catalog";
import type { FleetInputs, Observed, OnDrift, OnUnknown } from "../../core/lifecycle";

/**
 * The shim that state holds: no fields, nothing captured, one line a hook. Its text stays the same from release to
 * release; what it does is whatever is installed.
 */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).fleet.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).fleet.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).fleet.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).fleet.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).fleet.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).fleet.delete(id, props);
    },
};

/** @internal */
export interface FleetWaveArgs {
    readonly fleet: string;
    readonly wave: number;
    readonly catalog: pulumi.Input<CompactCatalog>;
    readonly onDrift: pulumi.Input<OnDrift>;
    readonly onUnknown: pulumi.Input<OnUnknown>;
    readonly deleteOnDestroy: pulumi.Input<boolean>;
    readonly lock: pulumi.Input<Lock>;
    readonly promoted: boolean;
    readonly depth?: pulumi.Input<FleetInputs["depth"]>;
    readonly signatures?: pulumi.Input<boolean>;
    readonly anonymous?: pulumi.Input<boolean>;
}

/** What `check` computes is no argument. */
type Given = Omit<FleetInputs, "selected" | "pinned" | "observed">;

/** One wave of a fleet: a wave is one resource, since a resource for each image does not scale. @internal */
export class FleetWave extends pulumi.dynamic.Resource {
    declare readonly proven: pulumi.Output<CompactLock | Lock>;
    declare readonly unproven: pulumi.Output<readonly string[]>;
    declare readonly absent: pulumi.Output<readonly string[]>;
    declare readonly observed: pulumi.Output<Observed>;
    /** Absent while no selector has chosen anything. */
    declare readonly selected: pulumi.Output<SelectedTags | undefined>;

    constructor(name: string, args: FleetWaveArgs, opts: pulumi.CustomResourceOptions) {
        const computed: Record<string, undefined> = {
            proven: undefined,
            attempted: undefined,
            unproven: undefined,
            absent: undefined,
            selected: undefined,
        };
        const inputs: { readonly [Key in keyof Given]: unknown } = { ...args };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "ImageFleetWave");
    }
}
