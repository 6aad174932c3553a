import { ecrLogin } from "../credentials/ecr-login";
import type { FailureContext } from "./failure";

/** ECR's 403: "Your authorization token has expired. Reauthenticate and try again." */
const ENDED = /\btoken has expired\b|\breauthenticate\b/i;

/** Whether a 403 is of credentials that have ended. A HEAD's has no words to tell it from a right that is lacking. */
export function hasEnded(message: string | undefined): "yes" | "no" | "perhaps" {
    return message === undefined ? "perhaps" : ENDED.test(message) ? "yes" : "no";
}

/** What to do about the login, before the advice on rights; empty where the registry says that it is those. */
export function renewalAdvice(message: string | undefined, { renewal }: FailureContext): string {
    return renewal === undefined || hasEnded(message) === "no" ? "" : `${renewal}; or `;
}

/** What to do where there are no credentials. */
export function loginAdvice({ renewal, endpoint: { host } }: FailureContext): string {
    return renewal ?? ecrLogin(host) ?? `give this registry credentials, or log in with docker login ${host}`;
}
