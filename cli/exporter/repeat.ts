export interface RepeatOptions {
    /** Milliseconds from one start to the next. */
    readonly interval: number;
    readonly signal: AbortSignal;
    /** Milliseconds of a clock that never goes back. */
    readonly now: () => number;
    /** Resolves after the time, or as soon as the signal aborts. */
    readonly sleep: (ms: number) => Promise<void>;
    /** At least 0, below 1. */
    readonly random: () => number;
    /** Called when the work took longer than the interval. */
    readonly onLate?: (took: number) => void;
}

/** Of the interval: by so much a start may be earlier or later, so that many exporters do not ask at one moment. */
const JITTER = 0.1;
/** Of the interval: at least so much rest, so that a look that is always late leaves the registries some. */
const REST = 0.1;

/** Does the work now and once in each interval, never twice at a time, until the signal aborts. */
export async function repeat(work: () => Promise<void>, options: RepeatOptions): Promise<void> {
    const { interval, signal, now, sleep, random, onLate } = options;
    while (!signal.aborted) {
        const started = now();
        await work();
        const took = now() - started;
        if (took > interval) {
            onLate?.(took);
        }
        const next = interval * (1 - JITTER + 2 * JITTER * random());
        await sleep(Math.max(next - took, interval * REST));
    }
}
