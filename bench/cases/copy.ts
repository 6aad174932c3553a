import { rm } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import type { BenchCase, BenchOptions, CaseResult } from "../case";
import type { Absence } from "../contenders/contender";
import { adviceFor, findPeer } from "../contenders/find-peers";
import { findCopiers, transshipSync } from "../copy/contenders";
import { copyRace } from "../copy/race";
import { LATENCY_AIM, type Scenario, scenarios } from "../copy/scenario";
import { CopySite, type Way } from "../copy/site";
import { aimSentence, aimsTable, copyNotes, copyTable, type Judgement, judgeCopy } from "../report/copy-standings";
import { count } from "../report/markdown";
import { dockerRegistry } from "../servers/docker-registry";
import { embeddedRegistry } from "../servers/embedded";
import { ForwardProxy } from "../servers/forward-proxy";
import type { RegistryMake } from "../servers/registry-server";

interface NamedWay extends Way {
    readonly title: string;
    /** Images or processes at a time that are tried. */
    readonly widths: readonly number[];
    aim(scenario: Scenario): number;
}

const WAYS: readonly NamedWay[] = [
    { title: "loopback", delayMs: 0, widths: [4, 8, 16], aim: ({ aim }) => aim },
    { title: "30 ms", delayMs: 15, widths: [16, 32, 64], aim: () => LATENCY_AIM },
];

/** One race's part of the report. */
interface Found {
    readonly title: string;
    readonly judgement: Judgement | undefined;
    readonly findings: readonly string[];
}

/** Copies between registries, on loopback and with the latency that real ones have. */
export const copyCase: BenchCase = {
    name: "copy",
    title: "Copies from one registry to others",

    async run(options: BenchOptions): Promise<CaseResult> {
        const distribution = findPeer("docker-registry");
        const make = distribution === undefined ? embeddedRegistry : dockerRegistry(distribution.path);
        const absent: Absence[] =
            distribution === undefined ? [{ title: "docker-registry", advice: adviceFor("docker-registry") }] : [];
        const rounds = options.short ? 1 : 5;
        const found: Found[] = [];
        // The short form goes each way, and leaves out what differs from another scenario in its sizes alone.
        const list = scenarios(options.short).filter((_, index) => !options.short || index % 2 === 0);
        const width = Math.max(...list.map(({ targets }) => targets));
        const proxies = await Promise.all(Array.from({ length: width + 1 }, () => ForwardProxy.start()));
        let latency = "";
        try {
            for (const [index, scenario] of list.entries()) {
                const directory = join(options.directory, String(index));
                options.log(`filling ${make.title}: ${scenario.what}`);
                const site = await CopySite.open(scenario, make, proxies, directory);
                try {
                    latency ||= await measureLatency(site);
                    for (const way of options.short ? WAYS.slice(index % 2, (index % 2) + 1) : WAYS) {
                        found.push(await race(site, way, rounds, options, absent));
                    }
                } finally {
                    await site.close();
                    await rm(directory, { recursive: true, force: true });
                }
            }
        } finally {
            await Promise.all(proxies.map((proxy) => proxy.close()));
        }
        return { method: methodOf(make, rounds, latency), findings: report(found, absent) };
    },
};

async function race(
    site: CopySite,
    way: NamedWay,
    rounds: number,
    options: BenchOptions,
    absent: Absence[],
): Promise<Found> {
    const { scenario } = site;
    const title = `${scenario.title}, ${way.title}`;
    options.log(title);
    const widths = options.short ? way.widths.slice(0, 1) : way.widths;
    const peers = findCopiers(scenario.images.length * scenario.targets, widths);
    absent.push(...peers.absent);
    const standings = await copyRace(site, way, [[transshipSync], ...peers.found], {
        rounds,
        roundMs: options.short ? 500 : 5_000,
        part: options.short ? 4 : scenario.equal ? 100 : 40,
        log: options.log,
    });
    const judgement = judgeCopy(standings, way.aim(scenario));
    const total = scenario.images.length;
    return {
        title,
        judgement,
        findings: [
            `### ${title}`,
            copyTable(standings, total),
            aimSentence(judgement, cpus().length),
            copyNotes(standings),
        ],
    };
}

async function measureLatency(site: CopySite): Promise<string> {
    const { straight, delayed } = await site.roundTrips({ delayMs: 15 });
    return `a small request took ${straight.toFixed(1)} ms straight and ${delayed.toFixed(1)} ms through the proxy when this began`;
}

function report(found: readonly Found[], absent: readonly Absence[]): string[] {
    const titles = new Map(absent.map((one) => [one.title, one.advice]));
    return [
        aimsTable(found),
        ...[...titles].map(([title, advice]) => `**${title} is not on this machine** and was left out: ${advice}.`),
        ...found.flatMap(({ findings }) => findings),
    ];
}

function methodOf(make: RegistryMake, rounds: number, latency: string): string {
    return [
        `Every registry is ${make.title}, a process of its own on 127.0.0.1, without TLS and without credentials. What is carried:`,
        scenarios(false)
            .map(({ title, what }) => `- ${title}: ${what}.`)
            .join("\n"),
        `Targets that are to be empty are new before every run, at a port of their own, and so is each tool's home. Settings are tried first and the best are used; then a run each whose requests and bytes are counted (bytes at a proxy without delay, with headers); then ${count(rounds)} timed round${rounds === 1 ? "" : "s"} with the tools in turn. After every run all tags at all targets are compared with the source's digests. "30 ms" goes through proxies that let every byte arrive 15 ms later, in each direction, without a limit of throughput, and let a connection take 30 ms to open: ${latency}. The column "registries'" is the processor time of all registries during the run; peak memory is that of a tool's largest process.`,
    ].join("\n\n");
}
