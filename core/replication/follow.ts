import { sleep as sleepUnlessAborted } from "../registry";
import type { ReplicationOptions } from "./types";

const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 15_000;
const PATIENCE_MS = 30 * 60_000;

/** What one look at an engine's work showed. */
export interface Seen<T> {
    /** Anything that changes shows that it goes on. */
    readonly mark: string;
    /** Set once it is over. */
    readonly end?: T;
}

/**
 * Looks again and again, ever more seldom, until it is over.
 *
 * @returns undefined where nothing went on for the whole patience
 * @throws what the signal was aborted with
 */
export async function followUntilEnd<T>(
    look: () => Promise<Seen<T>>,
    options: ReplicationOptions,
): Promise<T | undefined> {
    const {
        now = Date.now,
        patienceMs = PATIENCE_MS,
        pollMs = FIRST_POLL_MS,
        signal,
        sleep = sleepUnlessAborted,
    } = options;
    let mark: string | undefined;
    let since = now();
    for (let wait = pollMs; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
        signal?.throwIfAborted();
        const seen = await look();
        if (seen.end !== undefined) {
            return seen.end;
        }
        if (seen.mark !== mark) {
            mark = seen.mark;
            since = now();
        }
        if (now() - since >= patienceMs) {
            return undefined;
        }
        await sleep(wait, signal);
    }
}
