import type { Latency } from "../../registry";
import { counter, type MetricFamily, type Sample, sample } from "./family";

/** What was asked of one registry since the start. */
export interface RequestTotal {
    /** The catalogue's name. */
    readonly registry: string;
    readonly host: string;
    /** Requests by method; tokens, retries and redirects are among them. */
    readonly byMethod: Readonly<Record<string, number>>;
    readonly retries: number;
    /** Answers that were 429. */
    readonly rateLimited: number;
    /** By method, milliseconds. */
    readonly latency: Readonly<Record<string, Latency>>;
}

/** Milliseconds; each is a bound of the histogram that counts, so that the numbers are exact. */
const BUCKETS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000] as const;

export function requestFamilies(environment: string, totals: readonly RequestTotal[]): MetricFamily[] {
    const labelled = totals.map((total) => ({
        ...total,
        labels: { environment, registry: total.registry, host: total.host },
    }));
    return [
        counter(
            "transship_registry_requests_total",
            "Requests for the registry; those for tokens, repeated and redirected ones are among them.",
            labelled.flatMap(({ labels, byMethod }) =>
                Object.entries(byMethod).map(([method, count]) => sample({ ...labels, method }, count)),
            ),
        ),
        counter(
            "transship_registry_retries_total",
            "Requests that repeat an earlier one which failed.",
            labelled.map(({ labels, retries }) => sample(labels, retries)),
        ),
        counter(
            "transship_registry_rate_limited_total",
            "Answers that were 429.",
            labelled.map(({ labels, rateLimited }) => sample(labels, rateLimited)),
        ),
        {
            name: "transship_registry_request_duration_seconds",
            help: "Time from a HEAD or GET to the head of the registry's answer.",
            type: "histogram",
            samples: labelled.flatMap(({ labels, latency }) =>
                Object.entries(latency).flatMap(([method, one]) => histogram({ ...labels, method }, one)),
            ),
        },
    ];
}

function histogram(labels: Readonly<Record<string, string>>, latency: Latency): Sample[] {
    const bucket = (le: string, value: number): Sample => ({ labels: { ...labels, le }, value, series: "bucket" });
    return [
        ...BUCKETS.map((ms) => bucket(String(ms / 1000), latency.upTo(ms))),
        bucket("+Inf", latency.count),
        { labels, value: latency.sum / 1000, series: "sum" },
        { labels, value: latency.count, series: "count" },
    ];
}
