import { resolveLocation } from "./endpoint";
import type { RegistryError } from "./errors";
import { header, type RegistryRequest, type RegistryResponse } from "./http/request";
import type { Transport } from "./http/transport";
import { uploadPath } from "./resource";
import { UploadBody, type UploadSource } from "./upload-source";

export interface BlobToUpload {
    readonly digest: string;
    /** Bytes. */
    readonly size: number;
}

/** One blob on its way into one repository. */
export interface UploadJob {
    readonly repository: string;
    readonly blob: BlobToUpload;
    readonly source: UploadSource;
    /** Bytes of a chunk; 0 is the blob in one request. */
    chunkBytes: number;
    /** The session as the last answer left it; none before the first and after one was given up. */
    session?: Session;
    /** What the registry told of its bytes was relied on in this session. */
    continued?: boolean;
}

/** An upload under way: where its next request goes. */
export interface Session {
    readonly origin: string;
    /** Path and query, an opaque thing of the registry's. */
    readonly path: string;
    /** `OCI-Chunk-Min-Length`: no chunk but the last may be smaller. */
    readonly minChunk: number;
}

const OCTETS = "application/octet-stream";

/** A fault after which the same upload may still succeed, by a further chunk or a new session. */
export const RESTARTABLE: ReadonlySet<string> = new Set([
    "NETWORK_ERROR",
    "TIMEOUT",
    "SERVER_ERROR",
    "RATE_LIMITED",
    "CONNECTION_REFUSED",
]);
/** Times in a row that a chunk or a source may break off. */
export const MAX_BREAKS = 3;

export function uploadRequest(
    transport: Transport,
    method: "GET" | "POST" | "PUT" | "PATCH",
    repository: string,
    blob: BlobToUpload,
): RegistryRequest {
    return {
        method,
        path: uploadPath(transport.options.endpoint, repository),
        subject: "upload",
        access: "push",
        repository,
        reference: blob.digest,
        ...(method === "POST" ? { headers: { "content-length": "0" } } : {}),
    };
}

/** Bytes `offset` to `offset + length` of the job's blob as a request's body. */
export function uploadContent(
    { source }: UploadJob,
    offset: number,
    length: number,
): Pick<RegistryRequest, "headers" | "openBody" | "retry"> {
    return {
        headers: { "content-type": OCTETS, "content-length": String(length) },
        // What another attempt would need is another place in the source, which only the upload knows.
        retry: false,
        ...(length === 0
            ? {}
            : {
                  openBody: async () => {
                      await source.seek(offset);
                      return new UploadBody(source, length);
                  },
              }),
    };
}

/** The PUT that ends an upload, with the bytes from `offset` on; the registry compares the digest. */
export async function finishUpload(
    transport: Transport,
    job: UploadJob,
    session: Session,
    offset: number,
): Promise<void> {
    const { blob, repository } = job;
    const request: RegistryRequest = {
        ...uploadRequest(transport, "PUT", repository, blob),
        ...uploadContent(job, offset, blob.size - offset),
        origin: session.origin,
        path: `${session.path}${session.path.includes("?") ? "&" : "?"}digest=${encodeURIComponent(blob.digest)}`,
        slow: true,
    };
    const response = await transport.send(request);
    const told = header(response.headers, "docker-content-digest");
    if (told?.startsWith(`${blob.digest.split(":", 1)[0]}:`) && told !== blob.digest) {
        throw transport.error(
            "DIGEST_MISMATCH",
            `${transport.options.endpoint.host} stored the blob ${blob.digest} of ${repository} as ${told}: it is no copy; try again, and report it to the registry if it stays so.`,
            request,
        );
    }
}

/** Reads the session that an answer opens or goes on with. */
export function readSession(
    transport: Transport,
    request: RegistryRequest,
    response: RegistryResponse,
    minChunk = 0,
): Session {
    const location = header(response.headers, "location");
    const url =
        location === undefined ? undefined : resolveLocation(location, response.url, transport.options.endpoint);
    if (url === undefined) {
        throw senselessUpload(
            transport,
            request,
            "opens an upload and does not say where it goes on (no usable Location)",
        );
    }
    const told = header(response.headers, "oci-chunk-min-length");
    return {
        origin: url.origin,
        path: url.pathname + url.search,
        minChunk: told !== undefined && /^\d{1,12}$/.test(told) ? Number(told) : minChunk,
    };
}

export function senselessUpload(transport: Transport, request: RegistryRequest, what: string): RegistryError {
    const { host } = transport.options.endpoint;
    return transport.error(
        "PROTOCOL_ERROR",
        `Could not push the blob ${request.reference} of ${host}/${request.repository}: ${host} ${what}; check the registry and any proxy before it.`,
        request,
    );
}
