import { createDigester, type Digester, parseDigest } from "../oci";
import { blobRequest, wrongBlob } from "./blob-request";
import type { BlobOperations } from "./blobs";
import { Breaks } from "./breaks";
import { backoffMs } from "./http/backoff";
import type { Transport } from "./http/transport";
import { MAX_BREAKS } from "./upload-session";

/** The part of a descriptor that a read needs. */
export interface BlobToRead {
    readonly digest: string;
    /** Bytes. */
    readonly size: number;
}

export interface ReadBlobOptions {
    /** First byte wanted; what does not begin at 0 is not hashed. @default 0 */
    readonly offset?: number;
    /** As `GetBlobOptions.urgent`. @default false */
    readonly urgent?: boolean;
    /** False where every reader's registry hashes what it gets: the digest is not checked here. @default true */
    readonly verify?: boolean;
    /** As `GetBlobOptions.lend`. @default false */
    readonly lend?: boolean;
}

/**
 * A blob's bytes, which go on with a `Range` request where the connection broke: whoever reads notices nothing, and
 * the digest is that of all the bytes, however many connections brought them. To be read to its end or left with
 * `return`.
 */
export class ResumedRead implements AsyncIterableIterator<Buffer> {
    readonly #transport: Transport;
    readonly #blobs: BlobOperations;
    readonly #repository: string;
    readonly #blob: BlobToRead;
    readonly #urgent: boolean;
    readonly #lend: boolean;
    readonly #digester: Digester | undefined;
    #body: AsyncIterator<Buffer> | undefined;
    #next: number;
    readonly #breaks = new Breaks(MAX_BREAKS);
    #done = false;

    constructor(
        transport: Transport,
        blobs: BlobOperations,
        repository: string,
        blob: BlobToRead,
        options: ReadBlobOptions = {},
    ) {
        this.#transport = transport;
        this.#blobs = blobs;
        this.#repository = repository;
        this.#blob = blob;
        this.#urgent = options.urgent === true;
        this.#lend = options.lend === true;
        this.#next = options.offset ?? 0;
        const verify = options.verify !== false && this.#next === 0;
        this.#digester = verify ? createDigester(parseDigest(blob.digest).algorithm) : undefined;
    }

    /** Opens the body, so that a blob which cannot be had is told before anything waits for it. */
    async open(): Promise<this> {
        this.#body = await this.#open();
        return this;
    }

    async next(): Promise<IteratorResult<Buffer>> {
        while (!this.#done) {
            let result: IteratorResult<Buffer>;
            try {
                this.#body ??= await this.#open();
                result = await this.#body.next();
            } catch (error) {
                await this.#mayGoOn(error);
                continue;
            }
            if (result.done) {
                this.#checkEnd();
                break;
            }
            this.#next += result.value.length;
            this.#breaks.gain(result.value.length);
            this.#digester?.update(result.value);
            return result;
        }
        return { done: true, value: undefined };
    }

    async return(): Promise<IteratorResult<Buffer>> {
        this.#done = true;
        await this.#body?.return?.();
        return { done: true, value: undefined };
    }

    [Symbol.asyncIterator](): this {
        return this;
    }

    async #open(): Promise<AsyncIterator<Buffer>> {
        const { digest, size } = this.#blob;
        if (this.#next === size && size > 0) {
            return nothing();
        }
        const part = this.#next === 0 ? { size, verify: false } : { range: { start: this.#next } };
        const urgent = this.#urgent || this.#next > 0;
        const { body } = await this.#blobs.get(this.#repository, digest, { ...part, urgent, lend: this.#lend });
        return body[Symbol.asyncIterator]();
    }

    async #mayGoOn(error: unknown): Promise<void> {
        this.#body = undefined;
        const number = this.#breaks.next(error);
        if (number === undefined) {
            this.#done = true;
            throw error;
        }
        const { retry, random, signal, sleep } = this.#transport.options.environment;
        await sleep(backoffMs(number, retry, random), signal);
    }

    #checkEnd(): void {
        const { digest, size } = this.#blob;
        this.#done = true;
        const actual = this.#next === size ? (this.#digester?.digest() ?? digest) : undefined;
        if (actual !== digest) {
            const request = blobRequest(this.#transport, "GET", this.#repository, digest);
            const what =
                actual === undefined ? `ends after ${this.#next} of its ${size} bytes` : `has the digest ${actual}`;
            throw wrongBlob(this.#transport, request, what);
        }
    }
}

async function* nothing(): AsyncGenerator<Buffer> {
    // The whole blob was read, and only its end was not heard.
}
