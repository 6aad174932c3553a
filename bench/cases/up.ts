import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, locateEngine } from "../../scripts/engine";
import type { BenchCase, BenchOptions, CaseResult } from "../case";
import { transshipCheck } from "../contenders/transship";
import { BenchStack } from "../engine/bench-stack";
import { Fleet } from "../fleet";
import { peakMemoryOf } from "../measure/peak-memory";
import { interleave, median } from "../measure/rounds";
import { runMeasured } from "../measure/run-measured";
import { count, milliseconds, ratio, table } from "../report/markdown";
import { judgeMemory } from "../report/memory";
import { embeddedRegistry } from "../servers/embedded";
import { mergeCounts, type RequestCounts, sumOf } from "../servers/registry-server";

/** How the engine's plugin for dynamic providers is started. */
const PROVIDER = "dynamic-provider";

const CHECKOUT = join(__dirname, "..", "..");

/** What one round's part took, and what it asked of the registries. */
interface Run {
    readonly wallMs: number;
    readonly requests: RequestCounts;
}

/** The whole no-op `up` of a fleet on the real engine, beside an empty program's and the command's check. */
export const upCase: BenchCase = {
    name: "up",
    title: "The no-op preview and `up` of a fleet on two registries",

    async run(options: BenchOptions): Promise<CaseResult> {
        const images = options.short ? 20 : 1000;
        const rounds = options.short ? 1 : 7;
        const method = `${count(images)} images of two platforms, one tag each, from an embedded registry to another one, both processes of their own on 127.0.0.1; the real Pulumi engine with a file backend and an inline program of one \`ImageFleet\`. After an unmeasured round, ${rounds} timed round${rounds === 1 ? "" : "s"} of a preview and an \`up\`, in turn with the same of an empty program, which is the engine's own cost, and with \`transship check\`. Requests are counted at the servers, in every round.`;
        const engine = findEngine();
        if (engine === undefined) {
            return { method, findings: ["**The Pulumi CLI is not on this machine**: `npm start` gets it."] };
        }
        const folders = {
            work: options.directory,
            source: join(options.directory, "source"),
            target: join(options.directory, "target"),
        };
        await mkdir(folders.source);
        await mkdir(folders.target);
        options.log(`filling a registry with ${count(images)} images`);
        const fleet = await Fleet.start(embeddedRegistry, images, folders, { onlySource: true });
        const stacks = join(CHECKOUT, ".transship", "bench", randomUUID());
        try {
            return { method, findings: await measure(engine, fleet, stacks, rounds, options.log) };
        } finally {
            await fleet.close();
            await rm(stacks, { recursive: true, force: true });
        }
    },
};

function findEngine(): Engine | undefined {
    const found = locateEngine();
    return found.how === "acquire"
        ? undefined
        : { ...found.cli, root: join(found.cli.command, "..", ".."), how: found.how };
}

async function measure(
    engine: Engine,
    fleet: Fleet,
    directory: string,
    rounds: number,
    log: (line: string) => void,
): Promise<string[]> {
    // Loaded here: the SDK costs a second, which the other cases need not pay.
    const transship = await import("transship");
    const catalog = transship.defineCatalog(fleet.catalog() as Parameters<typeof transship.defineCatalog>[0]);
    const full = await BenchStack.open(engine, directory, "fleet", async () => {
        new transship.ImageFleet("images", { catalog });
    });
    const empty = await BenchStack.open(engine, directory, "empty", async () => undefined);
    const idle = await BenchStack.open(engine, directory, "idle", async () => {
        const pulumi = await import("@pulumi/pulumi");
        const provider = { create: async () => ({ id: "idle", outs: {} }) };
        new (class extends pulumi.dynamic.Resource {})(provider, "idle", {});
    });
    const command = await transshipCheck.prepare(fleet, fleet.images);

    const first = await counted(fleet, async () => (await full.up()).wallMs);
    log(`first up, which carries: ${Math.round(first.wallMs)} ms`);
    await empty.up();
    await idle.up();

    let peakBytes: number | undefined;
    const subjects = {
        full: () =>
            counted(fleet, async () => {
                const measured = await peakMemoryOf(PROVIDER, () => noOp(full));
                peakBytes = Math.max(peakBytes ?? 0, measured.peakBytes ?? 0) || undefined;
                return measured.result;
            }),
        empty: () => counted(fleet, () => noOp(empty)),
        idle: () => counted(fleet, () => noOp(idle)),
        check: () =>
            counted(fleet, async () => {
                const run = await runMeasured(command, fleet.directory);
                transshipCheck.verify(run, fleet.images);
                return run.cost.wallMs;
            }),
    };
    const names = Object.keys(subjects) as (keyof typeof subjects)[];
    await interleave(names, 1, (name) => subjects[name]());
    const runs = await interleave(names, rounds, async (name, round) => {
        const run = await subjects[name]();
        log(`round ${round + 1} of ${rounds}, ${name}: ${Math.round(run.wallMs)} ms`);
        return run;
    });
    const of = (name: keyof typeof subjects) => runs.get(name) ?? [];
    const stateBytes = { full: await full.stateBytes(), empty: await empty.stateBytes() };
    const timed = { full: of("full"), empty: of("empty"), idle: of("idle"), check: of("check") };
    return [
        ...report(fleet, engine, first, timed, stateBytes),
        judgeMemory("The provider's process, Pulumi's SDK included,", peakBytes),
    ];
}

