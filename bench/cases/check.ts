import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchCase, BenchOptions, CaseResult } from "../case";
import type { Absence, Contender } from "../contenders/contender";
import { craneDigest } from "../contenders/crane";
import { adviceFor, findPeer } from "../contenders/find-peers";
import { nodeStart } from "../contenders/node-start";
import { regsync } from "../contenders/regsync";
import { skopeoInspect } from "../contenders/skopeo";
import { transshipCheck } from "../contenders/transship";
import { Fleet } from "../fleet";
import { roundTrip } from "../measure/round-trip";
import { runMeasured } from "../measure/run-measured";
import { race } from "../race";
import { count } from "../report/markdown";
import { judgeMemory } from "../report/memory";
import { judgeAims, standingsTable } from "../report/standings";
import { dockerRegistry } from "../servers/docker-registry";
import { embeddedRegistry } from "../servers/embedded";
import { ForwardProxy } from "../servers/forward-proxy";
import type { RegistryMake } from "../servers/registry-server";

/** What `regsync once` may do at a time; the fastest of these on this machine runs. */
const PARALLEL = [4, 8, 16, 32];
/** Milliseconds that every byte is on its way, in each direction, where there is latency. */
const DELAY_MS = 15;
/** A check that goes one by one takes a minute there. */
const DELAYED_ROUNDS = 3;
/** Of regsync, whose check asks for one at a time whatever it may do. */
const LATENCY_PARALLEL = 32;
/** Parts of regsync's time that a check is to take at most: on loopback, and with latency. */
const AIMS = { loopback: { peer: "regsync check", share: 0.8 }, latency: { peer: "regsync check", share: 0.2 } };

/** Runs of each of them, of which the best counts. */
const TRIALS = 2;

/** A check of a consistent fleet on two registries, beside the peers, on each make of registry. */
export const checkCase: BenchCase = {
    name: "check",
    title: "A check of a fleet on two registries",

    async run(options: BenchOptions): Promise<CaseResult> {
        const images = options.short ? 50 : 1000;
        const rounds = options.short ? 1 : 7;
        const absent: Absence[] = [];
        const findings: string[] = [];
        for (const [index, make] of makes(absent).entries()) {
            const found = await onMake(
                make,
                { ...options, directory: join(options.directory, String(index)) },
                images,
                rounds,
                absent,
            );
            findings.push(`### ${make.title}`, ...found);
        }
        const titles = new Map(absent.map((one) => [one.title, one]));
        for (const { title, advice } of titles.values()) {
            findings.push(`**${title} is not on this machine** and was left out: ${advice}.`);
        }
        return {
            method: `${count(images)} images of two platforms, one tag each, on a source and a target registry, all equal; both registries are processes of their own on 127.0.0.1, without TLS and without credentials, the same for every tool. After a warm-up that verifies each tool's answer, and a run whose requests are counted at the servers, ${rounds} timed round${rounds === 1 ? "" : "s"} with the tools in turn, each answer verified. Peak memory is that of a tool's largest process.`,
            findings,
        };
    },
};

function makes(absent: Absence[]): RegistryMake[] {
    const distribution = findPeer("docker-registry");
    if (distribution === undefined) {
        absent.push({ title: "docker-registry", advice: adviceFor("docker-registry") });
        return [embeddedRegistry];
    }
    return [embeddedRegistry, dockerRegistry(distribution.path)];
}

async function onMake(
    make: RegistryMake,
    { short, directory, log }: BenchOptions,
    images: number,
    rounds: number,
    absent: Absence[],
): Promise<string[]> {
    const folders = { work: directory, source: join(directory, "source"), target: join(directory, "target") };
    await mkdir(folders.source, { recursive: true });
    await mkdir(folders.target, { recursive: true });
    log(`filling two registries of ${make.title} with ${count(images)} images each`);
    const fleet = await Fleet.start(make, images, folders);
    try {
        const contenders = [transshipCheck, ...(await peers(fleet, absent)), nodeStart];
        const standings = await race(fleet, contenders, {
            rounds,
            roundMs: short ? 1_000 : 12_000,
            part: short ? 10 : 50,
            log,
        });
        const settings = contenders
            .map(({ title, version, settings }) => `- ${title} (${version}): ${settings}`)
            .join("\n");
        return [
            standingsTable(standings, images),
            judgeAims(standings, images * 2, AIMS.loopback),
            judgeMemory("The command", standings.find(({ contender }) => contender.ours)?.peakBytes),
            settings,
            ...(await withLatency(fleet, { short, directory, log })),
        ];
    } finally {
        await fleet.close();
    }
}

/** The same check over connections with a round trip of 30 ms; of the peers regsync's alone, which the aim names. */
async function withLatency(fleet: Fleet, { short, directory, log }: BenchOptions): Promise<string[]> {
    const sync = findPeer("regsync");
    const proxies = [await ForwardProxy.start(), await ForwardProxy.start()] as const;
    try {
        const [source, target] = [
            await proxies[0].forward(fleet.source.host, DELAY_MS),
            await proxies[1].forward(fleet.target.host, DELAY_MS),
        ];
        const far = await fleet.through(source, target, join(directory, "latency"));
        const contenders = [
            transshipCheck,
            ...(sync === undefined ? [] : [regsync(sync.path, sync.version, "check", LATENCY_PARALLEL)]),
        ];
        const rounds = short ? 1 : DELAYED_ROUNDS;
        const standings = await race(far, contenders, { rounds, roundMs: 0, part: fleet.images.length, log });
        const trip = await roundTrip(source);
        return [
            `With ${2 * DELAY_MS} ms of latency, ${trip.toFixed(1)} ms as measured, and ${rounds} timed round${rounds === 1 ? "" : "s"}:`,
            standingsTable(standings, fleet.images.length),
            judgeAims(standings, fleet.images.length * 2, AIMS.latency),
        ];
    } finally {
        await Promise.all(proxies.map((proxy) => proxy.close()));
    }
}

async function peers(fleet: Fleet, absent: Absence[]): Promise<Contender[]> {
    const found: Contender[] = [];
    const sync = findPeer("regsync");
    if (sync !== undefined) {
        const parallel = await bestParallel(fleet, sync.path, sync.version);
        found.push(regsync(sync.path, sync.version, "check", parallel));
        found.push(regsync(sync.path, sync.version, "once", parallel));
    }
    const crane = findPeer("crane");
    if (crane !== undefined) {
        found.push(craneDigest(crane.path, crane.version));
    }
    const skopeo = findPeer("skopeo");
    if (skopeo !== undefined) {
        found.push(skopeoInspect(skopeo.path, skopeo.version));
    }
    const names = { regsync: sync, crane, skopeo };
    for (const [title, there] of Object.entries(names)) {
        if (there === undefined) {
            absent.push({ title, advice: adviceFor(title) });
        }
    }
    return found;
}

async function bestParallel(fleet: Fleet, program: string, version: string): Promise<number> {
    let best = { parallel: PARALLEL[0] ?? 1, wallMs: Number.POSITIVE_INFINITY };
    for (const parallel of Array.from({ length: TRIALS }, () => PARALLEL).flat()) {
        const contender = regsync(program, version, "once", parallel);
        const run = await runMeasured(await contender.prepare(fleet, fleet.images), fleet.directory);
        contender.verify(run, fleet.images);
        if (run.cost.wallMs < best.wallMs) {
            best = { parallel, wallMs: run.cost.wallMs };
        }
    }
    return best.parallel;
}
