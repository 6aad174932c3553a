import type { IncomingMessage, ServerResponse } from "node:http";

export interface LoggedRequest {
    readonly method: string;
    /** Path and query, below the API's root. */
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: unknown;
    /** What it was answered; 0 where it was not. */
    status: number;
}

/** Answers instead of the server where it returns true. */
export type Intercept = (request: LoggedRequest, response: ServerResponse) => boolean;

/** What goes wrong with requests that fit. */
export interface Fault {
    readonly method?: string;
    /** Of path and query below the API's root: `/contents/`. */
    readonly url?: RegExp | string;
    /** How many requests it hits; those before it are let through. @default 1 */
    readonly times?: number;
    /** How many requests that fit it lets through first. @default 0 */
    readonly after?: number;
    /** @default 500 */
    readonly status?: number;
    readonly message?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** The connection ends without an answer. */
    readonly close?: boolean;
    /** The request is done before: only the answer is another. */
    readonly done?: boolean;
}

/** GitHub's limits, as faults. (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api) */
export const FAULTS = {
    secondaryLimit: (retryAfter?: number): Fault => ({
        status: 403,
        message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }),
    }),
    /** @param reset seconds since 1970 */
    primaryLimit: (reset: number): Fault => ({
        status: 403,
        message: "API rate limit exceeded for user ID 1.",
        headers: { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) },
    }),
} as const;

export class FaultList<F extends Fault = Fault> {
    private readonly open: { readonly fault: F; seen: number }[] = [];

    add(fault: F): void {
        this.open.push({ fault, seen: 0 });
    }

    /** The fault of this request, the first that was added first. */
    take({ method, url }: Pick<LoggedRequest, "method" | "url">): F | undefined {
        for (const entry of this.open) {
            const { after = 0, method: wanted, times = 1, url: pattern } = entry.fault;
            const fits =
                (wanted === undefined || wanted === method) &&
                (pattern === undefined || (typeof pattern === "string" ? url.includes(pattern) : pattern.test(url)));
            if (!fits) {
                continue;
            }
            entry.seen += 1;
            if (entry.seen > after && entry.seen <= after + times) {
                return entry.fault;
            }
        }
        return undefined;
    }
}
