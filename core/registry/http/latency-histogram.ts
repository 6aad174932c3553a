/** Renard's series R20 (ISO 3): twenty steps a decade, 12 % apart, with 1, 2.5 and 5 among them. */
const R20 = [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.24, 2.5, 2.8, 3.15, 3.55, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9] as const;
const FIRST_MS = 0.1;
const DECADES = 6;

/** Upper bounds in milliseconds, from 0.1 to 90,000. */
const BOUNDS = Float64Array.from(
    Array.from({ length: DECADES }, (_, decade) => R20.map((step) => rounded(step * FIRST_MS * 10 ** decade))).flat(),
);

/** How long answers took, in milliseconds. */
export interface Latency {
    readonly count: number;
    readonly sum: number;
    /** Exact. 0 for none. */
    readonly max: number;
    /** The value which that share of all (0 to 1) does not exceed, at most 13 % too high or low. 0 for none. */
    quantile(share: number): number;
    /** How many took `ms` or less; exact where it is one of R20's steps times a power of ten, from 0.1 to 90,000. */
    upTo(ms: number): number;
}

/**
 * Counts by fixed buckets: an answer costs a search among 120 bounds and nothing that has to be collected as garbage,
 * whether it is the first or the millionth.
 */
export class LatencyHistogram implements Latency {
    count = 0;
    sum = 0;
    max = 0;
    /** One more than there are bounds: what took longer than the last of them. */
    readonly #counts = new Float64Array(BOUNDS.length + 1);

    note(ms: number): void {
        this.count += 1;
        this.sum += ms;
        this.max = Math.max(this.max, ms);
        const bucket = bucketOf(ms);
        this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    }

    add(other: LatencyHistogram): void {
        this.count += other.count;
        this.sum += other.sum;
        this.max = Math.max(this.max, other.max);
        other.#counts.forEach((count, bucket) => {
            this.#counts[bucket] = (this.#counts[bucket] as number) + count;
        });
    }

    quantile(share: number): number {
        const rank = share * this.count;
        let before = 0;
        for (const [bucket, count] of this.#counts.entries()) {
            if (count > 0 && before + count >= rank) {
                const low = BOUNDS[bucket - 1] ?? 0;
                const high = Math.min(BOUNDS[bucket] ?? this.max, this.max);
                return Math.min(this.max, low + ((high - low) * (rank - before)) / count);
            }
            before += count;
        }
        return this.max;
    }

    upTo(ms: number): number {
        const last = bucketOf(ms);
        // A bound that lies within a bucket: nothing tells how many of it are below.
        const whole = BOUNDS[last] === ms ? last + 1 : last;
        return this.#counts.subarray(0, whole).reduce((sum, count) => sum + count, 0);
    }
}

/** All of them as one. */
export function mergeLatencies(all: Iterable<LatencyHistogram>): Latency {
    const merged = new LatencyHistogram();
    for (const one of all) {
        merged.add(one);
    }
    return merged;
}

/** The first bucket whose bound is not below `ms`. */
function bucketOf(ms: number): number {
    let low = 0;
    let high = BOUNDS.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((BOUNDS[middle] as number) < ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** 1.12 * 0.1 is 0.11200000000000002. */
function rounded(bound: number): number {
    return Number(bound.toPrecision(3));
}
