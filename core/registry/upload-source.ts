import { RegistryError } from "./errors";

/**
 * Opens the bytes of a blob from `offset` on. `underway`: the upload has begun and waits for them, so that a source at
 * the same host must not wait for the upload's place (`getBlob`'s `urgent`).
 */
export type OpenSource = (offset: number, underway: boolean) => Promise<AsyncIterable<Uint8Array>>;

/** What a source threw while its bytes were on their way: no fault of the target's, so the upload's caller gets the cause. */
export class SourceFailure extends Error {
    constructor(cause: unknown) {
        super("the source of an upload failed", { cause });
    }
}

export interface UploadSourceOptions {
    readonly open: OpenSource;
    readonly size: number;
    /** Times in a row that a source which broke off is opened again. */
    readonly reopen: number;
    /** Waits before it is opened the `n`th time in a row. */
    readonly pause: (n: number) => Promise<void>;
    /** The sentence for a source that gives other than `size` bytes. */
    readonly wrongSize: (got: string) => RegistryError;
}

const BROKEN_OFF = new Set(["NETWORK_ERROR", "TIMEOUT", "SERVER_ERROR", "RATE_LIMITED"]);

/**
 * The bytes of one blob, in pieces of the upload's choosing. A source that breaks off is opened again where it broke,
 * while the upload goes on and notices nothing: what a restart would cost is everything sent so far.
 */
export class UploadSource {
    readonly #options: UploadSourceOptions;
    #iterator: AsyncIterator<Uint8Array> | undefined;
    #offset = 0;
    #rest: Uint8Array | undefined;
    #breaks = 0;

    constructor(options: UploadSourceOptions) {
        this.#options = options;
    }

    /** Makes `offset` the next byte; free where it already is. */
    async seek(offset: number): Promise<void> {
        if (this.#iterator === undefined || this.#offset !== offset) {
            await this.dismiss();
            this.#offset = offset;
            try {
                this.#iterator = (await this.#options.open(offset, false))[Symbol.asyncIterator]();
            } catch (error) {
                throw new SourceFailure(error);
            }
        }
    }

    /** The next bytes, `max` at most and at least one; the blob's last ones only once the source has ended rightly. */
    async take(max: number): Promise<Uint8Array> {
        const chunk = this.#rest ?? (await this.#read());
        const given = chunk.length > max ? chunk.subarray(0, max) : chunk;
        this.#rest = chunk.length > max ? chunk.subarray(max) : undefined;
        this.#offset += given.length;
        return given;
    }

    async dismiss(): Promise<void> {
        const iterator = this.#iterator;
        this.#iterator = undefined;
        this.#rest = undefined;
        await iterator?.return?.();
    }

    async #read(): Promise<Uint8Array> {
        const { size, wrongSize } = this.#options;
        const chunk = await this.#next();
        if (chunk === undefined) {
            throw new SourceFailure(wrongSize(`only ${this.#offset}`));
        }
        if (this.#offset + chunk.length > size) {
            throw new SourceFailure(wrongSize("more"));
        }
        if (this.#offset + chunk.length === size) {
            // What is left to say is whether the digest was right: to hear it first keeps the target from committing.
            const more = await this.#next(chunk.length);
            if (more !== undefined) {
                throw new SourceFailure(wrongSize("more"));
            }
        }
        return chunk;
    }

    /** The next chunk that is not empty; `undefined` at the end. @param ahead bytes in hand beyond the offset */
    async #next(ahead = 0): Promise<Uint8Array | undefined> {
        for (;;) {
            try {
                this.#iterator ??= await this.#reopened(this.#offset + ahead);
                const result = await this.#iterator.next();
                if (result.done) {
                    return undefined;
                }
                if (result.value.length > 0) {
                    this.#breaks = 0;
                    return result.value;
                }
            } catch (error) {
                await this.#mayReopen(error);
            }
        }
    }

    async #mayReopen(error: unknown): Promise<void> {
        this.#iterator = undefined;
        this.#breaks += 1;
        const broke = error instanceof RegistryError && BROKEN_OFF.has(error.code);
        if (!broke || this.#breaks > this.#options.reopen) {
            throw new SourceFailure(error);
        }
        await this.#options.pause(this.#breaks);
    }

    async #reopened(offset: number): Promise<AsyncIterator<Uint8Array>> {
        if (offset === this.#options.size) {
            return [][Symbol.iterator]() as unknown as AsyncIterator<Uint8Array>;
        }
        return (await this.#options.open(offset, true))[Symbol.asyncIterator]();
    }
}

/** `length` bytes of a source as a request's body. */
export class UploadBody implements AsyncIterableIterator<Uint8Array> {
    readonly #source: UploadSource;
    #left: number;

    constructor(source: UploadSource, length: number) {
        this.#source = source;
        this.#left = length;
    }

    async next(): Promise<IteratorResult<Uint8Array>> {
        if (this.#left === 0) {
            return { done: true, value: undefined };
        }
        const value = await this.#source.take(this.#left);
        this.#left -= value.length;
        return { done: false, value };
    }

    async return(): Promise<IteratorResult<Uint8Array>> {
        this.#left = 0;
        await this.#source.dismiss();
        return { done: true, value: undefined };
    }

    [Symbol.asyncIterator](): this {
        return this;
    }
}
