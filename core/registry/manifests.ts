import {
    bareMediaType,
    type DigestAlgorithm,
    digestOf,
    isDigest,
    isSchema1Type,
    MANIFEST_ACCEPT,
    parseDigest,
    parseManifest,
} from "../oci";
import { isGone, RegistryError } from "./errors";
import { describeSubject, sentence } from "./http/describe";
import type { PullReservation } from "./http/pull-account";
import { header, MAX_MANIFEST_BYTES, type RegistryRequest, type RegistryResponse } from "./http/request";
import type { Transport } from "./http/transport";
import { manifestPath } from "./resource";

/** What a registry says of a manifest. */
export interface ManifestInfo {
    readonly digest: string;
    /** Without parameters, in lower case; empty where the registry does not tell. */
    readonly mediaType: string;
    /** Bytes; 0 where the registry does not tell (a HEAD without Content-Length). */
    readonly size: number;
}

export interface PutResult {
    readonly digest: string;
    /** `OCI-Subject`: the registry keeps the list of referrers itself. Without it the fallback tag is the pusher's work. */
    readonly subject?: string;
}

const ACCEPT = { accept: MANIFEST_ACCEPT };

/** Reading, writing and deleting manifests (distribution-spec 1.1). */
export class ManifestOperations {
    readonly #transport: Transport;

    constructor(transport: Transport) {
        this.#transport = transport;
    }

    /** One HEAD; a GET besides only for a registry that answers without `Docker-Content-Digest`. */
    async head(repository: string, reference: string): Promise<ManifestInfo> {
        const request = this.#request("HEAD", repository, reference);
        let response: RegistryResponse;
        try {
            response = await this.#transport.send(request);
        } catch (error) {
            if (error instanceof RegistryError && error.status === 404 && !isGone(error)) {
                // Some page says 404. What the registry itself says is in a GET's body, and a 404 costs no pull.
                return infoOf(await this.get(repository, reference));
            }
            throw error;
        }
        const told = header(response.headers, "docker-content-digest");
        const digest = isDigest(told) ? told : isDigest(reference) ? reference : undefined;
        if (digest === undefined) {
            return infoOf(await this.get(repository, reference));
        }
        if (isDigest(reference) && sameAlgorithm(digest, reference) && digest !== reference) {
            throw this.#mismatch(request, reference, digest);
        }
        return {
            digest,
            mediaType: bareMediaType(header(response.headers, "content-type")) ?? "",
            size: contentLength(response) ?? 0,
        };
    }

    /** The bytes as the registry has them, their digest checked. */
    async get(
        repository: string,
        reference: string,
        reservation?: PullReservation,
    ): Promise<ManifestInfo & { readonly bytes: Buffer }> {
        if (this.#transport.options.identity.pulls.mustAsk(repository)) {
            // Whatever it answers, the GET finds out by itself.
            await this.#transport.send(this.#request("HEAD", repository, reference)).catch(() => undefined);
        }
        const request = { ...this.#request("GET", repository, reference), reservation };
        const response = await this.#transport.send(request);
        const bytes = response.body;
        this.#transport.options.stats.bytesReceived += bytes.length;
        const mediaType = bareMediaType(header(response.headers, "content-type")) ?? "";
        if (isSchema1Type(mediaType)) {
            // Its digest is not of its bytes: there is nothing to compare. This throws the sentence that says so.
            parseManifest(bytes, mediaType);
        }
        const told = header(response.headers, "docker-content-digest");
        const wanted = isDigest(reference) ? reference : isDigest(told) ? told : undefined;
        const digest = digestOf(bytes, algorithmOf(wanted));
        if (wanted !== undefined && digest !== wanted) {
            throw this.#mismatch(request, wanted, digest);
        }
        return { digest, mediaType, size: bytes.length, bytes };
    }

    /**
     * Writes the bytes as they are. An immutable tag that already holds them is a success: some registries refuse even
     * that (aws/containers-roadmap#2380), also where it was our own first attempt that got through.
     */
    async put(repository: string, reference: string, bytes: Uint8Array, mediaType: string): Promise<PutResult> {
        const expected = digestOf(bytes, isDigest(reference) ? algorithmOf(reference) : undefined);
        const request: RegistryRequest = {
            ...this.#request("PUT", repository, reference),
            access: "push",
            headers: { "content-type": mediaType, "content-length": String(bytes.length) },
            body: bytes,
        };
        if (isDigest(reference) && expected !== reference) {
            throw this.#mismatch(request, reference, expected);
        }
        let response: RegistryResponse;
        try {
            response = await this.#transport.send(request);
        } catch (error) {
            if (await this.#holds(error, repository, reference, expected)) {
                return { digest: expected };
            }
            throw error;
        }
        this.#transport.options.stats.bytesSent += bytes.length;
        const other = wrongDigest(response, expected);
        if (other !== undefined) {
            // Bytes that were changed on their way may be under the tag by now: the right ones have to replace them.
            response = await this.#transport.send(request);
            if (wrongDigest(response, expected) !== undefined) {
                throw this.#mismatch(request, expected, other);
            }
        }
        const subject = header(response.headers, "oci-subject");
        return { digest: expected, ...(isDigest(subject) ? { subject } : {}) };
    }

    /** By tag: the tag alone, where the registry can. A repeated attempt may find that the first had done it. */
    async delete(repository: string, reference: string): Promise<void> {
        const request: RegistryRequest = { ...this.#request("DELETE", repository, reference), access: "delete" };
        const response = await this.#transport.send({ ...request, expected: [404] });
        if (response.status === 404 && response.attempts === 1) {
            throw this.#transport.refusal(request, response);
        }
    }

    #request(method: "GET" | "HEAD" | "PUT" | "DELETE", repository: string, reference: string): RegistryRequest {
        return {
            method,
            path: manifestPath(this.#transport.options.endpoint, repository, reference),
            subject: "manifest",
            access: "pull",
            repository,
            reference,
            headers: ACCEPT,
            maxBody: MAX_MANIFEST_BYTES,
        };
    }

    async #holds(error: unknown, repository: string, reference: string, digest: string): Promise<boolean> {
        if (!(error instanceof RegistryError) || error.code !== "TAG_IMMUTABLE") {
            return false;
        }
        try {
            return (await this.head(repository, reference)).digest === digest;
        } catch {
            return false;
        }
    }

    #mismatch(request: RegistryRequest, expected: string, actual: string): RegistryError {
        const subject = sentence(describeSubject(request, this.#transport.options.endpoint.host));
        return this.#transport.error(
            "DIGEST_MISMATCH",
            `${subject} has the digest ${actual} where ${expected} was expected: the bytes were changed on their way or in the registry; try again, and do not use this copy if it stays so.`,
            request,
        );
    }
}

/** The digest that the registry tells, where it is not that of the bytes. */
function wrongDigest(response: RegistryResponse, expected: string): string | undefined {
    const told = header(response.headers, "docker-content-digest");
    return isDigest(told) && sameAlgorithm(told, expected) && told !== expected ? told : undefined;
}

function infoOf({ digest, mediaType, size }: ManifestInfo): ManifestInfo {
    return { digest, mediaType, size };
}

function algorithmOf(digest: string | undefined): DigestAlgorithm | undefined {
    return digest === undefined ? undefined : parseDigest(digest).algorithm;
}

function sameAlgorithm(one: string, other: string): boolean {
    return algorithmOf(one) === algorithmOf(other);
}

export function contentLength(response: RegistryResponse): number | undefined {
    const text = header(response.headers, "content-length");
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
