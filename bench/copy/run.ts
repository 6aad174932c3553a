import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { processTime } from "../measure/process-time";
import { type Cost, runMeasured } from "../measure/run-measured";
import { mergeCounts, type RegistryServer, type RequestCounts } from "../servers/registry-server";
import type { Copier } from "./copier";
import type { CopySite, SourceImage, Stage, Way } from "./site";
import { unequal } from "./verify";

/** One tool's work on some of the images. */
export interface Errand {
    readonly copier: Copier;
    readonly images: readonly SourceImage[];
    readonly site: CopySite;
    readonly way: Way;
}

export interface TimedRun {
    readonly cost: Cost;
    /** Milliseconds of processor time of all registries meanwhile; unknown where the system does not tell. */
    readonly serversCpuMs?: number;
}

/** What passed the servers in one run. */
export interface Traffic {
    readonly requests: RequestCounts;
    /** Bytes that the source sent, headers included. */
    readonly sourceBytes: number;
    /** Bytes that all targets got. */
    readonly targetBytes: number;
}

/** Nothing is between the tool and its registries but the latency that was asked for. */
export async function runTimed(errand: Errand): Promise<TimedRun> {
    const stage = await errand.site.stage(errand.way, false);
    try {
        const servers = [stage.source, ...stage.targets].map(({ server }) => server);
        const before = timeOf(servers);
        const cost = await copy(errand, stage);
        const after = timeOf(servers);
        await verify(errand, stage);
        return { cost, ...(before === undefined || after === undefined ? {} : { serversCpuMs: after - before }) };
    } finally {
        await stage.close();
    }
}

/** Counting costs the servers time, so that this run's time is a hint at most. */
export async function runCounted(errand: Errand): Promise<{ readonly wallMs: number; readonly traffic: Traffic }> {
    const stage = await errand.site.stage(errand.way, true);
    try {
        let wallMs = 0;
        const counts: RequestCounts[] = [];
        const work = [stage.source, ...stage.targets].reduce<() => Promise<unknown>>(
            (inner, { server }) =>
                async () =>
                    counts.push(await server.count(inner)),
            async () => {
                wallMs = (await copy(errand, stage)).wallMs;
            },
        );
        await work();
        await verify(errand, stage);
        const { sourceBytes, targetBytes } = await stage.passed();
        return { wallMs, traffic: { requests: mergeCounts(counts), sourceBytes, targetBytes } };
    } finally {
        await stage.close();
    }
}

/** An empty home each time; where nothing is to be carried the tool finds its own again, as it would in everyday use. */
async function copy({ copier, images, site }: Errand, stage: Stage): Promise<Cost> {
    const { equal } = site.scenario;
    const directory = join(site.directory, `home ${copier.title}`);
    if (!equal) {
        await rm(directory, { recursive: true, force: true });
    }
    await mkdir(directory, { recursive: true });
    const command = await copier.prepare({
        directory,
        source: stage.source.host,
        targets: stage.targets.map(({ host }) => host),
        images,
    });
    const run = await runMeasured(command, directory);
    if (run.exitCode !== 0) {
        const said = `${run.stderr}\n${run.stdout}`.trim().slice(0, 800);
        throw new Error(`${copier.title} (${copier.settings}) ended with exit code ${run.exitCode}.\n${said}`);
    }
    return run.cost;
}

async function verify({ copier, images }: Errand, stage: Stage): Promise<void> {
    for (const { server } of stage.targets) {
        const wrong = await unequal(server.host, images);
        if (wrong.length > 0) {
            const some = wrong.slice(0, 3).join(", ");
            throw new Error(
                `${copier.title} did not do its work: ${wrong.length} of ${images.length} images differ at a target: ${some}.`,
            );
        }
    }
}

function timeOf(servers: readonly RegistryServer[]): number | undefined {
    return servers.reduce<number | undefined>((sum, server) => {
        const time = processTime(server.pid());
        return sum === undefined || time === undefined ? undefined : sum + time;
    }, 0);
}
