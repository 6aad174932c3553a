import type { CopyStanding } from "../copy/race";
import { sumOf } from "../servers/registry-server";
import { count, megabytes, milliseconds, ratio, table } from "./markdown";

/** The table of one race, the fastest first. */
export function copyTable(standings: readonly CopyStanding[], total: number): string {
    const sorted = [...standings].sort((a, b) => a.wallMs.median - b.wallMs.median);
    const rows = sorted.map((standing) => {
        const { copier, wallMs, cpuMs, serversCpuMs, peakBytes, traffic, images } = standing;
        return [
            `${copier.ours ? `**${copier.title}**` : copier.title}${images < total ? " *" : ""}`,
            `${milliseconds(wallMs.median)} (${count(wallMs.fastest)}–${count(wallMs.slowest)})`,
            milliseconds(cpuMs),
            serversCpuMs === undefined ? "unknown" : milliseconds(serversCpuMs),
            megabytes(peakBytes),
            count(sumOf(traffic.requests)),
            tenths(traffic.sourceBytes),
            tenths(traffic.targetBytes),
        ];
    });
    const head = ["tool", "wall time", "processor time", "registries'", "peak memory", "requests", "read", "written"];
    const notes = sorted
        .filter(({ images }) => images < total)
        .map(
            ({ copier, images }) =>
                `\\* ${copier.title}: extrapolated from rounds of ${count(images)} images (× ${(total / images).toFixed(1)}); it starts a process for each copy, so that its cost grows evenly.`,
        );
    return [table(head, rows), ...notes].join("\n\n");
}

/** Which requests each tool sent, and with which settings it ran. */
export function copyNotes(standings: readonly CopyStanding[]): string {
    return standings
        .map(({ copier, traffic }) => {
            const kinds = Object.entries(traffic.requests).map(([kind, n]) => `${count(n)} ${kind}`);
            return `- ${copier.title} (${copier.version}), ${copier.settings}: ${kinds.join(", ") || "no request"}`;
        })
        .join("\n");
}

/** How one race stands to its aim. */
export interface Judgement {
    readonly ours: CopyStanding;
    readonly fastest: CopyStanding;
    /** Our wall time divided by the fastest peer's. */
    readonly ratio: number;
    readonly aim: number;
    readonly met: boolean;
}

/** Undefined where nobody was there to compare with. */
export function judgeCopy(standings: readonly CopyStanding[], aim: number): Judgement | undefined {
    const ours = standings.find(({ copier }) => copier.ours);
    const peers = standings.filter(({ copier }) => !copier.ours);
    if (ours === undefined || peers.length === 0) {
        return undefined;
    }
    const fastest = peers.reduce((best, peer) => (peer.wallMs.median < best.wallMs.median ? peer : best));
    const quotient = ours.wallMs.median / fastest.wallMs.median;
    return { ours, fastest, ratio: quotient, aim, met: quotient <= aim };
}

/** The sentence on the aim; where it is missed, with what the figures say on why. */
export function aimSentence(judgement: Judgement | undefined, cores: number): string {
    if (judgement === undefined) {
        return "No peer was on this machine, so that nothing can be compared.";
    }
    const { ours, fastest, aim, met } = judgement;
    const line = `Wall time: **${ratio(ours.wallMs.median, fastest.wallMs.median)}** the fastest peer's, ${fastest.copier.title}`;
    return met
        ? `${line}. The aim, ${aim.toFixed(1)}, is met.`
        : `${line}. The aim, ${aim.toFixed(1)}, is **missed**. ${why(judgement, cores)}`;
}

/** What the processors were busy with: only the time in which they wait can be won by asking more at a time. */
function why({ ours, fastest, aim }: Judgement, cores: number): string {
    const goal = fastest.wallMs.median * aim;
    const parts = [
        `That would be ${milliseconds(goal)}; ours takes ${milliseconds(ours.wallMs.median)}, of which its own processor time is ${milliseconds(ours.cpuMs)} (${fastest.copier.title}: ${milliseconds(fastest.cpuMs)})`,
    ];
    if (ours.serversCpuMs !== undefined) {
        const busy = (ours.cpuMs + ours.serversCpuMs) / (ours.wallMs.median * cores);
        parts.push(
            `the registries' is ${milliseconds(ours.serversCpuMs)}, so that together they kept ${cores} cores busy for ${Math.round(busy * 100)} % of the time`,
        );
        const floor = ours.serversCpuMs / cores;
        if (floor > goal) {
            parts.push(
                `the registries alone need ${milliseconds(floor)} on all cores for these requests, whatever the client does`,
            );
        }
    }
    return `${parts.join("; ")}.`;
}

/** All races in one table. */
export function aimsTable(
    rows: readonly { readonly title: string; readonly judgement: Judgement | undefined }[],
): string {
    return table(
        ["sync", "ours", "fastest peer", "which", "ratio", "aim", "requests", "bytes", ""],
        rows.map(({ title, judgement }) => {
            if (judgement === undefined) {
                return [title, "", "", "no peer", "", "", "", "", ""];
            }
            const { ours, fastest, aim, met } = judgement;
            return [
                title,
                milliseconds(ours.wallMs.median),
                milliseconds(fastest.wallMs.median),
                fastest.copier.title,
                `**${ratio(ours.wallMs.median, fastest.wallMs.median)}**`,
                aim.toFixed(1),
                ratio(sumOf(ours.traffic.requests), sumOf(fastest.traffic.requests)),
                ratio(bytesOf(ours), bytesOf(fastest)),
                met ? "met" : "missed",
            ];
        }),
    );
}

function bytesOf({ traffic }: CopyStanding): number {
    return traffic.sourceBytes + traffic.targetBytes;
}

function tenths(bytes: number): string {
    return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
