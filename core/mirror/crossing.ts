import { Broadcast } from "./broadcast";

export interface CrossingOptions {
    /** Who is to read; one that is not needed leaves. */
    readonly readers: ReadonlySet<string>;
    /** Opens the source from `offset` on. `urgent`: an upload under way waits for it. */
    readonly open: (offset: number, urgent: boolean) => Promise<AsyncIterable<Uint8Array>>;
    /** Milliseconds that those who are ready wait for the others. */
    readonly patienceMs: number;
    readonly stallMs: number;
    /** Bytes that the slowest reader may be behind the fastest. */
    readonly maxBehind: number;
    /** Resolves once there is room for one more download; gives the room back with what it resolves with. */
    readonly room: () => Promise<() => void>;
    /** A reader who is not needed any more, or did not come in time. */
    readonly onLeave: (reader: string) => void;
}

/**
 * One blob on its way from one source to several targets. It begins when all who are to read are ready, or have left;
 * whoever comes after that, or again, gets a download of its own.
 */
export class Crossing {
    private readonly expected: Set<string>;
    private readonly absent: Set<string>;
    private readonly inside = new Set<string>();
    private readonly ready = new Map<string, (body: Promise<AsyncIterable<Uint8Array>>) => void>();
    private started = false;
    private timer: NodeJS.Timeout | undefined;
    private readonly absence: NodeJS.Timeout | undefined;
    private room: Promise<() => void> | undefined;

    constructor(private readonly options: CrossingOptions) {
        this.expected = new Set(options.readers);
        this.absent = new Set(options.readers);
        this.absence = setTimeout(() => this.leaveAbsent(), options.patienceMs);
    }

    /** Whether who is not expected can still be served with the others. */
    get isOpen(): boolean {
        return !this.started;
    }

    /** A reader is here, whether it will need the bytes or not. */
    arrive(reader: string): void {
        this.absent.delete(reader);
        if (this.absent.size === 0) {
            clearTimeout(this.absence);
        }
    }

    /** Before anything is asked of a target: waits for the room that the download will take. */
    async enter(reader: string): Promise<void> {
        this.inside.add(reader);
        this.room ??= this.options.room();
        await this.room;
    }

    /** The bytes from `offset` on. */
    read(reader: string, offset: number, urgent: boolean): Promise<AsyncIterable<Uint8Array>> {
        if (offset > 0 || this.started || this.ready.has(reader)) {
            return this.options.open(offset, urgent);
        }
        return new Promise((resolve) => {
            this.ready.set(reader, resolve);
            this.expected.delete(reader);
            this.timer ??= setTimeout(() => this.start(), this.options.patienceMs);
            this.startWhenReady();
        });
    }

    /** It has the blob, or failed, or never needed it. */
    leave(reader: string): void {
        this.arrive(reader);
        this.expected.delete(reader);
        this.options.onLeave(reader);
        this.startWhenReady();
        if (this.inside.delete(reader) && this.inside.size === 0) {
            const { room } = this;
            this.room = undefined;
            room?.then((giveBack) => giveBack());
        }
    }

    private leaveAbsent(): void {
        for (const reader of [...this.absent]) {
            this.leave(reader);
        }
    }

    private startWhenReady(): void {
        if (this.expected.size === 0 && this.ready.size > 0) {
            this.start();
        }
    }

    private start(): void {
        clearTimeout(this.timer);
        if (this.started) {
            return;
        }
        this.started = true;
        const waiting = [...this.ready.values()];
        const opened = this.options.open(0, false);
        const [only] = waiting;
        if (waiting.length === 1 && only !== undefined) {
            only(opened);
            return;
        }
        const { maxBehind, stallMs } = this.options;
        const shared = opened.then((body) => {
            const broadcast = new Broadcast(body[Symbol.asyncIterator](), { maxBehind, stallMs });
            return waiting.map(() => broadcast.reader());
        });
        for (const [index, resolve] of waiting.entries()) {
            resolve(shared.then((readers) => readers[index] as AsyncIterable<Uint8Array>));
        }
    }
}
