import type { TokenResource } from "../../dockerhub";

/** When a secret is made anew. */
export interface RotationInputs {
    /** `90d`; never, where it is not given. */
    readonly rotateAfter?: string;
    /** Any other value than the last time makes a new secret. */
    readonly rotate?: unknown;
    /** Computed by `check`: what an update is due by, and what a preview shows of it. */
    readonly rotation?: Rotation;
}

export interface Rotation {
    /** Counts from 1; another number is another secret. */
    readonly number: number;
    /** When it was made, in UTC. */
    readonly since: string;
    /** When the next is made; absent where it never is. */
    readonly due?: string;
}

export interface RobotSecretInputs extends RotationInputs {
    /** `https://harbor.example.com`. */
    readonly url: string;
    readonly robot: string;
    /** Absent for a robot of the system. */
    readonly project?: string;
    /** Key of the login in the stack's configuration. */
    readonly credentials: string;
}

export interface RobotSecretState extends RobotSecretInputs {
    /** The robot's whole name. */
    readonly username: string;
    /** Absent where not even the first one is proven to be set. */
    readonly secret?: string;
    /** Sent, but nobody knows whether it is set: the next update asks. */
    readonly candidate?: string;
}

export interface AccessTokenInputs extends RotationInputs {
    /** `https://hub.docker.com`. */
    readonly url: string;
    readonly label: string;
    /** Of an account's token: `repo:read`, `repo:write`, … */
    readonly scopes?: readonly string[];
    /** Of an organisation's token. */
    readonly organization?: string;
    readonly resources?: readonly TokenResource[];
    /** Key of the login in the stack's configuration. */
    readonly credentials: string;
}

export interface AccessTokenState extends AccessTokenInputs {
    /** Who logs in with the token. */
    readonly username: string;
    readonly token: string;
    /** The label with the moment of its making: by it the token is known as ours. */
    readonly tokenLabel: string;
}

/** What a `check` answers. */
export interface Checked<Inputs> {
    readonly inputs: Inputs;
    readonly failures?: { property: string; reason: string }[];
}
