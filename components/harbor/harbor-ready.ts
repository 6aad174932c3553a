import * as pulumi from "@pulumi/pulumi";
import type { harborReleaseTypes } from "../../core/lifecycle";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harborRelease.ready.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harborRelease.ready.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harborRelease.ready.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harborRelease.ready.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harborRelease.ready.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).harborRelease.ready.delete();
    },
};

/** Waits until Harbor says at its address that it is healthy: for a new release, and for each revision of it. */
export class HarborReady extends pulumi.dynamic.Resource {
    constructor(
        name: string,
        args: {
            readonly [Key in keyof harborReleaseTypes.ReadyInputs]: pulumi.Input<harborReleaseTypes.ReadyInputs[Key]>;
        },
        opts?: pulumi.CustomResourceOptions,
    ) {
        super(provider, name, { ...args }, opts, "transship", "HarborReady");
    }
}