/** A preview and an `up`, neither of which finds anything to do. */
async function noOp(stack: BenchStack): Promise<number> {
    const previewMs = await stack.preview();
    const { wallMs, changes } = await stack.up();
    const others = Object.keys(changes).filter((kind) => kind !== "same");
    if (others.length > 0) {
        throw new Error(`An up that should change nothing did: ${JSON.stringify(changes)}.`);
    }
    return previewMs + wallMs;
}

async function counted(fleet: Fleet, work: () => Promise<number>): Promise<Run> {
    let wallMs = 0;
    let target: RequestCounts = {};
    const source = await fleet.source.count(async () => {
        target = await fleet.target.count(async () => {
            wallMs = await work();
        });
    });
    return { wallMs, requests: mergeCounts([source, target]) };
}

function report(
    fleet: Fleet,
    engine: Engine,
    first: Run,
    runs: Readonly<Record<"full" | "empty" | "idle" | "check", readonly Run[]>>,
    stateBytes: Readonly<Record<"full" | "empty", number>>,
): string[] {
    const references = fleet.images.length * 2;
    const row = (title: string, timed: readonly Run[], bytes?: number) => {
        const walls = timed.map(({ wallMs }) => wallMs);
        return [
            title,
            `${milliseconds(median(walls))} (${count(Math.min(...walls))}–${count(Math.max(...walls))})`,
            [...new Set(timed.map(({ requests }) => kinds(requests)))].join("; or "),
            bytes === undefined ? "" : `${count(bytes)} bytes`,
        ];
    };
    const wall = (timed: readonly Run[]) => median(timed.map(({ wallMs }) => wallMs));
    const [full, empty, idle, check] = [wall(runs.full), wall(runs.empty), wall(runs.idle), wall(runs.check)];
    const exact = runs.full.every(({ requests }) => kinds(requests) === `${count(2 * references)} HEAD manifest`);
    const most = empty + 2 * check;
    return [
        table(
            ["run", "wall time", "requests", "state"],
            [
                row("no-op preview and `up` of the fleet", runs.full, stateBytes.full),
                row("the same of an empty program", runs.empty, stateBytes.empty),
                row("the same of one dynamic resource that does nothing", runs.idle),
                row("`transship check --json`", runs.check),
            ],
        ),
        `The fleet costs **${milliseconds(full - empty)}** over the engine's own ${milliseconds(empty)}, ${ratio(full - empty, check)} the command's own check; the state grows by ${count((stateBytes.full - stateBytes.empty) / fleet.images.length)} bytes an image. The aim, the engine's own time and that of two checks (${milliseconds(most)}), is ${full <= most ? "met" : `**missed** by ${milliseconds(full - most)}`}. Of what it costs, ${milliseconds(idle - empty)} is what the engine takes to start a dynamic provider twice, whatever that does. ${exact ? `Every round cost exactly one HEAD for each of the ${count(references)} references in the preview and one in the update, and nothing else: the aim is met.` : "**Not every round cost exactly two HEADs for each reference: the aim is missed.**"}`,
        `The first \`up\`, which carried all images, took ${(first.wallMs / 1000).toFixed(1)} s and ${count(sumOf(first.requests))} requests (${kinds(first.requests)}). Pulumi ${engine.version}.`,
    ];
}

function kinds(requests: RequestCounts): string {
    return (
        Object.entries(requests)
            .map(([kind, n]) => `${count(n)} ${kind}`)
            .join(", ") || "none"
    );
}
