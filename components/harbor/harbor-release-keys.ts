import * as pulumi from "@pulumi/pulumi";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harborRelease.keys.check(olds, news);
    },
    async diff() {
        return (await import("transship/lifecycle")).harborRelease.keys.diff();
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harborRelease.keys.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harborRelease.keys.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harborRelease.keys.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).harborRelease.keys.delete();
    },
};

/** What Harbor's parts know each other by, made once. Without it the passwords in Harbor's database cannot be read. */
export class HarborReleaseKeys extends pulumi.dynamic.Resource {
    /** By the keys of a Secret; kept as a secret of the stack. */
    declare readonly data: pulumi.Output<Record<string, string>>;

    constructor(name: string, opts?: pulumi.CustomResourceOptions) {
        const own: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["data"] };
        const options = pulumi.mergeOptions(own, opts);
        super(provider, name, { data: undefined }, options, "transship", "HarborReleaseKeys");
    }
}
