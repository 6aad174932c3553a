import type { IncomingHttpHeaders } from "node:http";

/** What Docker Hub tells of the pull limit with each manifest request. A HEAD tells it and costs nothing. */
export interface RateLimit {
    /** Pulls in a window. */
    readonly limit: number;
    /** Pulls that are left in it. */
    readonly remaining: number;
    readonly windowSeconds: number;
    /** Whom the limit counts: an address or an account's identifier. */
    readonly source?: string;
}

/**
 * `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 76;w=21600`, `docker-ratelimit-source`. Without them the pull
 * is unlimited, and the answer `undefined`. (docs.docker.com/docker-hub/usage/pulls)
 */
export function readRateLimit(headers: IncomingHttpHeaders): RateLimit | undefined {
    const limitHeader = headers["ratelimit-limit"];
    if (limitHeader === undefined) {
        return undefined;
    }
    const limit = parse(limitHeader);
    const remaining = parse(headers["ratelimit-remaining"]);
    if (limit === undefined || remaining === undefined) {
        return undefined;
    }
    const source = headers["docker-ratelimit-source"];
    return {
        limit: limit.value,
        remaining: remaining.value,
        windowSeconds: limit.window ?? remaining.window ?? 0,
        ...(typeof source === "string" && source !== "" ? { source } : {}),
    };
}

function parse(header: string | string[] | undefined): { value: number; window?: number } | undefined {
    const text = Array.isArray(header) ? header[0] : header;
    const match = text === undefined ? null : /^\s*(\d+)\s*(?:;\s*w=(\d+))?/.exec(text);
    if (match === null) {
        return undefined;
    }
    return { value: Number(match[1]), ...(match[2] === undefined ? {} : { window: Number(match[2]) }) };
}
