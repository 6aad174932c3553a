/** A clock on which sleeping takes no time: who waits 7 s has waited 7 s of its own time, and those beside it as long. */
export class VirtualClock {
    #ahead = 0;
    /** Milliseconds of each sleep. */
    readonly slept: number[] = [];

    readonly now = (): number => Date.now() + this.#ahead;

    readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
        this.slept.push(ms);
        const until = this.now() + ms;
        await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted !== true) {
            this.#ahead = Math.max(this.#ahead, until - Date.now());
        }
    };
}
