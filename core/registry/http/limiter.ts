/** What a request came to, as far as the host's load is concerned. */
export type Outcome =
    /** Answered. */
    | "ok"
    /** 429 or 503: too much. */
    | "overload"
    /** Says nothing of the load: aborted, refused, a body that took its time. */
    | "neutral";

export interface LimiterOptions {
    /** Requests at a time, at most. */
    readonly ceiling: number;
    /** @default 8, or the ceiling */
    readonly start?: number;
    readonly now: () => number;
}

/** Latency that is never taken for a sign of load: a local registry's is a fraction of it. */
const LATENCY_FLOOR_MS = 40;
const LATENCY_FACTOR = 2.5;
/** Answers after which the best latency is measured anew, so that a lucky first one does not count for ever. */
const BASELINE_WINDOW = 200;

/** The best latency of one kind of request, milliseconds: of the last window and of the one under way. */
interface Baseline {
    best: number;
    next: number;
    answers: number;
}

/**
 * How many requests one host gets at a time: additive increase, multiplicative decrease, as TCP finds its rate. It
 * starts modest; while latency holds it doubles with each round until the first sign of load and then grows by one a
 * round; it halves on 429 and 503, once for all requests that were under way together. Who waits is served in order.
 */
export class Limiter {
    #ceiling: number;
    #limit: number;
    #active = 0;
    #slowStart = true;
    #grown = 0;
    #lastCut = Number.NEGATIVE_INFINITY;
    readonly #baselines = new Map<string, Baseline>();
    #pausedUntil = 0;
    #waiting: Array<() => void> = [];
    #first = 0;
    readonly #now: () => number;

    constructor(options: LimiterOptions) {
        this.#ceiling = Math.max(1, Math.floor(options.ceiling));
        this.#limit = Math.min(this.#ceiling, options.start ?? 8);
        this.#now = options.now;
    }

    /** Requests that may be under way now. */
    get limit(): number {
        return Math.floor(this.#limit);
    }

    get active(): number {
        return this.#active;
    }

    /** Milliseconds since 1970 before which nothing may be sent; 0 for none. */
    get pausedUntil(): number {
        return this.#pausedUntil;
    }

    /** Two clients of one host with different ceilings: the lower one is what somebody meant. */
    lowerCeiling(ceiling: number): void {
        this.#ceiling = Math.max(1, Math.min(this.#ceiling, Math.floor(ceiling)));
        this.#limit = Math.min(this.#limit, this.#ceiling);
    }

    /** `Retry-After` is for the host, not for the one request that heard it. */
    pause(until: number): void {
        this.#pausedUntil = Math.max(this.#pausedUntil, until);
    }

    /**
     * Takes a place; `undefined` when there is one at once, so that the common case costs no promise.
     *
     * @param urgent takes it beyond the limit, too: who holds a place waits for this one
     */
    acquire(urgent = false): Promise<void> | undefined {
        if (urgent || (this.#active < this.limit && this.#first === this.#waiting.length)) {
            this.#active += 1;
            return undefined;
        }
        return new Promise((resolve) => {
            this.#waiting.push(resolve);
        });
    }

    /**
     * Gives the place back.
     *
     * @param startedAt when its request was sent
     * @param latency milliseconds to the response's headers
     * @param kind what sort of request it was: an upload's start takes longer than a HEAD at a host without any load
     */
    release(outcome: Outcome, startedAt = 0, latency?: number, kind = ""): void {
        this.#active -= 1;
        if (outcome === "overload") {
            this.#cut(startedAt);
        } else if (outcome === "ok" && latency !== undefined) {
            this.#learn(latency, kind);
        }
        this.#wake();
    }

    #cut(startedAt: number): void {
        // Answers to requests sent before the last cut are of the same overload: they must not cut again.
        if (startedAt < this.#lastCut) {
            return;
        }
        this.#lastCut = this.#now();
        this.#slowStart = false;
        this.#grown = 0;
        this.#limit = Math.max(1, this.#limit / 2);
    }

    #learn(latency: number, kind: string): void {
        const best = this.#bestOf(kind, latency);
        if (this.#limit >= this.#ceiling) {
            return;
        }
        if (latency > Math.max(LATENCY_FLOOR_MS, best * LATENCY_FACTOR)) {
            this.#slowStart = false;
            return;
        }
        // Only a limit that is in the way is a reason to raise it.
        if (this.#first === this.#waiting.length && this.#active < this.limit - 1) {
            return;
        }
        this.#grown += 1;
        if (this.#slowStart || this.#grown >= this.#limit) {
            this.#grown = 0;
            this.#limit = Math.min(this.#ceiling, this.#limit + 1);
        }
    }

    #bestOf(kind: string, latency: number): number {
        let known = this.#baselines.get(kind);
        if (known === undefined) {
            known = { best: latency, next: latency, answers: 0 };
            this.#baselines.set(kind, known);
        }
        known.best = Math.min(known.best, latency);
        known.next = Math.min(known.next, latency);
        known.answers += 1;
        if (known.answers >= BASELINE_WINDOW) {
            known.best = known.next;
            known.next = Number.POSITIVE_INFINITY;
            known.answers = 0;
        }
        return known.best;
    }

    #wake(): void {
        while (this.#active < this.limit && this.#first < this.#waiting.length) {
            const next = this.#waiting[this.#first] as () => void;
            this.#first += 1;
            if (this.#first === this.#waiting.length) {
                this.#waiting = [];
                this.#first = 0;
            }
            this.#active += 1;
            next();
        }
    }
}
