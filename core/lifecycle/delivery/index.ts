import type { Session } from "../session";
import { guardHooks } from "./guard";
import { pullRequestHooks } from "./pull-request";

/** The hooks behind a delivery of generated files into a repository. Names stay forever: old state calls them. */
export function deliveryHooks(session: () => Session) {
    return { guard: guardHooks(session), pullRequest: pullRequestHooks(session) };
}

export type {
    DeliveryWay,
    GuardInputs,
    GuardObserved,
    OnEdited,
    PullRequestFound,
    PullRequestInputs,
    PullRequestStanding,
    PullRequestState,
} from "./types";
