import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import { badArgument } from "../images/arguments";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.label.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.label.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.label.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.label.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.label.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.label.delete(id, props);
    },
};

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborLabelArgs extends HarborObjectArgs {
    /** At most 128 characters. Another one renames it. */
    readonly name: pulumi.Input<string>;
    /** The project that it is of. Another one is another label. @default the whole Harbor's, which is an administrator's */
    readonly project?: pulumi.Input<string>;
    /** `#RRGGBB`. @default Harbor's: none */
    readonly color?: pulumi.Input<string>;
    readonly description?: pulumi.Input<string>;
}

/** A label that images may have: replication rules choose by it. Deleted, it is taken off every image that has it. */
export class HarborLabel extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborLabelArgs, opts?: pulumi.CustomResourceOptions) {
        if (typeof args.color === "string" && !/^#[0-9a-f]{6}$/i.test(args.color)) {
            throw badArgument("color", `must be a colour such as "#0065AB", not ${JSON.stringify(args.color)}`);
        }
        const inputs: GivenInputs<harborTypes.LabelInputs> = {
            url: args.url,
            name: args.name,
            project: args.project,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            color: args.color,
            description: args.description,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborLabel");
    }
}
