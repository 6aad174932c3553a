import type { AvailabilitySummary, ProbeResult, RegionRanking } from "../availability";
import { count, painter, type TextOptions } from "./paint";
import { formatBytes, formatMilliseconds, formatRate } from "./units";

/** A line for each registry that a probe asked: whether it is available from here, how fast, and if not, why. */
export function renderProbe(results: readonly ProbeResult[], options: TextOptions = {}): string[] {
    const paint = painter(options);
    const width = Math.max(0, ...results.map(({ registry }) => registry.length));
    return results.map((result) => {
        const [sign, colour, word] = result.available ? (["✓", "green", "available"] as const) : UNAVAILABLE;
        const head = `${paint(colour, sign)} ${result.registry.padEnd(width)}  ${paint(colour, word)}`;
        const lost = result.asked - result.answered;
        const some = lost > 0 ? [`${lost} of ${count(result.asked, "sample")} failed`] : [];
        const why = result.reason === undefined ? [] : [result.reason];
        const facts = [...timesOf(result), ...some].join(", ");
        return [head, facts, ...why].filter((part) => part !== "").join(": ");
    });
}

const UNAVAILABLE = ["?", "yellow", "unavailable"] as const;

function timesOf({ headMs, firstByteMs, downloadMs, bytes }: ProbeResult): string[] {
    const head = headMs === undefined ? [] : [`HEAD ${formatMilliseconds(headMs)}`];
    if (firstByteMs === undefined || downloadMs === undefined || bytes === undefined) {
        return head;
    }
    const read = `${formatBytes(bytes)} in ${formatMilliseconds(downloadMs)}`;
    return [...head, `first byte ${formatMilliseconds(firstByteMs)}`, read];
}

/** For each region a line with its best sources, and one for each registry with what its history says. */
export function renderSummaries(
    summaries: readonly AvailabilitySummary[],
    ranking: readonly RegionRanking[],
    options: TextOptions = {},
): string[] {
    const paint = painter(options);
    const width = Math.max(0, ...summaries.map(({ registry }) => registry.length));
    return ranking.flatMap(({ region, best }) => [
        `${paint("bold", region)}: ${best.length === 0 ? "no registry is available often enough" : `best ${best.join(", then ")}`}`,
        ...summaries
            .filter((one) => one.region === region)
            .map((one) => `  ${one.registry.padEnd(width)}  ${describeSummary(one)}`),
    ]);
}

/** `98 % of 60 samples, first byte 80 ms, 14 MB/s`. */
function describeSummary({
    ratio,
    asked,
    firstByteMs,
    bytesPerSecond,
    available,
    reason,
}: AvailabilitySummary): string {
    return [
        `${formatRatio(ratio)} of ${count(asked, "sample")}`,
        ...(firstByteMs === undefined ? [] : [`first byte ${formatMilliseconds(firstByteMs)}`]),
        ...(bytesPerSecond === undefined ? [] : [formatRate(bytesPerSecond)]),
        ...(available || reason === undefined ? [] : [`now unavailable: ${reason}`]),
    ].join(", ");
}

/** `100 %` only where nothing failed, `0 %` only where nothing was answered. */
export function formatRatio(ratio: number): string {
    const percent = Math.round(ratio * 100);
    const shown = ratio < 1 ? Math.min(percent, 99) : percent;
    return `${ratio > 0 ? Math.max(shown, 1) : shown} %`;
}
