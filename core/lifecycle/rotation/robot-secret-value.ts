import { TransshipError } from "../../errors";
import { HarborError, newRobotSecret } from "../../harbor";

/** As much of Harbor as a robot's secret needs. */
export interface RobotSecrets {
    /** @throws HarborError whose `mayBeDone` says whether it may have happened all the same */
    readonly setRobotSecret: (id: number, secret: string) => Promise<void>;
    /** @throws HarborError where that cannot be asked */
    readonly accepts: (robot: string, secret: string) => Promise<boolean>;
}

/** Whose secret it is. */
export interface SecretOwner {
    readonly id: number;
    /** The whole name. */
    readonly name: string;
    /** Whether Harbor lets it in with any secret at all: it says of none whether it is right otherwise. @default true */
    readonly mayLogIn?: boolean;
}

export interface KnownSecret {
    readonly secret?: string;
    /** Sent, but nobody knows whether it is set. */
    readonly candidate?: string;
}

/** A secret was sent, and nobody can say whether it is set. */
export class UnprovenSecret extends TransshipError {
    /** @param candidate what was sent, beside the secret before it */
    constructor(
        code: string,
        message: string,
        readonly candidate: string,
        readonly secret: string | undefined,
    ) {
        super(code, message);
    }
}

/**
 * The robot's secret from now on: the one that is known as long as Harbor takes it and nobody asks for another, else a new
 * one. What an update before this one sent and could not prove is the robot's secret, or never was.
 *
 * @param isAsked whether another one is wanted
 * @throws UnprovenSecret, HarborError
 */
export async function standingSecret(
    harbor: RobotSecrets,
    robot: SecretOwner,
    { candidate, secret }: KnownSecret,
    isAsked: boolean,
): Promise<string> {
    const takes = async (one: string) => robot.mayLogIn !== false && (await harbor.accepts(robot.name, one));
    const arrived = candidate !== undefined && (await takes(candidate));
    const known = arrived ? candidate : secret;
    if (!isAsked && known !== undefined && (candidate === undefined || arrived)) {
        if (robot.mayLogIn === false || (await takes(known))) {
            return known;
        }
    }
    return giveSecret(harbor, robot, known);
}

/**
 * @param known the secret that it had, where it had one
 * @throws UnprovenSecret, HarborError where the robot has no new secret
 */
export async function giveSecret(
    harbor: RobotSecrets,
    { id, mayLogIn = true, name }: SecretOwner,
    known?: string,
): Promise<string> {
    const secret = newRobotSecret();
    try {
        await harbor.setRobotSecret(id, secret);
        return secret;
    } catch (error) {
        if (!(error instanceof HarborError) || !error.mayBeDone) {
            throw error;
        }
        const accepted = mayLogIn ? await harbor.accepts(name, secret).catch(() => undefined) : undefined;
        if (accepted === true) {
            return secret;
        }
        if (accepted === false) {
            throw error;
        }
        const reason = `${error.message} Whether ${name} has its new secret is not known; the state keeps both, and the next update asks.`;
        throw new UnprovenSecret(error.code, reason, secret, known);
    }
}
