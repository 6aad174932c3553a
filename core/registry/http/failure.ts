import type { Endpoint } from "../endpoint";
import type { RegistryError } from "../errors";
import type { Quirks } from "../quirks";
import type { RegistryRequest } from "./request";

/** What a message about a failed request needs to know. Gathered only once something failed. */
export interface FailureContext {
    readonly endpoint: Endpoint;
    readonly quirks: Quirks;
    readonly request: RegistryRequest;
    /** Not yet redacted. */
    readonly url: string;
    /** Where the credentials came from, for a person; `undefined` for none. */
    readonly credentials?: string;
    /** What to do where they are refused, or none were found, if their origin tells. */
    readonly renewal?: string;
    /** Values that must not show, whoever says them. */
    readonly secrets: readonly string[];
    readonly connectMs: number;
    readonly idleMs: number;
    /** A `ca` is set. */
    readonly customCa: boolean;
    /** A proxy stands between. */
    readonly proxied: boolean;
    readonly now: number;
}

export interface Failure {
    readonly error: RegistryError;
    /** Another attempt may end otherwise. */
    readonly retryable: boolean;
    /** The host could not be reached at all: nothing else sent there now would fare better. */
    readonly unreachable?: boolean;
}
