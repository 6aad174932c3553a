import type { AvailabilitySummary } from "../../availability";
import { formatRatio } from "../availability";
import { count } from "../paint";
import { formatMilliseconds, formatRate } from "../units";
import type { MirrorRegistryDocument, MirrorsPart } from "./mirrors-document";
import { markdownCode, markdownTable, markdownText } from "./text";

/** A registry that nobody asked for so long may have changed since. */
const OLD_MS = 30 * 24 * 3_600_000;

/** The registries with what probes found of them, and for each region the order in which to try them. */
export function renderMirrorRegistries({ registries, best, at }: MirrorsPart): string {
    const regions = [...new Set(registries.flatMap(({ availability }) => availability.map(({ region }) => region)))];
    const columns = regions.sort();
    const header = [
        "Registry",
        "Host",
        "At the last proof",
        ...columns.map((region) => `From ${markdownCode(region)}`),
    ];
    const rows = registries.map((registry) => [
        markdownText(registry.name),
        markdownCode(registry.host),
        answerOf(registry),
        ...columns.map((region) => cellOf(registry.availability, region, at)),
    ]);
    const lines = best.map(({ region, best: names }) => {
        const [first, ...others] = names.map(markdownText);
        const then = others.length === 0 ? "" : `, then ${others.join(", ")}`;
        return first === undefined
            ? `- ${markdownCode(region)}: no registry is available often enough there`
            : `- ${markdownCode(region)}: **${first}**${then}`;
    });
    const ranking = lines.length === 0 ? [] : ["", "Best source for each region:", "", ...lines];
    return ["## Registries", "", markdownTable(header, rows), ...ranking].join("\n");
}

function answerOf({ up }: MirrorRegistryDocument): string {
    return up === undefined ? "not asked" : up ? "✓ answered" : "? did not answer";
}

function cellOf(availability: readonly AvailabilitySummary[], region: string, at: string): string {
    const one = availability.find((summary) => summary.region === region);
    if (one === undefined) {
        return "not probed";
    }
    const isOld = Date.parse(at) - Date.parse(one.at) > OLD_MS;
    return [
        `${one.available ? "✓" : "? now unavailable,"} ${formatRatio(one.ratio)} of ${count(one.asked, "pull")}`,
        ...(one.firstByteMs === undefined ? [] : [`first byte ${formatMilliseconds(one.firstByteMs)}`]),
        ...(one.bytesPerSecond === undefined ? [] : [formatRate(one.bytesPerSecond)]),
        ...(isOld ? [`last probed ${one.at.slice(0, 10)}`] : []),
    ].join(", ");
}
