import { counter, gauge, type MetricFamily, sample } from "./family";

/**
 * How a look ended. `complete`: every copy could be judged, whatever was found; `incomplete`: something could not be
 * asked; `failed`: there is no result.
 */
export type LookResult = "complete" | "incomplete" | "failed";

/** How the looks go, whatever they find. Times in milliseconds since 1970. */
export interface LookStatus {
    readonly catalogValid: boolean;
    readonly counts: Readonly<Record<LookResult, number>>;
    /** When the last look ended. */
    readonly lastLook?: number;
    /** When the last complete look ended. */
    readonly lastSuccess?: number;
    /** Milliseconds that the last look took. */
    readonly duration?: number;
    /** Milliseconds from one look's start to the next one's; absent for a single look. */
    readonly interval?: number;
}

export function lookFamilies(environment: string, status: LookStatus): MetricFamily[] {
    const { catalogValid, counts, lastLook, lastSuccess, duration, interval } = status;
    const seconds = (milliseconds: number | undefined) =>
        milliseconds === undefined ? [] : [sample({ environment }, milliseconds / 1000)];
    return [
        gauge(
            "transship_last_success_timestamp_seconds",
            "When the last look ended in which every copy could be judged; absent before the first.",
            seconds(lastSuccess),
        ),
        gauge("transship_last_look_timestamp_seconds", "When the last look ended.", seconds(lastLook)),
        gauge("transship_look_duration_seconds", "How long the last look took.", seconds(duration)),
        gauge("transship_look_interval_seconds", "Time from one look's start to the next one's.", seconds(interval)),
        counter(
            "transship_looks_total",
            "Looks by how they ended; complete: every copy could be judged, whatever was found.",
            Object.entries(counts).map(([result, count]) => sample({ environment, result }, count)),
        ),
        gauge(
            "transship_catalog_valid",
            "1 if the catalogue's file is the one that is looked at, 0 if it is broken and an older one is.",
            [sample({ environment }, catalogValid ? 1 : 0)],
        ),
    ];
}

export function buildFamily(version: string): MetricFamily {
    return gauge("transship_build_info", "Always 1: the version of transship.", [sample({ version }, 1)]);
}
