import { backoffMs } from "./backoff";
import type { Failure } from "./failure";
import type { TransportOptions } from "./host";

/**
 * Waits until the next attempt may start; throws the failure's error where there is none: it is final, or the attempts
 * or the time are used up. A `Retry-After` holds the whole host.
 *
 * @param attempt the number of the attempt that failed, from 1
 * @param started when the first one began
 */
export async function waitOrThrow(
    { environment, link }: TransportOptions,
    { error, retryable }: Failure,
    attempt: number,
    started: number,
): Promise<void> {
    const { retry } = environment;
    if (!retryable || attempt >= retry.attempts) {
        throw error;
    }
    // "Retry-After: 0" is no leave to hammer.
    const pause = error.retryAfterMs || backoffMs(attempt, retry, environment.random);
    const now = environment.now();
    if (now + pause - started > retry.totalMs) {
        throw error;
    }
    if (error.retryAfterMs !== undefined) {
        link.limiter.pause(now + pause);
    }
    await environment.sleep(pause, environment.signal);
}
