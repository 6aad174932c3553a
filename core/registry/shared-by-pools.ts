import { AwsTokens } from "./credentials/aws-tokens";
import { Pacers } from "./http/pacer";
import { PullAccounts } from "./http/pull-meter";
import type { ClientEnvironment } from "./settings";

/**
 * What the pools of one process share though each has its own registries: hosts count pulls and requests of an account or
 * an address together, whoever sends them, and a token of AWS is good for all registries of its principal.
 */
export function sharedByPools(): Required<Pick<ClientEnvironment, "pulls" | "pacers" | "awsTokens">> {
    return { pulls: new PullAccounts(), pacers: new Pacers(), awsTokens: new AwsTokens() };
}
