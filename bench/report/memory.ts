import { megabytes } from "./markdown";

/** Of one process at its peak, at a thousand images. */
const MOST_BYTES = 200 * 1024 * 1024;

/** Whether the aim for memory is met. @param subject as a sentence begins: `The command` */
export function judgeMemory(subject: string, peakBytes: number | undefined): string {
    if (peakBytes === undefined) {
        return `${subject}'s memory could not be measured here.`;
    }
    const verdict = peakBytes < MOST_BYTES ? "met" : "**missed**";
    return `${subject} takes ${megabytes(peakBytes)} at its peak; the aim, below ${megabytes(MOST_BYTES)}, is ${verdict}.`;
}
