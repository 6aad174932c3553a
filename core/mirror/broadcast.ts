import { giveBack, RegistryError, share } from "../registry";

export interface BroadcastOptions {
    /** Bytes that the slowest reader may be behind before the fastest waits for it. */
    readonly maxBehind: number;
    /** Milliseconds that a reader may hold all the others up without taking a byte. */
    readonly stallMs: number;
}

/**
 * One download for several uploads: each chunk is read once and handed to every reader. The fastest reader drives, and
 * waits for the slowest when that is too far behind, so that a blob is never held whole. A reader that stops taking
 * bytes altogether is left behind with an error after which it may read on by itself; the others go on.
 */
export class Broadcast {
    private readonly readers = new Set<Reader>();
    private reading = false;
    private ended = false;
    private failure: { readonly error: unknown } | undefined;
    private stall: NodeJS.Timeout | undefined;

    constructor(
        private readonly source: AsyncIterator<Uint8Array>,
        private readonly options: BroadcastOptions,
    ) {}

    /** All readers are made before the first of them reads. */
    reader(): AsyncIterableIterator<Uint8Array> {
        const reader = new Reader(this);
        this.readers.add(reader);
        return reader;
    }

    /** The next chunk for whoever has taken all there is. Internal to the readers. */
    pull(): void {
        if (this.reading || this.settle()) {
            return;
        }
        if ([...this.readers].some((reader) => reader.behind >= this.options.maxBehind)) {
            this.stall ??= setTimeout(() => this.leaveBehind(), this.options.stallMs);
            return;
        }
        this.reading = true;
        this.source.next().then(
            (result) => this.take(result),
            (error: unknown) => {
                this.failure = { error };
                this.end();
            },
        );
    }

    /** A reader took a chunk: who waits for it may go on. */
    progressed(): void {
        if (this.stall !== undefined) {
            clearTimeout(this.stall);
            this.stall = undefined;
            this.pull();
        }
    }

    /** A reader that wants no more; with the last one the source is left, too. */
    async leave(reader: Reader): Promise<void> {
        this.readers.delete(reader);
        if (this.readers.size > 0) {
            this.progressed();
            return;
        }
        clearTimeout(this.stall);
        if (!this.ended) {
            this.ended = true;
            await this.source.return?.();
        }
    }

    private take(result: IteratorResult<Uint8Array>): void {
        if (result.done) {
            this.end();
            return;
        }
        this.reading = false;
        // Each reader's upload gives its share back.
        share(result.value, this.readers.size - 1);
        for (const reader of this.readers) {
            reader.push(result.value);
        }
        if ([...this.readers].some((reader) => reader.waits)) {
            this.pull();
        }
    }

    private end(): void {
        this.reading = false;
        this.ended = true;
        this.settle();
    }

    /** Tells the end to those that wait for more. */
    private settle(): boolean {
        if (this.ended) {
            for (const reader of this.readers) {
                reader.settle(this.failure);
            }
        }
        return this.ended;
    }

    private leaveBehind(): void {
        this.stall = undefined;
        for (const reader of [...this.readers].filter(({ behind }) => behind >= this.options.maxBehind)) {
            this.readers.delete(reader);
            reader.drop(fellBehind());
        }
        this.pull();
    }
}

interface Waiter {
    readonly resolve: (result: IteratorResult<Uint8Array>) => void;
    readonly reject: (error: unknown) => void;
}

class Reader implements AsyncIterableIterator<Uint8Array> {
    private chunks: Uint8Array[] = [];
    private first = 0;
    private waiter: Waiter | undefined;
    private dropped: unknown;
    private failure: { readonly error: unknown } | undefined;
    private done = false;
    behind = 0;

    constructor(private readonly broadcast: Broadcast) {}

    get waits(): boolean {
        return this.waiter !== undefined;
    }

    next(): Promise<IteratorResult<Uint8Array>> {
        if (this.dropped !== undefined) {
            return Promise.reject(this.dropped);
        }
        const chunk = this.chunks[this.first];
        if (chunk !== undefined) {
            this.first += 1;
            this.behind -= chunk.length;
            if (this.first === this.chunks.length) {
                this.chunks = [];
                this.first = 0;
            }
            this.broadcast.progressed();
            return Promise.resolve({ done: false, value: chunk });
        }
        if (this.failure !== undefined) {
            return Promise.reject(this.failure.error);
        }
        if (this.done) {
            return Promise.resolve({ done: true, value: undefined });
        }
        return new Promise((resolve, reject) => {
            this.waiter = { resolve, reject };
            this.broadcast.pull();
        });
    }

    async return(): Promise<IteratorResult<Uint8Array>> {
        this.clear();
        this.done = true;
        await this.broadcast.leave(this);
        return { done: true, value: undefined };
    }

    [Symbol.asyncIterator](): this {
        return this;
    }

    push(chunk: Uint8Array): void {
        const waiter = this.waiter;
        if (waiter !== undefined) {
            this.waiter = undefined;
            waiter.resolve({ done: false, value: chunk });
            return;
        }
        this.chunks.push(chunk);
        this.behind += chunk.length;
    }

    /** What it has not taken yet is given first. */
    settle(failure: { readonly error: unknown } | undefined): void {
        const waiter = this.waiter;
        this.waiter = undefined;
        this.failure = failure;
        this.done = true;
        if (failure === undefined) {
            waiter?.resolve({ done: true, value: undefined });
        } else {
            waiter?.reject(failure.error);
        }
    }

    drop(error: unknown): void {
        this.clear();
        this.dropped = error;
    }

    private clear(): void {
        for (const chunk of this.chunks.slice(this.first)) {
            giveBack(chunk);
        }
        this.chunks = [];
        this.first = 0;
        this.behind = 0;
    }
}

/** A broken connection to whoever reads: the upload opens the source again, where it stopped. */
function fellBehind(): RegistryError {
    const message = "The upload took no bytes for too long and went on by a download of its own.";
    return new RegistryError("NETWORK_ERROR", message, { host: "", method: "GET", url: "" });
}
