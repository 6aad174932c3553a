import type { JsonAnswer } from "./exchange";

/** Where a service does not say how long to wait. */
const UNTOLD_WAIT_MS = 10_000;

/**
 * How many milliseconds a service asks to wait; undefined where its answer is about no limit. `Retry-After` in seconds or
 * as a date, and Docker Hub's `X-Retry-After`, which is a moment in seconds of the Unix clock.
 * (https://docs.docker.com/reference/api/hub/latest/#tag/rate-limiting)
 */
export function waitFor({ headers, status }: JsonAnswer, now: number): number | undefined {
    if (status !== 429) {
        return undefined;
    }
    const moment = Number(headers["x-retry-after"]) * 1000;
    if (Number.isFinite(moment)) {
        return Math.max(0, moment - now);
    }
    const after = headers["retry-after"] ?? "";
    const seconds = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
    return Number.isFinite(seconds) ? Math.max(0, seconds) : UNTOLD_WAIT_MS;
}
