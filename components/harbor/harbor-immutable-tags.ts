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
        return (await import("transship/lifecycle")).harbor.immutableTags.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.immutableTags.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.immutableTags.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.immutableTags.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.immutableTags.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.immutableTags.delete(id, props);
    },
};

export interface HarborImmutableTagsArgs extends HarborObjectArgs {
    /** The project's name: `project.name`. Another one is another rule. */
    readonly project: pulumi.Input<string>;
    /** Below the project, without its name. @default all: { matches: "**" } */
    readonly repositories?: pulumi.Input<HarborPattern>;
    /**
     * Tags that keep their image. Those that must move have to be left out: `latest`, and `sha256-*`, where cosign writes
     * signatures and clients the lists of referrers: { excludes: "{sha256-*,latest}" }. A rule that has those in it is
     * warned of. @default all but those of signatures: { excludes: "sha256-*" }
     */
    readonly tags?: pulumi.Input<HarborPattern>;
    /** @default false */
    readonly disabled?: pulumi.Input<boolean>;
}

/**
 * One rule of a project, by which tags are written once: Harbor refuses to move and to delete them, by hand, by a
 * replication and by a retention. A tag is immutable where any rule of the project says so. A rule has no name at Harbor;
 * `adopt: true` takes over one that says the same. `destroy` deletes it.
 */
export class HarborImmutableTags extends pulumi.dynamic.Resource {
    declare readonly project: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborImmutableTagsArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: GivenInputs<harborTypes.ImmutableTagsInputs> = {
            url: args.url,
            // A project has many of them, which only the program calls anything.
            name,
            project: args.project,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            repositories: args.repositories,
            tags: args.tags,
            disabled: args.disabled,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborImmutableTags");
    }
}
