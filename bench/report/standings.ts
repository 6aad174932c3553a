import { requestsOf, type Standing } from "../race";
import { count, megabytes, milliseconds, ratio, table } from "./markdown";

/** The table of one race; what did no asking at all (a bare start) stands apart at its end. */
export function standingsTable(standings: readonly Standing[], total: number): string {
    const sorted = [...standings].sort((a, b) => a.wallMs.median - b.wallMs.median);
    const idle = (standing: Standing) => requestsOf(standing) === 0;
    const rows = [...sorted.filter((one) => !idle(one)), ...sorted.filter(idle)].map((standing) => {
        const { contender, wallMs, cpuMs, peakBytes, requests, images } = standing;
        const part = images < total ? ` *` : "";
        return [
            `${contender.ours ? `**${contender.title}**` : contender.title}${part}`,
            `${milliseconds(wallMs.median)} (${count(wallMs.fastest)}–${count(wallMs.slowest)})`,
            milliseconds(cpuMs),
            megabytes(peakBytes),
            count(requestsOf(standing)),
            Object.entries(requests)
                .map(([kind, n]) => `${count(n)} ${kind}`)
                .join(", ") || "none",
        ];
    });
    const parts = standings.filter(({ images }) => images < total);
    const notes = parts.map(
        ({ contender, images }) =>
            `\\* ${contender.title}: extrapolated from rounds of ${images} images (× ${(total / images).toFixed(1)}); it starts a process for each reference, so that its cost grows evenly.`,
    );
    return [table(["tool", "wall time", "processor time", "peak memory", "requests", "which"], rows), ...notes].join(
        "\n\n",
    );
}

/** How fast a check is to be: a part of one peer's time. */
export interface TimeAim {
    /** The peer's title. */
    readonly peer: string;
    readonly share: number;
}

/** Whether the two aims are met, told from the figures: fewer requests than any peer, and a part of one peer's time. */
export function judgeAims(standings: readonly Standing[], references: number, aim: TimeAim): string {
    const ours = standings.find(({ contender }) => contender.ours);
    const peers = standings.filter((one) => !one.contender.ours && requestsOf(one) > 0);
    if (ours === undefined || peers.length === 0) {
        return "No peer was on this machine, so that nothing can be compared.";
    }
    return [judgeRequests(ours, peers, references), judgeTime(ours, peers, standings, aim)].join("\n\n");
}

function judgeRequests(ours: Standing, peers: readonly Standing[], references: number): string {
    const mine = requestsOf(ours);
    const sparing = least(peers, requestsOf);
    const theirs = requestsOf(sparing);
    const more = peers.filter((peer) => requestsOf(peer) > mine).map(({ contender }) => contender.title);
    if (mine < theirs) {
        return `Requests: **${ratio(mine, theirs)}** those of the most sparing peer (${sparing.contender.title}). The aim, fewer than any of them, is met.`;
    }
    const beaten = more.length > 0 ? `, and fewer than ${more.join(", ")}` : "";
    if (mine === theirs) {
        const floor =
            mine === references
                ? ` Nobody can ask less: ${count(references)} references are ${count(references)} HEADs, since no answer of a registry tells the digests of two tags.`
                : "";
        return `Requests: **as many as** ${sparing.contender.title}${beaten}. The aim, fewer than any of them, is met but for that tie.${floor}`;
    }
    return `Requests: **${ratio(mine, theirs)}** those of ${sparing.contender.title}${beaten}. The aim, fewer than any of them, is missed.`;
}

function judgeTime(
    ours: Standing,
    peers: readonly Standing[],
    all: readonly Standing[],
    { peer, share }: TimeAim,
): string {
    const rival = peers.find(({ contender }) => contender.title === peer);
    if (rival === undefined) {
        return `${peer} was not on this machine, so that no time can be compared.`;
    }
    const [mine, theirs] = [ours.wallMs.median, rival.wallMs.median];
    const others = peers
        .filter((one) => one !== rival)
        .map(({ contender, wallMs }) => `${ratio(mine, wallMs.median)} ${contender.title}`);
    const beside = others.length === 0 ? "" : ` (${others.join(", ")})`;
    const line = `Wall time: **${ratio(mine, theirs)}** ${peer}'s${beside}. The aim, ${share} of its time, is`;
    if (mine <= theirs * share) {
        return `${line} met.${judgeWriters(ours, peers)}`;
    }
    const start = all.find((one) => requestsOf(one) === 0);
    const startPart =
        start === undefined
            ? ""
            : ` Of our time ${milliseconds(start.wallMs.median)} is Node's own start, before a line of ours runs.`;
    return `${line} **missed** by ${milliseconds(mine - theirs * share)}: our processor time is ${milliseconds(ours.cpuMs)}, theirs ${milliseconds(rival.cpuMs)}.${startPart}${judgeWriters(ours, peers)}`;
}

/** What is faster and no check is told, lest the aim look better than it is. */
function judgeWriters(ours: Standing, peers: readonly Standing[]): string {
    return peers
        .filter(({ contender, wallMs }) => contender.writes && wallMs.median < ours.wallMs.median)
        .map(
            ({ contender, wallMs, cpuMs }) =>
                ` ${contender.title}, which is no check (it copies what differs) but asks the same, is faster: ${milliseconds(wallMs.median)} with ${milliseconds(cpuMs)} of processor time.`,
        )
        .join("");
}

function least<T>(items: readonly T[], by: (item: T) => number): T {
    return items.reduce((best, item) => (by(item) < by(best) ? item : best));
}
