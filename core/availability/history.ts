import { canonicalJson } from "../catalog";
import { median } from "./median";
import type { AvailabilityHistory, AvailabilitySummary, ProbeResult, RegionRanking } from "./types";

/** Results that are kept of each registry in each region. */
export const KEPT_RESULTS = 50;
/** A registry that answers less often is the best one nowhere. */
export const LEAST_RATIO = 0.95;

/**
 * One history of several, in whatever order and however often they come: each result once, of each registry and region
 * the newest `keep`. A registry whose host is another one now begins anew beside its old one. Pure.
 */
export function mergeHistories(
    histories: readonly Pick<AvailabilityHistory, "results">[],
    keep: number = KEPT_RESULTS,
): AvailabilityHistory {
    const places = new Map<string, Map<string, ProbeResult>>();
    for (const result of histories.flatMap(({ results }) => results)) {
        const place = placeOf(result);
        const known = places.get(place) ?? new Map<string, ProbeResult>();
        // The text tells results of one moment apart, so that the order of what is merged decides nothing.
        known.set(`${instant(result)}\n${canonicalJson(result)}`, result);
        places.set(place, known);
    }
    const results = [...places]
        .sort(byText)
        .flatMap(([, known]) => [...known].sort(byText).slice(-keep))
        .map(([, result]) => result);
    return { schemaVersion: 1, results };
}

/** What the results of each registry in each region say together, sorted by region, then registry. Pure. */
export function summarizeHistory({ results }: Pick<AvailabilityHistory, "results">): AvailabilitySummary[] {
    const places = new Map<string, ProbeResult[]>();
    for (const result of mergeHistories([{ results }], Number.POSITIVE_INFINITY).results) {
        const key = `${result.region}\n${placeOf(result)}`;
        places.set(key, [...(places.get(key) ?? []), result]);
    }
    return [...places].sort(byText).map(([, own]) => summarize(own));
}

/**
 * For each region the registries that are available often enough, the fastest first. Speed is bytes of a layer in a
 * second, so that registries can be compared of which nobody asked for the same layer; those whose speed nobody knows
 * come last, the one that answers a HEAD the sooner first. Pure.
 */
export function rankRegions(
    summaries: readonly AvailabilitySummary[],
    leastRatio: number = LEAST_RATIO,
): RegionRanking[] {
    const regions = [...new Set(summaries.map(({ region }) => region))].sort();
    return regions.map((region) => ({
        region,
        best: summaries
            .filter((one) => one.region === region && one.ratio >= leastRatio)
            .sort(
                (a, b) =>
                    (b.bytesPerSecond ?? 0) - (a.bytesPerSecond ?? 0) ||
                    (a.headMs ?? 0) - (b.headMs ?? 0) ||
                    (a.registry < b.registry ? -1 : 1),
            )
            .map(({ registry }) => registry),
    }));
}

function summarize(results: readonly ProbeResult[]): AvailabilitySummary {
    const newest = results.at(-1) as ProbeResult;
    const sum = (key: "asked" | "answered") => results.reduce((total, result) => total + result[key], 0);
    const medianOf = (key: "headMs" | "firstByteMs") => median(results.flatMap((result) => result[key] ?? []));
    const [asked, answered] = [sum("asked"), sum("answered")];
    const speeds = results.flatMap(({ bytes, downloadMs }) =>
        bytes === undefined || downloadMs === undefined ? [] : [(bytes * 1000) / Math.max(downloadMs, 0.1)],
    );
    const [headMs, firstByteMs, speed] = [medianOf("headMs"), medianOf("firstByteMs"), median(speeds)];
    return {
        registry: newest.registry,
        host: newest.host,
        region: newest.region,
        results: results.length,
        asked,
        answered,
        ratio: asked === 0 ? 0 : answered / asked,
        ...(headMs === undefined ? undefined : { headMs }),
        ...(firstByteMs === undefined ? undefined : { firstByteMs }),
        ...(speed === undefined ? undefined : { bytesPerSecond: Math.round(speed) }),
        at: newest.at,
        available: newest.available,
        ...(newest.reason === undefined ? undefined : { reason: newest.reason }),
    };
}

function placeOf({ registry, host, region }: ProbeResult): string {
    return JSON.stringify([registry, host, region]);
}

/** Of one width, so that texts sort as times do. */
function instant({ at }: ProbeResult): string {
    return new Date(at).toISOString().padStart(30);
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
