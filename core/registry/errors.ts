import { TransshipError } from "../errors";

/**
 * Everything that can go wrong between us and a registry. `MANIFEST_UNKNOWN` and `NAME_UNKNOWN` are given only where
 * the registry proved it; whatever else a 404 may be is `PROTOCOL_ERROR`.
 */
export type RegistryErrorCode =
    | "MANIFEST_UNKNOWN"
    | "NAME_UNKNOWN"
    | "BLOB_UNKNOWN"
    | "UNAUTHORIZED"
    | "DENIED"
    /** A bare 429, after the retries. */
    | "RATE_LIMITED"
    /** The pull limit of the account or address is used up; waiting seconds does not help, so it is never retried. */
    | "PULL_LIMIT"
    /** The pull was not sent: it would have gone below `keepRemaining`, or taken what is set aside for another image. */
    | "PULL_BUDGET"
    | "SERVER_ERROR"
    | "NETWORK_ERROR"
    | "HOST_UNKNOWN"
    | "CONNECTION_REFUSED"
    | "TLS_ERROR"
    | "TIMEOUT"
    | "DIGEST_MISMATCH"
    | "TAG_IMMUTABLE"
    | "PROTOCOL_ERROR"
    /** The caller's signal ended the work. */
    | "ABORTED"
    /** A named variable, key, helper or package is not there. */
    | "CREDENTIALS_MISSING"
    /** It is there and cannot be used: broken JSON, a failing helper. */
    | "CREDENTIALS_INVALID"
    /** A setting or an argument that no request can be made of. */
    | "INVALID_ARGUMENT";

export interface RegistryErrorDetails {
    /** The registry's name for people: `docker.io`, never `registry-1.docker.io`. */
    readonly host: string;
    readonly method: string;
    /** Redacted by whoever makes the error. */
    readonly url: string;
    readonly status?: number;
    /** The code of the registry's own error document, e.g. `DENIED`. */
    readonly registryCode?: string;
    /** What the registry asked to wait, in milliseconds. */
    readonly retryAfterMs?: number;
    readonly cause?: unknown;
}

/**
 * A request to a registry that did not end as it should. The message is one sentence for the user, the fields are for
 * programs; neither ever holds a credential, a token or a presigned query.
 */
export class RegistryError extends TransshipError {
    override readonly name: string = "RegistryError";
    declare readonly code: RegistryErrorCode;
    readonly status?: number;
    readonly method: string;
    readonly url: string;
    readonly host: string;
    readonly registryCode?: string;
    readonly retryAfterMs?: number;

    constructor(code: RegistryErrorCode, message: string, details: RegistryErrorDetails) {
        super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
        this.method = details.method;
        this.url = details.url;
        this.host = details.host;
        this.status = details.status;
        this.registryCode = details.registryCode;
        this.retryAfterMs = details.retryAfterMs;
    }
}

/**
 * True only where the registry proved that the manifest or its repository is not there: a 404 with the code
 * `MANIFEST_UNKNOWN` or `NAME_UNKNOWN` (Harbor's `NOT_FOUND`), or a 404 to a manifest's HEAD, which has no body.
 * 401, 403, 429, 5xx and network faults are unknown, and so is a proxy's HTML page.
 */
export function isGone(error: unknown): boolean {
    return (
        error instanceof RegistryError &&
        error.status === 404 &&
        (error.code === "MANIFEST_UNKNOWN" || error.code === "NAME_UNKNOWN")
    );
}

/**
 * True only where the registry itself says, in a GET's body, that it does not have the blob or its repository. A HEAD's
 * 404 has no body, and may be a proxy's.
 */
export function isBlobGone(error: unknown): boolean {
    return (
        error instanceof RegistryError &&
        error.status === 404 &&
        error.registryCode !== undefined &&
        (error.code === "BLOB_UNKNOWN" || error.code === "NAME_UNKNOWN")
    );
}
