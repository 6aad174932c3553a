import { setTimeout as pause } from "node:timers/promises";
import { type Catalog, parseDuration } from "../../core/catalog";
import { ManifestCache } from "../../core/mirror";
import { AwsTokens } from "../../core/registry";
import { readCredentials } from "../credentials";
import { documentHead, type ExporterDocument } from "../documents";
import { EXIT, type ExitCode, UsageError } from "../exit-code";
import { Exposition } from "../exporter/exposition";
import { type ListenAddress, readListenAddress } from "../exporter/listen-address";
import { type MetricsServer, serveMetrics } from "../exporter/metrics-server";
import { repeat } from "../exporter/repeat";
import { see } from "../exporter/sighting";
import { Textfile } from "../exporter/textfile";
import { Watch } from "../exporter/watch";
import { addInspectionOptions, inspectionWishes } from "../inspection";
import type { Output } from "../output";
import { ownVersion } from "../own-version";
import { imagesOfPurpose } from "../purposes";
import { sentences } from "../sentences";
import { addCatalogOptions, openCatalog } from "../session";
import { addShardOption, chooseShard } from "../shard";
import type { Run, Verb } from "../verb";

const DEFAULT_ADDRESS = "127.0.0.1:9464";
const DEFAULT_INTERVAL = "5m";
const MIN_INTERVAL = 1000;
const MAX_INTERVAL = 86_400_000;

/** What the options say. */
interface Plan {
    readonly once: boolean;
    readonly listen?: ListenAddress;
    readonly textfile?: Textfile;
    /** Milliseconds. */
    readonly interval: number;
}

/** Looks again and again, and tells Prometheus. A scrape is answered from the last look; it never asks a registry. */
export const exporter: Verb = {
    configure(command) {
        addCatalogOptions(command);
        addShardOption(command);
        addInspectionOptions(command);
        command
            .option("--listen <address>", `address of /metrics, /healthz and /readyz (default: "${DEFAULT_ADDRESS}")`)
            .option("--interval <duration>", `from one look's start to the next one's (default: "${DEFAULT_INTERVAL}")`)
            .option(
                "--textfile <file>",
                "write the metrics there after each look, for node_exporter; serves only with --listen",
            )
            .option("--once", "look once and end; without --textfile, print the metrics on standard output");
    },

    async run(run, images, options) {
        const { output, signal } = run;
        const plan = readPlan(options, output.json);
        // Each look would fail by these: better said before the first.
        inspectionWishes(options);
        readCredentials(process.env);
        const viewer = { options, images, signal, manifests: new ManifestCache(), awsTokens: new AwsTokens() };
        const watch = new Watch({
            version: ownVersion(),
            readCatalog: () => readCatalog(options, images),
            see: (catalog, onStats) => see(viewer, catalog, onStats),
            ...(plan.once ? {} : { interval: plan.interval }),
            now: Date.now,
            log,
            onNews: (lines) => tellNews(lines, plan.once || output.quiet),
            signal,
        });
        // A file is read by an exporter of another process, which tells of its own memory under the same names.
        const exposition = new Exposition(() => watch.families, plan.listen !== undefined);
        if (plan.once) {
            return lookOnce(watch, plan, exposition, output);
        }
        const { listen } = plan;
        const server = listen && (await serveMetrics(listen, { exposition, isReady: () => watch.isReady }));
        announce(run, plan, server);
        try {
            await keepLooking(watch, plan, exposition, run);
        } finally {
            await server?.close();
        }
        return EXIT.consistent;
    },
};

/** With what can be wrong of `--shard`, too, so that a mistake is told before the first look. */
function readCatalog(options: Readonly<Record<string, unknown>>, images: readonly string[]): Catalog {
    const catalog = openCatalog(options, images);
    imagesOfPurpose(catalog, options, images);
    chooseShard(options.shard, catalog, images);
    return catalog;
}

/** Ends with 0 once the metrics are written, whatever they tell: they are the result. 3 where there is nothing to tell. */
async function lookOnce(watch: Watch, plan: Plan, exposition: Exposition, output: Output): Promise<ExitCode> {
    const result = await watch.look();
    const text = await exposition.text();
    await (plan.textfile?.write(text) ?? process.stdout.write(text));
    const exitCode = result === "failed" ? EXIT.unknown : EXIT.consistent;
    output.document({ ...documentOf(plan), exitCode });
    return exitCode;
}

async function keepLooking(watch: Watch, plan: Plan, exposition: Exposition, { output, signal }: Run): Promise<void> {
    const work = async (): Promise<void> => {
        await watch.look();
        try {
            await plan.textfile?.write(await exposition.text());
        } catch (error) {
            // The file that is there gets older, which an alert tells; the next look may find room again.
            for (const line of sentences(error)) {
                log(line);
            }
        }
    };
    const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined);
    const onLate = (took: number): void => {
        const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
        output.note(`transship: a look took ${seconds(took)}, longer than --interval ${seconds(plan.interval)}.`);
    };
    const { interval } = plan;
    try {
        await repeat(work, { interval, signal, now: () => performance.now(), sleep, random: Math.random, onLate });
    } catch (error) {
        // To be stopped is how this verb ends.
        if (!signal.aborted) {
            throw error;
        }
    }
}

function announce({ output }: Run, plan: Plan, server: MetricsServer | undefined): void {
    output.document(documentOf(plan, server));
    if (server !== undefined) {
        output.line(`Metrics at ${server.url}/metrics, alive at /healthz, ready at /readyz`);
    }
    if (plan.textfile !== undefined) {
        output.line(`Metrics in ${plan.textfile.path}`);
    }
    output.note("A look each interval; Ctrl-C stops it.");
}

function documentOf({ once, textfile, interval }: Plan, server?: MetricsServer): ExporterDocument {
    return {
        ...documentHead("exporter", EXIT.consistent),
        ...(server && { url: server.url, host: server.host, port: server.port }),
        ...(textfile && { textfile: textfile.path }),
        ...(once ? undefined : { interval }),
    };
}

function readPlan(options: Readonly<Record<string, unknown>>, json: boolean): Plan {
    const once = options.once === true;
    const textfile = options.textfile === undefined ? undefined : new Textfile(String(options.textfile));
    if (once && (options.listen !== undefined || options.interval !== undefined)) {
        throw new UsageError("--once looks once and ends, so it takes neither --listen nor --interval.");
    }
    if (once && json && textfile === undefined) {
        throw new UsageError(
            '--once prints metrics where --json prints a document: name a --textfile, or use "transship check --json".',
        );
    }
    const isServing = !once && (textfile === undefined || options.listen !== undefined);
    return {
        once,
        textfile,
        interval: readInterval(String(options.interval ?? DEFAULT_INTERVAL)),
        ...(isServing && { listen: readListenAddress(String(options.listen ?? DEFAULT_ADDRESS)) }),
    };
}

function readInterval(text: string): number {
    const interval = parseDuration(text);
    if (interval === undefined || interval < MIN_INTERVAL || interval > MAX_INTERVAL) {
        throw new UsageError(
            `--interval ${JSON.stringify(text)} is not a time between looks: write 30s, 5m or 1h, from 1s to 24h.`,
        );
    }
    return interval;
}

/** @param isBrief says nothing where nothing is wrong: a scheduled job's output is mailed to somebody */
function tellNews(lines: readonly string[], isBrief: boolean): void {
    if (lines.length > 1 || !isBrief) {
        for (const line of lines) {
            log(`transship: ${line}`);
        }
    }
}

function log(line: string): void {
    process.stderr.write(`${line}\n`);
}
