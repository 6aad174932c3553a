import type { Contender } from "./contenders/contender";
import type { Fleet } from "./fleet";
import { interleave, median } from "./measure/rounds";
import { type Command, type Cost, type MeasuredRun, runMeasured } from "./measure/run-measured";
import type { FleetImage } from "./servers/fill";
import { mergeCounts, type RequestCounts, sumOf } from "./servers/registry-server";

export interface RaceOptions {
    /** Timed rounds after the warm-up. */
    readonly rounds: number;
    /** Milliseconds that one round of a divisible contender may take; beyond it a part of the images is run. */
    readonly roundMs: number;
    /** Images with which a divisible contender begins. */
    readonly part: number;
    readonly log: (line: string) => void;
}

/** What one contender needed for the whole fleet. */
export interface Standing {
    readonly contender: Contender;
    readonly wallMs: { readonly median: number; readonly fastest: number; readonly slowest: number };
    readonly cpuMs: number;
    readonly peakBytes?: number;
    readonly requests: RequestCounts;
    /** Images that a round really asked; fewer than the fleet's where the figures are extrapolated. */
    readonly images: number;
}

/** A contender ready to start, on its part of the images. */
interface Entry {
    readonly contender: Contender;
    readonly command: Command;
    readonly images: readonly FleetImage[];
    /** How much more the whole fleet is. */
    readonly factor: number;
}

/** Runs the contenders against one fleet: a warm-up that verifies, a counted run each, then timed rounds in turn. */
export async function race(
    fleet: Fleet,
    contenders: readonly Contender[],
    options: RaceOptions,
): Promise<readonly Standing[]> {
    const entries: Entry[] = [];
    for (const contender of contenders) {
        entries.push(await warmUp(fleet, contender, options));
    }
    const requests = new Map<Entry, RequestCounts>();
    for (const entry of entries) {
        requests.set(entry, await countRequests(fleet, entry));
    }
    const runs = await interleave(entries, options.rounds, async (entry, round) => {
        const { cost } = await runVerified(fleet, entry);
        const { title } = entry.contender;
        options.log(`round ${round + 1} of ${options.rounds}, ${title}: ${Math.round(cost.wallMs)} ms`);
        return cost;
    });
    return entries.map((entry) => standingOf(entry, runs.get(entry) ?? [], requests.get(entry) ?? {}));
}

/** A divisible contender begins with a small part, which tells how long all would take. */
async function warmUp(fleet: Fleet, contender: Contender, { roundMs, part, log }: RaceOptions): Promise<Entry> {
    const all = fleet.images.length;
    let size = contender.divisible ? Math.min(all, part) : all;
    let entry = await entryOf(fleet, contender, size);
    const { cost } = await runVerified(fleet, entry);
    if (size < all) {
        const perImage = cost.wallMs / size;
        size = perImage * all <= roundMs ? all : Math.max(size, Math.floor(roundMs / perImage / part) * part);
        entry = await entryOf(fleet, contender, size);
    }
    log(`warm-up, ${contender.title}: ${Math.round(cost.wallMs)} ms${size < all ? `; rounds of ${size} images` : ""}`);
    return entry;
}

async function entryOf(fleet: Fleet, contender: Contender, size: number): Promise<Entry> {
    const images = fleet.images.slice(0, size);
    return {
        contender,
        images,
        command: await contender.prepare(fleet, images),
        factor: fleet.images.length / size,
    };
}

async function runVerified(fleet: Fleet, { contender, command, images }: Entry): Promise<MeasuredRun> {
    const run = await runMeasured(command, fleet.directory);
    contender.verify(run, images);
    return run;
}

async function countRequests(fleet: Fleet, entry: Entry): Promise<RequestCounts> {
    const counts: RequestCounts[] = [];
    counts.push(
        await fleet.source.count(async () => {
            counts.push(await fleet.target.count(() => runVerified(fleet, entry)));
        }),
    );
    return mergeCounts(counts);
}

function standingOf({ contender, images, factor }: Entry, costs: readonly Cost[], requests: RequestCounts): Standing {
    const walls = costs.map(({ wallMs }) => wallMs * factor);
    const peaks = costs.flatMap(({ peakBytes }) => peakBytes ?? []);
    return {
        contender,
        wallMs: { median: median(walls), fastest: Math.min(...walls), slowest: Math.max(...walls) },
        cpuMs: median(costs.map(({ cpuMs }) => cpuMs)) * factor,
        peakBytes: peaks.length === 0 ? undefined : median(peaks),
        requests: Object.fromEntries(Object.entries(requests).map(([key, n]) => [key, Math.round(n * factor)])),
        images: images.length,
    };
}

/** All its requests. */
export function requestsOf(standing: Standing): number {
    return sumOf(standing.requests);
}
