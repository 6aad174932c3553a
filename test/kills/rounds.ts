import { setTimeout as pause } from "node:timers/promises";
import { type FleetOptions, KillFleet } from "./fleet";
import { SyncRun } from "./sync-run";
import { arrivedBlobs, visibleTags, walk } from "./walk";

export interface KillOptions extends FleetOptions {
    readonly crane: string;
    readonly rounds: number;
    /** Equal seeds kill at equal parts of a run. */
    readonly seed: number;
    readonly onRound?: (line: string) => void;
}

export interface KillReport {
    readonly rounds: number;
    /** Kills of a run that had not ended, within 50 ms of bytes that passed to a target. */
    readonly whileMoving: number;
    /** Tags that were visible after a kill, all of them whole. */
    readonly walked: number;
    /** Blobs that had arrived before a kill. */
    readonly arrived: number;
    /** Of those, the ones that the next run uploaded again. */
    readonly repeated: readonly string[];
}

/** Bytes that passed so recently are bytes that move. Milliseconds. */
const MOVING_MS = 50;
/** What the registry had in hand at the kill is committed or given up by then. Milliseconds. */
const SETTLE_MS = 200;

/** Kills a sync of a fleet at a random moment, walks what it left, lets the next run finish, and again. */
export async function killRounds(options: KillOptions): Promise<KillReport> {
    const fleet = await KillFleet.start(options);
    try {
        const random = randomFrom(options.seed);
        const bytes = await wholeRun(fleet);
        options.onRound?.(`a whole run sends ${bytes} bytes; seed ${options.seed}`);
        const report = { rounds: 0, whileMoving: 0, walked: 0, arrived: 0, repeated: [] as string[] };
        for (let number = 1; number <= options.rounds; number += 1) {
            const at = Math.round(random() * bytes * 0.9);
            const late = Math.round(random() * 30);
            const round = await killOnce(fleet, `round-${number}`, { at, late }, options.crane);
            report.rounds += 1;
            report.whileMoving += round.moving ? 1 : 0;
            report.walked += round.walked;
            report.arrived += round.arrived;
            report.repeated.push(...round.repeated);
            options.onRound?.(
                `${number}: killed ${late} ms after byte ${at}, ${round.moving ? "bytes moving" : "NOT moving"}, ` +
                    `${round.walked} tags visible and whole, ${round.arrived} blobs there, ` +
                    `${round.repeated.length} of them sent again; the next run finished`,
            );
        }
        return report;
    } finally {
        await fleet.close();
    }
}

/** Bytes that a run which nobody disturbs sends to the targets. */
async function wholeRun(fleet: KillFleet): Promise<number> {
    const before = sentBytes(fleet);
    await expectFinished(new SyncRun(await fleet.catalogFor("whole")));
    return sentBytes(fleet) - before;
}

function sentBytes({ targets }: KillFleet): number {
    return targets.reduce((sum, { proxy }) => sum + proxy.bytes.up, 0);
}

/** When a run is killed: so many milliseconds after so many bytes, whatever time they take on a busy machine. */
interface Moment {
    readonly at: number;
    readonly late: number;
}

interface Round {
    readonly moving: boolean;
    readonly walked: number;
    readonly arrived: number;
    readonly repeated: readonly string[];
}

async function killOnce(fleet: KillFleet, round: string, { at, late }: Moment, crane: string): Promise<Round> {
    const folder = await fleet.catalogFor(round);
    const wanted = sentBytes(fleet) + at;
    const run = new SyncRun(folder);
    while (run.running && sentBytes(fleet) <= wanted) {
        await pause(1);
    }
    await pause(late);
    const moving = run.running && fleet.targets.some(({ proxy }) => Date.now() - proxy.movedAt <= MOVING_MS);
    await run.kill();
    await pause(SETTLE_MS);
    let walked = 0;
    const arrived = new Map<string, Set<string>>();
    for (const target of fleet.targets) {
        const tags = await visibleTags(fleet, target, round);
        await walk(fleet, target, tags, crane);
        walked += tags.length;
        arrived.set(target.name, await arrivedBlobs(fleet, target, round));
        target.proxy.seen.length = 0;
    }
    await expectFinished(new SyncRun(folder));
    const repeated = fleet.targets.flatMap(({ name, proxy }) =>
        proxy.seen
            .filter(({ kind, repository, reference }) => {
                return kind === "finish-upload" && arrived.get(name)?.has(`${repository} ${reference}`);
            })
            .map(({ repository, reference }) => `${name}/${repository}@${reference}`),
    );
    for (const target of fleet.targets) {
        const tags = await visibleTags(fleet, target, round);
        if (tags.length !== fleet.trees.size) {
            throw new Error(`${round}: ${target.name} shows ${tags.length} tags after the run that finished`);
        }
        await walk(fleet, target, tags, crane);
    }
    return { moving, walked, arrived: [...arrived.values()].reduce((sum, { size }) => sum + size, 0), repeated };
}

async function expectFinished(run: SyncRun): Promise<void> {
    const code = await run.exitCode();
    if (code !== 0) {
        throw new Error(`A run that nobody disturbed ended with ${code}:\n${run.output}`);
    }
}

/** Numbers from 0 to 1 that a seed decides (Mulberry32). */
function randomFrom(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}
