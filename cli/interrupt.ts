import { InterruptedError } from "./exit-code";

export interface Interruption {
    readonly signal: AbortSignal;
    /** Gives the signals back to Node. */
    release(): void;
}

/** Ctrl-C ends the work in order; a second one ends the process at once, as without us. */
export function watchSignals(): Interruption {
    const controller = new AbortController();
    const onInterrupt = (): void => stop("SIGINT");
    const onTerminate = (): void => stop("SIGTERM");
    const release = (): void => {
        process.off("SIGINT", onInterrupt);
        process.off("SIGTERM", onTerminate);
    };
    const stop = (signal: "SIGINT" | "SIGTERM"): void => {
        release();
        controller.abort(new InterruptedError(signal));
    };
    process.once("SIGINT", onInterrupt);
    process.once("SIGTERM", onTerminate);
    return { signal: controller.signal, release };
}
