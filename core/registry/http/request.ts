import type { IncomingHttpHeaders } from "node:http";
import type { BodyStream } from "./body-stream";
import type { PullReservation } from "./pull-account";

/** What a request is about; messages and the reading of a 404 depend on it. */
export type Subject = "manifest" | "blob" | "upload" | "tags" | "referrers" | "registry";

/** `pull` is asked with the pull credentials, the other two with those for pushing. */
export type Access = "pull" | "push" | "delete";

export interface RegistryRequest {
    readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
    /** Path and query below `origin`. */
    readonly path: string;
    /** Another than the registry's: an upload's `Location`. It gets no Authorization. */
    readonly origin?: string;
    readonly subject: Subject;
    readonly access: Access;
    readonly repository?: string;
    /** Tag or digest. */
    readonly reference?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /**
     * Instead of what the registry's own challenges ask for, empty for none: for an API beside the registry, which has
     * its own ways.
     */
    readonly authorization?: string;
    readonly body?: Uint8Array;
    /** Opened anew for every attempt, before the request takes its place at the host. */
    readonly openBody?: () => Promise<AsyncIterable<Uint8Array>>;
    /** Reading rights on this repository too: a mount. */
    readonly mountFrom?: string;
    /** Hand over a 2xx's body as a stream. */
    readonly stream?: boolean;
    /** The stream's pieces may be lent (`lent-buffers.ts`): the caller gives them back. @default false */
    readonly lend?: boolean;
    /** Bytes; a longer body is a PROTOCOL_ERROR. @default 16 MiB */
    readonly maxBody?: number;
    /** Statuses besides 2xx that are an answer and no error. */
    readonly expected?: readonly number[];
    /**
     * It feeds a request which has its place at a host already, so it waits for none: at one host the two would wait for
     * each other. @default false
     */
    readonly urgent?: boolean;
    /** What a manifest's GET is paid from first, where pulls are counted. */
    readonly reservation?: PullReservation;
    /** False for what another attempt cannot repeat as it is. @default true */
    readonly retry?: boolean;
    /** @default true for GET and HEAD, never for others */
    readonly followRedirects?: boolean;
    /** The registry has work to do before it answers: five times the idle timeout, or five minutes. */
    readonly slow?: boolean;
}

export interface RegistryResponse {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
    readonly stream?: BodyStream;
    /** Where the answer came from, for resolving what it names; not redacted. */
    readonly url: string;
    /** Times the request was sent, redirects not counted. */
    readonly attempts: number;
}

/** 4 MiB is what a registry must accept (distribution-spec, "Pushing Manifests"); four times that is beyond reason. */
export const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
}
