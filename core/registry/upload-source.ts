import { Breaks } from "./breaks";
import type { RegistryError } from "./errors";

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

/** The bytes of one blob, in pieces of the upload's choosing. */
export class UploadSource {
    readonly #options: UploadSourceOptions;
    #reading: Reading | undefined;

    constructor(options: UploadSourceOptions) {
        this.#options = options;
    }

    /** Makes `offset` the next byte; free where it already is. */
    async seek(offset: number): Promise<void> {
        if (this.#reading?.at(offset)) {
            return;
        }
        // Not waited for: a source that is asked for bytes ends when they come.
        void this.dismiss().catch(() => undefined);
        const reading = new Reading(this.#options, offset);
        await reading.open();
        this.#reading = reading;
    }

    /** What was sought last. */
    get reading(): Reading | undefined {
        return this.#reading;
    }

    async dismiss(): Promise<void> {
        const reading = this.#reading;
        this.#reading = undefined;
        await reading?.dismiss();
    }
}

/**
 * The bytes from one offset on. A source that breaks off is opened again where it broke, while the upload goes on and
 * notices nothing: what a restart would cost is everything sent so far. An attempt that failed may still wait for bytes
 * when the next one begins: each reads from a reading of its own.
 */
class Reading {
    readonly #options: UploadSourceOptions;
    #iterator: AsyncIterator<Uint8Array> | undefined;
    #offset: number;
    #rest: Uint8Array | undefined;
    readonly #breaks: Breaks;
    #dismissed = false;

    constructor(options: UploadSourceOptions, offset: number) {
        this.#options = options;
        this.#offset = offset;
        this.#breaks = new Breaks(options.reopen);
    }

    async open(): Promise<void> {
        try {
            this.#iterator = (await this.#options.open(this.#offset, false))[Symbol.asyncIterator]();
        } catch (error) {
            throw new SourceFailure(error);
        }
    }

    at(offset: number): boolean {
        return !this.#dismissed && this.#iterator !== undefined && this.#offset === offset;
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
        this.#dismissed = true;
        this.#rest = undefined;
        await this.#iterator?.return?.();
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
        while (!this.#dismissed) {
            try {
                this.#iterator ??= await this.#reopened(this.#offset + ahead);
                const result = await this.#iterator.next();
                if (result.done) {
                    return undefined;
                }
                if (result.value.length > 0) {
                    this.#breaks.gain(result.value.length);
                    return result.value;
                }
            } catch (error) {
                await this.#mayReopen(error);
            }
        }
        throw new SourceFailure(new Error("nobody waits for these bytes any more"));
    }

    async #mayReopen(error: unknown): Promise<void> {
        this.#iterator = undefined;
        const number = this.#breaks.next(error);
        if (number === undefined) {
            throw new SourceFailure(error);
        }
        await this.#options.pause(number);
    }

    async #reopened(offset: number): Promise<AsyncIterator<Uint8Array>> {
        if (offset === this.#options.size) {
            return [][Symbol.iterator]() as unknown as AsyncIterator<Uint8Array>;
        }
        return (await this.#options.open(offset, true))[Symbol.asyncIterator]();
    }
}

/** `length` bytes of a source, from where it was sought to, as a request's body. */
export class UploadBody implements AsyncIterableIterator<Uint8Array> {
    readonly #reading: Reading | undefined;
    #left: number;

    constructor(source: UploadSource, length: number) {
        this.#reading = source.reading;
        this.#left = length;
    }

    async next(): Promise<IteratorResult<Uint8Array>> {
        if (this.#left === 0 || this.#reading === undefined) {
            return { done: true, value: undefined };
        }
        const value = await this.#reading.take(this.#left);
        this.#left -= value.length;
        return { done: false, value };
    }

    async return(): Promise<IteratorResult<Uint8Array>> {
        this.#left = 0;
        await this.#reading?.dismiss();
        return { done: true, value: undefined };
    }

    [Symbol.asyncIterator](): this {
        return this;
    }
}
