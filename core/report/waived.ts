import type { EndedWaiver, Waived } from "../mirror";

/** `waived until 2026-12-01 18:00 UTC: the vendor moved the tag`. */
export function describeWaived({ until, reason }: Waived): string {
    return `waived until ${describeInstant(until)}: ${reason}`;
}

/** `The waiver of vault:1.18 ended at 2026-12-01 18:00 UTC: …; take it out of the catalogue`. */
export function describeEnded({ image, tag, registry, until, reason }: EndedWaiver): string {
    const subject = image === undefined ? "A maintenance window" : `The waiver of ${image}`;
    const where = `${tag === undefined ? "" : `:${tag}`}${registry === undefined ? "" : ` at ${registry}`}`;
    return `${subject}${where} ended at ${describeInstant(until)}: ${reason}; take it out of the catalogue`;
}

/**
 * A midnight is told as the day that it ends, since that is what a date in the catalogue says. What is no time, in a
 * document of somebody's, is told as it is.
 */
export function describeInstant(iso: string): string {
    const time = Date.parse(iso);
    if (Number.isNaN(time)) {
        return iso;
    }
    const text = new Date(time).toISOString();
    if (time % 86_400_000 === 0) {
        return `the end of ${new Date(time - 1).toISOString().slice(0, 10)} UTC`;
    }
    const seconds = time % 60_000 === 0 ? "" : text.slice(16, 19);
    return `${text.slice(0, 10)} ${text.slice(11, 16)}${seconds} UTC`;
}
