import * as pulumi from "@pulumi/pulumi";
import type { AccessTokenInputs } from "../../core/lifecycle";
import { checkRotateAfter, type RotationArgs } from "./rotation-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).rotation.accessToken.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).rotation.accessToken.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).rotation.accessToken.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).rotation.accessToken.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).rotation.accessToken.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).rotation.accessToken.delete(id, props);
    },
};

/** What an organisation's token may reach. */
export interface DockerHubTokenResource {
    readonly type: pulumi.Input<"TYPE_REPO" | "TYPE_ORG">;
    /** `acme/app`, or `acme/*` for all repositories of the organisation. */
    readonly path: pulumi.Input<string>;
    /** `scope-image-pull`, `scope-image-push`. */
    readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
}

export interface DockerHubTokenArgs extends RotationArgs {
    /** Of an account's token: `repo:read`, `repo:write`, `repo:admin`, `repo:public_read`. @default ["repo:read"] */
    readonly scopes?: pulumi.Input<pulumi.Input<string>[]>;
    /** Whose token it is, where it is an organisation's: then with `resources` in the place of `scopes`. @default the account's */
    readonly organization?: pulumi.Input<string>;
    /** Of an organisation's token: what it may reach. */
    readonly resources?: pulumi.Input<pulumi.Input<DockerHubTokenResource>[]>;
    /** Its name in Docker Hub's settings; the moment of its making is put behind it. @default the resource's name */
    readonly label?: pulumi.Input<string>;
    /** Address of Docker Hub's API. @default "https://hub.docker.com" */
    readonly url?: pulumi.Input<string>;
}

/**
 * An access token of Docker Hub, made anew from time to time. The old one works until everything has the new one, and is
 * deleted then; `destroy` deletes the token, which is this stack's own.
 */
export class DockerHubToken extends pulumi.dynamic.Resource {
    /** Whom to log in as with the token: the account, or the organisation. */
    declare readonly username: pulumi.Output<string>;
    /** Kept as a secret of the stack. */
    declare readonly token: pulumi.Output<string>;

    constructor(name: string, args: DockerHubTokenArgs = {}, opts?: pulumi.CustomResourceOptions) {
        checkRotateAfter(args.rotateAfter);
        const { organization, resources, rotate, rotateAfter } = args;
        const inputs: Record<Exclude<keyof AccessTokenInputs, "rotation">, unknown> = {
            url: args.url ?? "https://hub.docker.com",
            label: args.label ?? name,
            scopes: args.scopes ?? (organization === undefined ? ["repo:read"] : undefined),
            organization,
            resources,
            credentials: args.credentials ?? "dockerhub",
            rotateAfter,
            rotate,
        };
        const computed = { username: undefined, token: undefined, tokenLabel: undefined };
        const own: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["token"] };
        super(
            provider,
            name,
            { ...inputs, ...computed },
            pulumi.mergeOptions(own, opts),
            "transship",
            "DockerHubToken",
        );
    }
}
