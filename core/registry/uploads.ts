import { uploadInChunks } from "./chunked-upload";
import { RegistryError } from "./errors";
import { backoffMs } from "./http/backoff";
import type { RegistryRequest } from "./http/request";
import { waitOrThrow } from "./http/retry";
import type { Transport } from "./http/transport";
import { checkDigest, repositoryPath } from "./resource";
import {
    type BlobToUpload,
    finishUpload,
    MAX_BREAKS,
    RESTARTABLE,
    readSession,
    type Session,
    type UploadJob,
    uploadRequest,
} from "./upload-session";
import { type OpenSource, SourceFailure, UploadSource } from "./upload-source";
import { standingOf } from "./upload-status";

export interface UploadOptions {
    /**
     * Repositories of the same registry that may hold the blob, the likeliest first. Each costs one request. The target
     * itself may be among them where the registry's quirks say `mountsFromItself`: then no HEAD is needed before.
     */
    readonly mountFrom?: readonly string[];
    /**
     * Bytes of a chunk: a fault then costs a chunk and not the blob, for one request more each. A registry's own
     * minimum is kept; where chunks are not to be had (ghcr) the blob goes up whole.
     *
     * @default the whole blob in one request
     */
    readonly chunkBytes?: number;
}

/** A registry that does not mount answers so; the upload goes on without. */
const NO_MOUNT = new Set(["UNAUTHORIZED", "DENIED", "PROTOCOL_ERROR", "NAME_UNKNOWN", "BLOB_UNKNOWN"]);

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
        const chunkBytes = this.#transport.options.quirks.monolithicOnly ? 0 : (options.chunkBytes ?? 0);
        try {
            await this.#run({ repository, blob, source, chunkBytes, session: mount });
        } catch (error) {
            throw error instanceof SourceFailure ? error.cause : error;
        } finally {
            await source.dismiss();
        }
        return "uploaded";
    }

    /** After a fault the upload goes on where the registry says that it stopped, else anew in another session. */
    async #run(job: UploadJob): Promise<void> {
        const { environment, stats } = this.#transport.options;
        let offset = 0;
        let farthest = 0;
        let waited = 0;
        for (let attempt = 1; ; attempt += 1) {
            try {
                await this.#send(job, offset);
                stats.bytesSent += job.blob.size;
                return;
            } catch (error) {
                const failedAt = environment.now();
                // The time in which bytes travelled is none of the time that retries may take.
                const fault = await this.#recover(job, error, attempt, failedAt - waited);
                waited += environment.now() - failedAt;
                const standing = fault === undefined ? "lost" : await standingOf(this.#transport, job, fault);
                if (standing === "committed") {
                    return;
                }
                job.session = standing === "lost" ? undefined : standing.session;
                offset = standing === "lost" ? 0 : standing.received;
                if (offset > farthest) {
                    [attempt, waited, farthest] = [0, 0, offset];
                }
            }
        }
    }

    async #send(job: UploadJob, offset: number): Promise<void> {
        if (job.session === undefined) {
            job.session = await this.#start(job);
            job.continued = false;
        }
        const { session, blob, chunkBytes } = job;
        const chunked = chunkBytes > 0 && blob.size > Math.max(chunkBytes, session.minChunk);
        await (chunked || offset > 0
            ? uploadInChunks(this.#transport, job, session, offset)
            : finishUpload(this.#transport, job, session, 0));
    }

    /**
     * Waits until the upload may go on; throws where it must not.
     *
     * @returns the fault to ask the registry about; none where its session is given up
     */
    async #recover(
        job: UploadJob,
        error: unknown,
        attempt: number,
        started: number,
    ): Promise<RegistryError | undefined> {
        const { quirks, stats } = this.#transport.options;
        if (!(error instanceof RegistryError)) {
            throw error;
        }
        const mayChunk = job.chunkBytes === 0 && !quirks.monolithicOnly && job.blob.size > quirks.chunkBytes;
        if (error.status === 413 && mayChunk) {
            // Some proxy caps the size of a request: smaller ones may pass.
            job.chunkBytes = quirks.chunkBytes;
            stats.retries += 1;
            return undefined;
        }
        const lost = (error.status === 404 || error.status === 416) && error.code === "PROTOCOL_ERROR";
        // What a registry refuses of an upload that was gone on with may be its count's fault, not the bytes'.
        const doubtful =
            job.continued === true && (error.code === "PROTOCOL_ERROR" || error.code === "DIGEST_MISMATCH");
        const retryable = RESTARTABLE.has(error.code) || lost || doubtful;
        await waitOrThrow(this.#transport.options, { error, retryable }, attempt, started);
        stats.retries += 1;
        if (mayChunk && attempt > 1 && error.code === "NETWORK_ERROR") {
            // Who answers 413 and hangs up is not always heard before the connection breaks under what we send.
            job.chunkBytes = quirks.chunkBytes;
        }
        return doubtful && !lost ? undefined : error;
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
            const start = uploadRequest(this.#transport, "POST", repository, blob);
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
                session = readSession(this.#transport, request, response);
            } catch (error) {
                if (!(error instanceof RegistryError) || !NO_MOUNT.has(error.code)) {
                    throw error;
                }
            }
        }
        return session;
    }

    async #start({ repository, blob }: UploadJob): Promise<Session> {
        const request = uploadRequest(this.#transport, "POST", repository, blob);
        return readSession(this.#transport, request, await this.#transport.send(request));
    }

    #source(repository: string, blob: BlobToUpload, open: OpenSource): UploadSource {
        const { endpoint, environment } = this.#transport.options;
        return new UploadSource({
            open,
            size: blob.size,
            reopen: MAX_BREAKS,
            pause: (n) => environment.sleep(backoffMs(n, environment.retry, environment.random), environment.signal),
            wrongSize: (got) =>
                this.#transport.error(
                    "DIGEST_MISMATCH",
                    `The source of the blob ${blob.digest} gave ${got} of its ${blob.size} bytes, so it was not pushed to ${endpoint.host}/${repository}: try again, and do not use the source if it stays so.`,
                    uploadRequest(this.#transport, "PUT", repository, blob),
                ),
        });
    }
}
