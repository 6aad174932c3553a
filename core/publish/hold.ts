/**
 * An abort that can be kept waiting: while tags move, requests must go on to their end, or some tags would show one
 * version and some another. Who holds looks at `isInterrupted` between two steps.
 */
export class Hold {
    private readonly controller = new AbortController();
    private isHeld = false;

    constructor(private readonly outer: AbortSignal) {
        const onAbort = (): void => this.pass();
        outer.addEventListener("abort", onAbort, { once: true });
        this.pass();
    }

    /** What requests are given: it aborts with the outer one, but never while held. */
    get signal(): AbortSignal {
        return this.controller.signal;
    }

    /** Whether the outer signal has aborted, held or not. */
    get isInterrupted(): boolean {
        return this.outer.aborted;
    }

    /** Runs the work to its end, whatever the outer signal says meanwhile; an abort that came is passed on after it. */
    async during<T>(work: () => Promise<T>): Promise<T> {
        this.controller.signal.throwIfAborted();
        this.isHeld = true;
        try {
            return await work();
        } finally {
            this.isHeld = false;
            this.pass();
        }
    }

    private pass(): void {
        if (this.outer.aborted && !this.isHeld) {
            this.controller.abort(this.outer.reason);
        }
    }
}
