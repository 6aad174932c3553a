import type { RegistryRequest } from "./request";

/** Requests a second, by what they do. */
export interface Pace {
    /** PUT of a manifest. */
    readonly manifestPuts: number;
    /** POST that opens an upload or mounts. */
    readonly uploadStarts: number;
    /** PUT that ends an upload. */
    readonly uploadEnds: number;
}

/**
 * Keeps to the rates that a registry documents: a bucket of tokens for each, which holds one second's worth. A width of
 * one request is still 20 a second at 50 ms of latency, so no limit of concurrency finds a rate of 10, and the 429s of
 * the one kind of request would halve the width of all others.
 */
export class Pacer {
    readonly #pace: Pace;
    /** For each kind when its bucket is full again, milliseconds since 1970. */
    readonly #fullAt = new Map<keyof Pace, number>();

    constructor(pace: Pace) {
        this.#pace = pace;
    }

    /** Takes one token for the request. @returns milliseconds to wait before it is sent */
    reserve(request: RegistryRequest, now: number): number {
        const kind = kindOf(request);
        if (kind === undefined) {
            return 0;
        }
        const cost = 1000 / this.#pace[kind];
        const fullAt = Math.max(this.#fullAt.get(kind) ?? 0, now) + cost;
        this.#fullAt.set(kind, fullAt);
        return Math.max(0, Math.ceil(fullAt - now - 1000));
    }
}

function kindOf({ method, subject }: RegistryRequest): keyof Pace | undefined {
    if (subject === "manifest") {
        return method === "PUT" ? "manifestPuts" : undefined;
    }
    if (subject !== "upload") {
        return undefined;
    }
    return method === "POST" ? "uploadStarts" : method === "PUT" ? "uploadEnds" : undefined;
}
