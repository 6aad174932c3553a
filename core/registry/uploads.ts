import { resolveLocation } from "./endpoint";
import { RegistryError } from "./errors";
import { backoffMs } from "./http/backoff";
import { header, type RegistryRequest, type RegistryResponse } from "./http/request";
import type { Transport } from "./http/transport";
import { checkDigest, repositoryPath, uploadPath } from "./resource";
import { type OpenSource, UploadBody, UploadSource } from "./upload-source";

export interface UploadOptions {
    /** Repositories of the same registry that may hold the blob, the likeliest first. Each costs one request. */
    readonly mountFrom?: readonly string[];
    /**
     * Bytes of a chunk: a fault then costs a chunk and not the blob, for one request more each. A registry's own
     * minimum is kept; where chunks are not to be had (ghcr) the blob goes up whole.
     *
     * @default the whole blob in one request
     */
    readonly chunkBytes?: number;
}

export interface BlobToUpload {
    readonly digest: string;
    /** Bytes. */
    readonly size: number;
}

/** An upload under way: where its next request goes. */
interface Session {
    readonly origin: string;
    /** Path and query, an opaque thing of the registry's. */
    readonly path: string;
    readonly minChunk: number;
}

interface Job {
    readonly repository: string;
    readonly blob: BlobToUpload;
    readonly source: UploadSource;
    chunkBytes: number;
}

const OCTETS = "application/octet-stream";
/** A fault after which the same upload may still succeed, by a new session or a further chunk. */
const RESTARTABLE = new Set(["NETWORK_ERROR", "TIMEOUT", "SERVER_ERROR", "RATE_LIMITED", "CONNECTION_REFUSED"]);
/** A registry that does not mount answers so; the upload goes on without. */
const NO_MOUNT = new Set(["UNAUTHORIZED", "DENIED", "PROTOCOL_ERROR", "NAME_UNKNOWN", "BLOB_UNKNOWN"]);
const MAX_BREAKS = 3;

/** Writing blobs (distribution-spec 1.1, "Pushing Blobs", "Mounting a blob from another repository"). */
export class UploadOperations {
    readonly #transport: Transport;

    constructor(transport: Transport) {
        this.#transport = transport;
    }

    async upload(
        repository: string,
        blob: BlobToUpload,
        open: OpenSource,
        options: UploadOptions = {},
    ): Promise<"mounted" | "uploaded"> {
        checkDigest(this.#transport.options.endpoint, blob.digest);
        const mount = await this.#mount(repository, blob, options.mountFrom ?? []);
        if (mount === "mounted") {
            return mount;
        }
        const source = this.#source(repository, blob, open);
        const wanted = this.#transport.options.quirks.monolithicOnly ? 0 : (options.chunkBytes ?? 0);
        try {
            await this.#run({ repository, blob, source, chunkBytes: wanted }, mount);
        } finally {
            await source.dismiss();
        }
        return "uploaded";
    }

    /** Starts anew after a fault, with a new session: what the old one holds is not known. */
    async #run(job: Job, first: Session | undefined): Promise<void> {
        const { environment } = this.#transport.options;
        const started = environment.now();
        let session = first;
        for (let attempt = 1; ; attempt += 1) {
            try {
                session ??= await this.#start(job);
                const chunked = job.chunkBytes > 0 && job.blob.size > Math.max(job.chunkBytes, session.minChunk);
                await (chunked ? this.#inChunks(job, session) : this.#whole(job, session));
                this.#transport.options.stats.bytesSent += job.blob.size;
                return;
            } catch (error) {
                session = undefined;
                await this.#recover(job, error, attempt, started);
            }
        }
    }

    async #recover(job: Job, error: unknown, attempt: number, started: number): Promise<void> {
        if (!(error instanceof RegistryError)) {
            throw error;
        }
        const { quirks, stats } = this.#transport.options;
        if (
            error.status === 413 &&
            job.chunkBytes === 0 &&
            !quirks.monolithicOnly &&
            job.blob.size > quirks.chunkBytes
        ) {
            // Some proxy caps the size of a request: smaller ones may pass.
            job.chunkBytes = quirks.chunkBytes;
            return;
        }
        const lost = error.status === 404 || error.status === 416;
        const retryable = RESTARTABLE.has(error.code) || (lost && error.code === "PROTOCOL_ERROR");
        await this.#transport.waitOrThrow({ error, retryable }, true, attempt, started);
        stats.retries += 1;
    }

