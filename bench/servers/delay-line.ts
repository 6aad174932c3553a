import type { Socket } from "node:net";

/** Bytes that are on their way at most, in one direction of one connection: 1 GB/s for the longest delay used here. */
const IN_FLIGHT = 16 * 1024 * 1024;

export interface DelayOptions {
    /** Milliseconds that every byte is on its way. */
    readonly delayMs: number;
    /** When the first byte may set out, as `performance.now()` tells it: until then the connection is being opened. */
    readonly opensAt: number;
    /** Called with the bytes that came in. */
    readonly count: (bytes: number) => void;
}

/**
 * One direction of a connection: what comes in goes out a fixed time later, in its order. Bytes go on flowing meanwhile,
 * as on a long cable: it is latency and no limit of throughput.
 */
export class DelayLine {
    private readonly queue: { readonly due: number; readonly bytes: Buffer | undefined }[] = [];
    private waiting = 0;
    private scheduled = false;
    private blocked = false;

    constructor(
        private readonly from: Socket,
        private readonly to: Socket,
        private readonly options: DelayOptions,
    ) {
        from.on("data", (bytes: Buffer) => {
            options.count(bytes.length);
            this.push(bytes);
            this.waiting += bytes.length;
            if (this.waiting > IN_FLIGHT) {
                from.pause();
            }
        });
        from.on("end", () => this.push(undefined));
        to.on("drain", () => {
            this.blocked = false;
            this.flush();
        });
    }

    private push(bytes: Buffer | undefined): void {
        const { delayMs, opensAt } = this.options;
        this.queue.push({ due: Math.max(performance.now(), opensAt) + delayMs, bytes });
        this.schedule();
    }

    private schedule(): void {
        const head = this.queue[0];
        if (head === undefined || this.scheduled || this.blocked) {
            return;
        }
        const wait = head.due - performance.now();
        if (wait < 0.5) {
            this.flush();
            return;
        }
        this.scheduled = true;
        setTimeout(() => {
            this.scheduled = false;
            this.flush();
        }, Math.round(wait));
    }

    private flush(): void {
        const now = performance.now() + 0.5;
        this.to.cork();
        for (let head = this.queue[0]; head !== undefined && head.due <= now && !this.blocked; head = this.queue[0]) {
            this.queue.shift();
            if (head.bytes === undefined) {
                this.to.end();
                continue;
            }
            this.waiting -= head.bytes.length;
            this.blocked = !this.to.write(head.bytes);
        }
        this.to.uncork();
        if (this.waiting <= IN_FLIGHT && this.from.isPaused()) {
            this.from.resume();
        }
        this.schedule();
    }
}
