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

const SECOND = 1000;

/**
 * Keeps to the rates that a registry documents: no second, wherever it begins, has more requests of a kind than its rate.
 * A bucket that refills would let nearly twice as many pass in its first second. A width of one request is still 20 a
 * second at 50 ms of latency, so no limit of concurrency finds a rate of 10, and the 429s of the one kind of request would
 * halve the width of all others.
 */
export class Pacer {
    readonly #pace: Pace;
    readonly #reserved = new Map<keyof Pace, Window>();
    readonly #sent = new Map<keyof Pace, Window>();

    constructor(pace: Pace) {
        this.#pace = pace;
    }

    /** Books a time for the request, in the order of the calls. @returns milliseconds to wait before it asks for a place */
    reserve(request: RegistryRequest, now: number): number {
        return this.#next(this.#reserved, request, now);
    }

    /**
     * The last word, once the request has its place: those that waited for one would all be sent when there is room,
     * whatever times they had booked.
     *
     * @returns milliseconds to wait before it is sent
     */
    admit(request: RegistryRequest, now: number): number {
        return this.#next(this.#sent, request, now);
    }

    #next(windows: Map<keyof Pace, Window>, request: RegistryRequest, now: number): number {
        const kind = kindOf(request);
        if (kind === undefined) {
            return 0;
        }
        const window = windows.get(kind) ?? new Window(this.#pace[kind]);
        windows.set(kind, window);
        return window.take(now) - now;
    }
}

/** The last times at which something was let through, as many as there may be in a second. */
class Window {
    readonly #times: number[] = [];
    readonly #limit: number;
    #oldest = 0;

    constructor(limit: number) {
        this.#limit = limit;
    }

    /** The first time from `now` on at which one more may pass; it is taken. */
    take(now: number): number {
        const before = this.#times[this.#oldest];
        const time = before === undefined ? now : Math.max(now, before + SECOND);
        this.#times[this.#oldest] = time;
        this.#oldest = (this.#oldest + 1) % this.#limit;
        return time;
    }
}

/**
 * The pacers of a process, by host: AWS counts the account's requests in a region, and does not ask which pool of ours
 * sent them. @see ClientEnvironment.pacers
 */
export class Pacers {
    readonly #pacers = new Map<string, Pacer>();

    of(origin: string, pace: Pace): Pacer {
        const pacer = this.#pacers.get(origin) ?? new Pacer(pace);
        this.#pacers.set(origin, pacer);
        return pacer;
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
