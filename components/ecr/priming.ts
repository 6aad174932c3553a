import * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import type { PrimingInputs, PrimingOutputs } from "../../core/lifecycle";
import { compactInput } from "../images/compact-input";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).priming.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).priming.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).priming.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).priming.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).priming.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).priming.delete();
    },
};

/** What `EcrPullThroughCache` gives it. */
export interface EcrPrimingArgs {
    /** As `primingCatalog` makes it: of each image its source, and the cache as its one target. */
    readonly catalog: Catalog;
    readonly onFailure: PrimingInputs["onFailure"];
}

/** Has a pull-through cache fetch images by tag, each once. `EcrPullThroughCache` makes it, with `prime`. */
export class EcrPriming extends pulumi.dynamic.Resource {
    /** Image -> tag -> what the cache showed when it was primed. */
    declare readonly digests: pulumi.Output<PrimingOutputs["digests"]>;
    /** Lines for people: where it showed something else than the source at that moment. */
    declare readonly different: pulumi.Output<PrimingOutputs["different"]>;
    /** Lines for people: what could not be primed. */
    declare readonly failed: pulumi.Output<PrimingOutputs["failed"]>;

    constructor(name: string, { catalog, onFailure }: EcrPrimingArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: { readonly [Key in keyof PrimingInputs]: unknown } = {
            catalog: compactInput(catalog, Object.keys(catalog.images)),
            onFailure,
        };
        const computed = { digests: undefined, different: undefined, failed: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "EcrPriming");
    }
}
