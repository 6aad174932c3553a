import type { Output } from "./output";

/** One rewritten line on standard error. */
export interface Progress {
    update(done: number, total: number): void;
    /** Takes the line away. Harmless when asked twice. */
    stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

/** The library costs 13 ms to load, so it is loaded for a terminal only. */
export function startProgress(what: string, output: Output): Progress {
    if (!output.showsProgress) {
        return SILENT;
    }
    const { SingleBar } = require("cli-progress") as typeof import("cli-progress");
    const bar = new SingleBar({
        format: `${what} {bar} {value}/{total}`,
        barsize: 24,
        barCompleteChar: "█",
        barIncompleteChar: "░",
        clearOnComplete: true,
        hideCursor: true,
        fps: 10,
        stream: process.stderr,
        // Ctrl-C is the command's to handle.
        gracefulExit: false,
    });
    let isStarted = false;
    return {
        update: (done, total) => {
            if (!isStarted) {
                isStarted = true;
                bar.start(total, done);
            }
            bar.update(done);
        },
        stop: () => {
            if (isStarted) {
                isStarted = false;
                bar.stop();
            }
        },
    };
}
