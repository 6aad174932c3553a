import type { Session } from "../session";
import { accessTokenHooks } from "./access-token";
import { robotSecretHooks } from "./robot-secret";

export type { AccessTokenInputs, AccessTokenState, RobotSecretInputs, RobotSecretState } from "./types";

/** The hooks of secrets that are made anew: `rotation.robotSecret`, `rotation.accessToken`. */
export function rotationHooks(session: () => Session) {
    return { robotSecret: robotSecretHooks(session), accessToken: accessTokenHooks(session) };
}
