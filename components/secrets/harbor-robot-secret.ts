import * as pulumi from "@pulumi/pulumi";
import type { RobotSecretInputs } from "../../core/lifecycle";
import { checkRotateAfter, type RotationArgs } from "./rotation-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).rotation.robotSecret.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).rotation.robotSecret.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).rotation.robotSecret.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).rotation.robotSecret.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).rotation.robotSecret.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).rotation.robotSecret.delete();
    },
};

export interface HarborRobotSecretArgs extends RotationArgs {
    /** Harbor's address, without a path: `https://harbor.example.com`. */
    readonly url: pulumi.Input<string>;
    /** An existing robot, by its short name (`ci`) or its whole one (`robot$mirror+ci`). */
    readonly robot: pulumi.Input<string>;
    /** Its project; a robot of the system has none. @default none */
    readonly project?: pulumi.Input<string>;
}

/**
 * The secret of an existing robot account of Harbor, made anew from time to time. Harbor knows one secret of a robot: the
 * old one ends when the new one is made, a moment before everything has the new one. `destroy` changes nothing there.
 */
export class HarborRobotSecret extends pulumi.dynamic.Resource {
    /** The robot's whole name: whom to log in as. */
    declare readonly username: pulumi.Output<string>;
    /** Kept as a secret of the stack. */
    declare readonly secret: pulumi.Output<string>;

    constructor(name: string, args: HarborRobotSecretArgs, opts?: pulumi.CustomResourceOptions) {
        checkRotateAfter(args.rotateAfter);
        const inputs: Record<Exclude<keyof RobotSecretInputs, "rotation">, unknown> = {
            url: args.url,
            robot: args.robot,
            project: args.project,
            credentials: args.credentials ?? "harbor",
            rotateAfter: args.rotateAfter,
            rotate: args.rotate,
        };
        const computed = { username: undefined, secret: undefined, candidate: undefined };
        const own: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["secret", "candidate"] };
        const merged = pulumi.mergeOptions(own, opts);
        super(provider, name, { ...inputs, ...computed }, merged, "transship", "HarborRobotSecret");
    }
}
