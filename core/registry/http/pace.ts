/** Bytes of a blob that one connection must bring for its break not to count as one in a row. */
export const PROGRESS_BYTES = 64 * 1024;
/** Bytes of an answer that must come within the longest silence that is borne: 68 a second by default. */
const LEAST_BYTES = 4096;

/**
 * Whether an answer's body comes fast enough to come to an end. A server that sends a byte now and then is never silent,
 * and would hold a carry for as long as it likes. It is looked at when bytes come, since a body of which none come is
 * ended by the timeout for silence: so this costs no timer.
 */
export class Pace {
    readonly #windowMs: number;
    #since: number;
    #bytes = 0;

    /** @param windowMs the longest silence, in milliseconds */
    constructor(windowMs: number, now: number) {
        this.#windowMs = windowMs;
        this.#since = now;
    }

    /** Bytes that came. @returns false where too few did in the time since the last window began */
    keeps(bytes: number, now: number): boolean {
        this.#bytes += bytes;
        if (now - this.#since < this.#windowMs) {
            return true;
        }
        const enough = this.#bytes >= LEAST_BYTES;
        this.restart(now);
        return enough;
    }

    /** A window begins: nobody was reading, so that what did not come says nothing. */
    restart(now: number): void {
        this.#since = now;
        this.#bytes = 0;
    }
}
