import { interleave, median } from "../measure/rounds";
import { sumOf } from "../servers/registry-server";
import type { Candidates, Copier } from "./copier";
import { type Errand, runCounted, runTimed, type TimedRun, type Traffic } from "./run";
import type { CopySite, Way } from "./site";

export interface CopyRaceOptions {
    /** Timed rounds after the counted run. */
    readonly rounds: number;
    /** Milliseconds that one round of a divisible tool may take; beyond it a part of the images is run. */
    readonly roundMs: number;
    /** Images with which settings are tried and a divisible tool begins. */
    readonly part: number;
    readonly log: (line: string) => void;
}

/** What one tool needed for all images; medians of the rounds. */
export interface CopyStanding {
    readonly copier: Copier;
    readonly wallMs: { readonly median: number; readonly fastest: number; readonly slowest: number };
    readonly cpuMs: number;
    readonly serversCpuMs?: number;
    readonly peakBytes?: number;
    readonly traffic: Traffic;
    /** Images of a round; fewer than all where the figures are extrapolated. */
    readonly images: number;
}

interface Entry {
    readonly errand: Errand;
    /** Of all images. */
    readonly traffic: Traffic;
}

/** Each tool's settings are chosen and its traffic is counted, then all copy in turn, round by round. */
export async function copyRace(
    site: CopySite,
    way: Way,
    tools: readonly Candidates[],
    options: CopyRaceOptions,
): Promise<CopyStanding[]> {
    const entries: Entry[] = [];
    for (const candidates of tools) {
        const copier = await bestOf(candidates, site, way, options);
        entries.push(await enter(copier, site, way, options));
    }
    const runs = await interleave(entries, options.rounds, async ({ errand }, round) => {
        const run = await runTimed(errand);
        const { title } = errand.copier;
        options.log(`round ${round + 1} of ${options.rounds}, ${title}: ${Math.round(run.cost.wallMs)} ms`);
        return run;
    });
    return entries.map((entry) => standingOf(entry, runs.get(entry) ?? []));
}

/** The settings that are the fastest here, tried on a part of the images. */
async function bestOf(candidates: Candidates, site: CopySite, way: Way, options: CopyRaceOptions): Promise<Copier> {
    let [best] = candidates;
    let fastest = Number.POSITIVE_INFINITY;
    for (const copier of candidates.length > 1 ? candidates : []) {
        const { cost } = await runTimed({ copier, images: site.images.slice(0, options.part), site, way });
        options.log(`trial, ${copier.title}, ${copier.settings}: ${Math.round(cost.wallMs)} ms`);
        if (cost.wallMs < fastest) {
            best = copier;
            fastest = cost.wallMs;
        }
    }
    return best;
}

/** The counted run, which also tells how many images of a divisible tool fit into a round. */
async function enter(copier: Copier, site: CopySite, way: Way, options: CopyRaceOptions): Promise<Entry> {
    const all = site.images.length;
    const { part, roundMs, log } = options;
    const first = copier.divisible ? Math.min(all, part) : all;
    const errand = { copier, images: site.images.slice(0, first), site, way };
    const { wallMs, traffic } = await runCounted(errand);
    const perImage = wallMs / first;
    const size = perImage * all <= roundMs ? all : Math.max(first, Math.floor(roundMs / perImage / part) * part);
    const rounds = copier.divisible && size < all ? `; rounds of ${size} images` : "";
    log(
        `counted, ${copier.title}, ${first} images: ${Math.round(wallMs)} ms, ${sumOf(traffic.requests)} requests${rounds}`,
    );
    return {
        errand: copier.divisible ? { ...errand, images: site.images.slice(0, size) } : errand,
        traffic: scaled(traffic, all / first),
    };
}

function scaled({ requests, sourceBytes, targetBytes }: Traffic, factor: number): Traffic {
    return {
        requests: Object.fromEntries(Object.entries(requests).map(([key, n]) => [key, Math.round(n * factor)])),
        sourceBytes: sourceBytes * factor,
        targetBytes: targetBytes * factor,
    };
}

function standingOf({ errand, traffic }: Entry, runs: readonly TimedRun[]): CopyStanding {
    const { copier, images, site } = errand;
    const factor = site.images.length / images.length;
    const walls = runs.map(({ cost }) => cost.wallMs * factor);
    const known = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined);
    const peaks = known(runs.map(({ cost }) => cost.peakBytes));
    const servers = known(runs.map(({ serversCpuMs }) => serversCpuMs));
    return {
        copier,
        wallMs: { median: median(walls), fastest: Math.min(...walls), slowest: Math.max(...walls) },
        cpuMs: median(runs.map(({ cost }) => cost.cpuMs)) * factor,
        ...(servers.length === 0 ? {} : { serversCpuMs: median(servers) * factor }),
        ...(peaks.length === 0 ? {} : { peakBytes: median(peaks) }),
        traffic,
        images: images.length,
    };
}