    /** `POST ?mount=&from=`: 201 is done, 202 opens a session that is used for the upload. */
    async #mount(
        repository: string,
        blob: BlobToUpload,
        candidates: readonly string[],
    ): Promise<"mounted" | Session | undefined> {
        let session: Session | undefined;
        for (const from of candidates) {
            repositoryPath(this.#transport.options.endpoint, from);
            const start = this.#request("POST", repository, blob);
            const request: RegistryRequest = {
                ...start,
                path: `${start.path}?mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(from)}`,
                mountFrom: from,
            };
            try {
                const response = await this.#transport.send(request);
                if (response.status === 201) {
                    return "mounted";
                }
                session = this.#session(request, response, session?.minChunk);
            } catch (error) {
                if (!(error instanceof RegistryError) || !NO_MOUNT.has(error.code)) {
                    throw error;
                }
            }
        }
        return session;
    }

    async #start({ repository, blob }: Job): Promise<Session> {
        const request = this.#request("POST", repository, blob);
        return this.#session(request, await this.#transport.send(request));
    }

    async #whole({ repository, blob, source }: Job, session: Session): Promise<void> {
        const request: RegistryRequest = {
            ...this.#request("PUT", repository, blob),
            ...this.#finish(session, blob),
            headers: { "content-type": OCTETS, "content-length": String(blob.size) },
            retry: false,
            slow: true,
            openBody: blob.size === 0 ? undefined : () => this.#body(source, 0, blob.size),
        };
        this.#checkDigest(request, blob, await this.#transport.send(request));
    }

    async #inChunks(job: Job, first: Session): Promise<void> {
        const { blob, repository } = job;
        let session = first;
        let offset = 0;
        let breaks = 0;
        while (offset < blob.size) {
            try {
                const [next, received] = await this.#chunk(job, session, offset);
                breaks = received > offset ? 0 : breaks + 1;
                session = next;
                offset = received;
            } catch (error) {
                breaks += 1;
                await this.#mayContinue(error, breaks);
                [session, offset] = await this.#status(job, session);
            }
            if (breaks > MAX_BREAKS) {
                throw this.#senseless(this.#request("PATCH", repository, blob), "takes chunks and keeps none of them");
            }
        }
        const request: RegistryRequest = {
            ...this.#request("PUT", repository, blob),
            ...this.#finish(session, blob),
            headers: { "content-type": OCTETS, "content-length": "0" },
            retry: false,
            slow: true,
        };
        this.#checkDigest(request, blob, await this.#transport.send(request));
    }

    /** @returns where the next chunk goes, and the bytes that the registry has by now */
    async #chunk(
        { repository, blob, source, chunkBytes }: Job,
        session: Session,
        offset: number,
    ): Promise<[Session, number]> {
        const length = Math.min(Math.max(chunkBytes, session.minChunk), blob.size - offset);
        const request: RegistryRequest = {
            ...this.#request("PATCH", repository, blob),
            origin: session.origin,
            path: session.path,
            headers: {
                "content-type": OCTETS,
                "content-length": String(length),
                "content-range": `${offset}-${offset + length - 1}`,
            },
            retry: false,
            openBody: () => this.#body(source, offset, length),
        };
        const response = await this.#transport.send(request);
        const end = offset + length;
        return [this.#session(request, response, session.minChunk), end === 1 ? end : (received(response) ?? end)];
    }

    async #mayContinue(error: unknown, breaks: number): Promise<void> {
        const chunkFault = error instanceof RegistryError && (RESTARTABLE.has(error.code) || error.status === 416);
        if (!chunkFault || breaks > MAX_BREAKS) {
            throw error;
        }
        await this.#pause(breaks);
        this.#transport.options.stats.retries += 1;
    }

    /** Asks how much of an upload is there. */
    async #status({ repository, blob }: Job, session: Session): Promise<[Session, number]> {
        const request: RegistryRequest = {
            ...this.#request("GET", repository, blob),
            origin: session.origin,
            path: session.path,
        };
        const response = await this.#transport.send(request);
        const next =
            response.headers.location === undefined ? session : this.#session(request, response, session.minChunk);
        return [next, received(response) ?? 0];
    }

    #source(repository: string, blob: BlobToUpload, open: OpenSource): UploadSource {
        return new UploadSource({
            open,
            size: blob.size,
            reopen: MAX_BREAKS,
            pause: (n) => this.#pause(n),
            wrongSize: (got) =>
                this.#transport.error(
                    "DIGEST_MISMATCH",
                    `The source of the blob ${blob.digest} gave ${got} of its ${blob.size} bytes, so it was not pushed to ${this.#transport.options.endpoint.host}/${repository}: try again, and do not use the source if it stays so.`,
                    this.#request("PUT", repository, blob),
                ),
        });
    }

    async #body(source: UploadSource, offset: number, length: number): Promise<UploadBody> {
        await source.seek(offset);
        return new UploadBody(source, length);
    }

    async #pause(attempt: number): Promise<void> {
        const { environment } = this.#transport.options;
        await environment.sleep(backoffMs(attempt, environment.retry, environment.random), environment.signal);
    }

    #request(method: "GET" | "POST" | "PUT" | "PATCH", repository: string, blob: BlobToUpload): RegistryRequest {
        return {
            method,
            path: uploadPath(this.#transport.options.endpoint, repository),
            subject: "upload",
            access: "push",
            repository,
            reference: blob.digest,
            ...(method === "POST" ? { headers: { "content-length": "0" } } : {}),
        };
    }

    #finish({ origin, path }: Session, blob: BlobToUpload): { origin: string; path: string } {
        return { origin, path: `${path}${path.includes("?") ? "&" : "?"}digest=${encodeURIComponent(blob.digest)}` };
    }

    #session(request: RegistryRequest, response: RegistryResponse, minChunk = 0): Session {
        const location = header(response.headers, "location");
        const { endpoint } = this.#transport.options;
        const url = location === undefined ? undefined : resolveLocation(location, response.url, endpoint);
        if (url === undefined) {
            throw this.#senseless(request, "opens an upload and does not say where it goes on (no usable Location)");
        }
        const told = header(response.headers, "oci-chunk-min-length");
        return {
            origin: url.origin,
            path: url.pathname + url.search,
            minChunk: told !== undefined && /^\d{1,12}$/.test(told) ? Number(told) : minChunk,
        };
    }

    #senseless(request: RegistryRequest, what: string): RegistryError {
        const { host } = this.#transport.options.endpoint;
        return this.#transport.error(
            "PROTOCOL_ERROR",
            `Could not push the blob ${request.reference} of ${host}/${request.repository}: ${host} ${what}; check the registry and any proxy before it.`,
            request,
        );
    }

    #checkDigest(request: RegistryRequest, blob: BlobToUpload, response: RegistryResponse): void {
        const told = header(response.headers, "docker-content-digest");
        if (told?.startsWith(`${blob.digest.split(":", 1)[0]}:`) && told !== blob.digest) {
            throw this.#transport.error(
                "DIGEST_MISMATCH",
                `${this.#transport.options.endpoint.host} stored the blob ${blob.digest} of ${request.repository} as ${told}: it is no copy; try again, and report it to the registry if it stays so.`,
                request,
            );
        }
    }
}

/** `Range: 0-1023` is 1024 bytes; `0-0`, which registries say of nothing and of one byte, is taken for nothing. */
function received(response: RegistryResponse): number | undefined {
    const match = /^(?:bytes=)?0-(\d+)$/.exec(header(response.headers, "range") ?? "");
    if (match === null) {
        return undefined;
    }
    const last = Number(match[1]);
    return last === 0 ? 0 : last + 1;
}
