import { describeError, TransshipError } from "../../errors";
import { RegistryError } from "../../registry";
import { ReadFailure } from "../read-failure";

/**
 * What did not go along with an image that was carried; a full sentence for a person. The image itself is whole.
 *
 * - `REFERRER_REFUSED`: a registry would not take, or would not give, this one.
 * - `REFERRERS_UNREAD`: a registry would not say what refers to a manifest.
 * - `REFERRER_UNLISTED`: it is there, and no list at the target names it.
 * - `REFERRER_KEPT`: the target's own tag of that name has what the source's lacks, and was left alone.
 * - `REFERRERS_TOO_DEEP`: referrers of referrers, deeper than anybody needs.
 */
export interface CarryWarning {
    readonly code:
        | "REFERRER_REFUSED"
        | "REFERRERS_UNREAD"
        | "REFERRER_UNLISTED"
        | "REFERRER_KEPT"
        | "REFERRERS_TOO_DEEP";
    readonly message: string;
}

/** Passes by itself, so the next run can do better: a tag that moved now would show an image without its signature. */
const PASSING = new Set([
    "ABORTED",
    "RATE_LIMITED",
    "PULL_LIMIT",
    "PULL_BUDGET",
    "SERVER_ERROR",
    "NETWORK_ERROR",
    "HOST_UNKNOWN",
    "CONNECTION_REFUSED",
    "TIMEOUT",
    "TLS_ERROR",
]);

/**
 * An error as a warning's cause where a registry has refused for good, or the thing itself is broken; throws what passes
 * by itself. A server that fails at a referrer's manifest, and at nothing before it, refuses in its own way.
 */
export function refusalOf(error: unknown): TransshipError {
    const cause = error instanceof ReadFailure ? error.cause : error;
    if (!(cause instanceof TransshipError) || (PASSING.has(cause.code) && !isServersRefusal(cause))) {
        throw error;
    }
    return cause;
}

function isServersRefusal(error: TransshipError): boolean {
    return (
        error instanceof RegistryError &&
        error.code === "SERVER_ERROR" &&
        error.method === "PUT" &&
        error.url.includes("/manifests/")
    );
}

export function warningOf(code: CarryWarning["code"], what: string, error: unknown): CarryWarning {
    return { code, message: `${what}: ${describeError(refusalOf(error))}` };
}
