import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import { badArgument } from "../images/arguments";
import { checkRotateAfter, type RotationArgs } from "../secrets/rotation-args";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.robot.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.robot.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.robot.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.robot.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.robot.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.robot.delete(id, props);
    },
};

/** One right, in Harbor's own words: what `GET /permissions` of your Harbor lists. */
export interface HarborAccess {
    /** `repository`, `artifact`, `tag`, `scan`, … */
    readonly resource: pulumi.Input<string>;
    /** `pull`, `push`, `read`, `list`, `create`, `delete`, … */
    readonly action: pulumi.Input<string>;
}

/**
 * A word for what people do, or an exact right. `pull`: images. `push`: images, and to ask which layers are there. `list`,
 * `read`: by Harbor's API. `delete`: images and tags. `tag`: to give an image another tag by Harbor's API. `scan`, `sbom`:
 * to have an image scanned, and to read what was found.
 */
export type HarborRight = "pull" | "push" | "list" | "read" | "delete" | "tag" | "scan" | "sbom" | HarborAccess;

/** What a robot of the system may do in one place. */
export interface HarborRobotScope {
    /** A project's name, or `"*"` for all of them, also those of tomorrow. */
    readonly project?: pulumi.Input<string>;
    /** Of Harbor itself: `{ resource: "registry", action: "list" }`. */
    readonly system?: true;
    readonly access: pulumi.Input<pulumi.Input<HarborRight>[]>;
}

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborRobotArgs extends HarborObjectArgs, Pick<RotationArgs, "rotateAfter" | "rotate"> {
    /**
     * The short name, such as `ci`: Harbor puts its prefix and the project before it, and tells the whole as `username`.
     * Another one is another robot.
     */
    readonly name: pulumi.Input<string>;
    /** The project that it is of, and has rights in. Another one is another robot. @default it is of the system */
    readonly project?: pulumi.Input<string>;
    /** Of a project's robot its rights in the project; of the system's what it may do in which place. */
    readonly permissions: pulumi.Input<pulumi.Input<HarborRight>[]> | pulumi.Input<pulumi.Input<HarborRobotScope>[]>;
    readonly description?: pulumi.Input<string>;
    /** Days from its creation on; -1: for ever. A new secret is no longer life. @default -1 */
    readonly duration?: pulumi.Input<number>;
    /** Whether Harbor lets it in no longer. @default Harbor's: false */
    readonly disabled?: pulumi.Input<boolean>;
    /**
     * Whether a robot that is taken over (`adopt: true`) keeps its secret, which this stack then does not know: `secret` is
     * empty until `rotate` or `rotateAfter` makes a new one. @default false: it gets a new one, and the old one ends
     */
    readonly keepSecret?: pulumi.Input<boolean>;
}

/**
 * A robot account, with no more rights than it needs. Harbor tells its secret once, when it is made: it is an output, kept
 * as a secret of the stack. Harbor knows one secret of a robot: the old one ends when a new one is made, a moment before
 * everything that depends on it has the new one.
 */
export class HarborRobot extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;
    /** Its whole name, `robot$mirror+ci`: whom to log in as. It follows Harbor where somebody changes the prefix there. */
    declare readonly username: pulumi.Output<string>;
    /** Kept as a secret of the stack. */
    declare readonly secret: pulumi.Output<string>;
    /** When Harbor lets it in no longer: `2027-02-21T10:00:00Z`; undefined: never. */
    declare readonly expiresAt: pulumi.Output<string | undefined>;

    constructor(name: string, args: HarborRobotArgs, opts?: pulumi.CustomResourceOptions) {
        checkRotateAfter(args.rotateAfter);
        if (Array.isArray(args.permissions) && args.permissions.length === 0) {
            throw badArgument("permissions", "are none: Harbor has no robot that may do nothing");
        }
        const computed = {
            objectId: undefined,
            adopted: undefined,
            secret: undefined,
            candidate: undefined,
            secretNumber: undefined,
            expiresAt: undefined,
            rotation: undefined,
            username: undefined,
        };
        const inputs: GivenInputs<harborTypes.RobotInputs, keyof typeof computed> = {
            url: args.url,
            name: args.name,
            project: args.project,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            description: args.description,
            duration: args.duration,
            disabled: args.disabled,
            permissions: args.permissions,
            keepSecret: args.keepSecret,
            rotateAfter: args.rotateAfter,
            rotate: args.rotate,
        };
        const own: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["secret", "candidate"] };
        const merged = pulumi.mergeOptions(own, opts);
        super(provider, name, { ...inputs, ...computed }, merged, "transship", "HarborRobot");
    }
}
