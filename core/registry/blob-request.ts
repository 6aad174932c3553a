import type { RegistryError } from "./errors";
import type { RegistryRequest } from "./http/request";
import type { Transport } from "./http/transport";
import { blobPath } from "./resource";

/** A request for a blob, by default at the repository's own path. */
export function blobRequest(
    transport: Transport,
    method: "GET" | "HEAD" | "DELETE",
    repository: string,
    digest: string,
    path = blobPath(transport.options.endpoint, repository, digest),
): RegistryRequest {
    return { method, path, subject: "blob", access: "pull", repository, reference: digest };
}

/** Bytes that are not those of the digest. */
export function wrongBlob(transport: Transport, request: RegistryRequest, what: string): RegistryError {
    return transport.error(
        "DIGEST_MISMATCH",
        `The blob ${request.reference} of ${transport.options.endpoint.host}/${request.repository} ${what}: the bytes were changed on their way or in the registry; try again, and do not use this copy if it stays so.`,
        request,
    );
}
