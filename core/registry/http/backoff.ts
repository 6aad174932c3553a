import type { RetrySettings } from "../settings";

/**
 * The pause before attempt `attempt + 1`, in milliseconds: exponential with jitter between a half and one and a half
 * of the mean, so that a hundred requests that failed together do not come back together.
 */
export function backoffMs(attempt: number, retry: Required<RetrySettings>, random: () => number): number {
    const mean = Math.min(retry.maxMs, retry.baseMs * 2 ** (attempt - 1));
    return Math.round(mean * (0.5 + random()));
}

/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date (RFC 9110, section 10.2.3). `undefined` for a header
 * that is missing or says neither; a date in the past is 0.
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
    const text = (Array.isArray(header) ? header[0] : header)?.trim();
    if (text === undefined || text === "") {
        return undefined;
    }
    if (/^\d+(?:\.\d+)?$/.test(text)) {
        return Math.ceil(Number(text) * 1000);
    }
    // Date.parse reads nearly anything ("5 apples" is a day in May): only a text that has a clock time is a date.
    if (!/\d\d:\d\d:\d\d/.test(text)) {
        return undefined;
    }
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
