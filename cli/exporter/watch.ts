import type { Catalog } from "../../core/catalog";
import type { RegistryStats } from "../../core/registry";
import { type LookResult, type MetricFamily, metricFamilies, type StandingDocument } from "../../core/report/metrics";
import { sentences } from "../sentences";
import { RequestTotals } from "./request-totals";
import type { Sighting } from "./sighting";

export interface WatchOptions {
    readonly version: string;
    /** Reads the catalogue's file; throws where it is broken. */
    readonly readCatalog: () => Catalog;
    readonly see: (
        catalog: Catalog,
        onStats: (stats: Readonly<Record<string, RegistryStats>>) => void,
    ) => Promise<Sighting>;
    /** Milliseconds from one look's start to the next one's. */
    readonly interval?: number;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** One line on what is wrong with the work itself. */
    readonly log: (line: string) => void;
    /** What is seen and was not before: the summary, then a line for each exception. */
    readonly onNews: (lines: readonly string[]) => void;
    /** Ends the work: a look that it breaks off has no result. */
    readonly signal: AbortSignal;
}

/** Exceptions that one change of what is seen writes to the log; the metrics have all of them. */
const MAX_LINES = 20;

/**
 * What is known between looks, and nothing else: the last look's metrics, sums of requests, when what was last well.
 * It holds what one look needs, however many there were.
 */
export class Watch {
    readonly #options: WatchOptions;
    readonly #totals = new RequestTotals();
    readonly #counts: Record<LookResult, number> = { complete: 0, incomplete: 0, failed: 0 };
    #catalog: Catalog;
    #complaint: string | undefined;
    #lastLook: number | undefined;
    #lastSuccess: number | undefined;
    #duration: number | undefined;
    #told = "";
    #families: readonly MetricFamily[];

    /** @throws what `readCatalog` throws: there is no older catalogue to go on with */
    constructor(options: WatchOptions) {
        this.#options = options;
        this.#catalog = options.readCatalog();
        this.#families = this.#tell(undefined);
    }

    /** As of the last look. */
    get families(): readonly MetricFamily[] {
        return this.#families;
    }

    /** The first look is over. */
    get isReady(): boolean {
        return this.#lastLook !== undefined;
    }

    /** Reads the catalogue again and looks at everything; never rejects but for an abort. */
    async look(): Promise<LookResult> {
        const { now, signal } = this.#options;
        const started = now();
        if (this.isReady) {
            this.#readAgain();
        }
        const sighting = await this.#see();
        signal.throwIfAborted();
        const result = sighting === undefined ? "failed" : isComplete(sighting.document) ? "complete" : "incomplete";
        this.#counts[result] += 1;
        this.#lastLook = now();
        this.#duration = Math.max(0, this.#lastLook - started);
        if (result === "complete") {
            this.#lastSuccess = this.#lastLook;
        }
        this.#families = this.#tell(sighting?.document);
        if (sighting !== undefined) {
            this.#logNews(sighting.lines);
        }
        return result;
    }

    /** A broken edit keeps the catalogue that was read before. */
    #readAgain(): void {
        const { readCatalog, log } = this.#options;
        try {
            this.#catalog = readCatalog();
            if (this.#complaint !== undefined) {
                log("transship: the catalogue can be read again, and is what is looked at.");
            }
            this.#complaint = undefined;
        } catch (error) {
            const lines = sentences(error);
            if (this.#complaint !== lines.join("\n")) {
                for (const line of lines) {
                    log(line);
                }
                log(
                    "transship: the catalogue is broken; what is looked at is as it was read before, until it is corrected.",
                );
            }
            this.#complaint = lines.join("\n");
        }
    }

    async #see(): Promise<Sighting | undefined> {
        const { see, log, signal } = this.#options;
        try {
            return await see(this.#catalog, (stats) => this.#totals.add(stats));
        } catch (error) {
            if (!signal.aborted) {
                for (const line of sentences(error)) {
                    log(line);
                }
            }
            return undefined;
        }
    }

    #tell(document: StandingDocument | undefined): readonly MetricFamily[] {
        const { version, interval } = this.#options;
        return metricFamilies({
            version,
            environment: this.#catalog.environment,
            document,
            status: {
                catalogValid: this.#complaint === undefined,
                counts: this.#counts,
                lastLook: this.#lastLook,
                lastSuccess: this.#lastSuccess,
                duration: this.#duration,
                interval,
            },
            requests: this.#totals.of(this.#catalog),
        });
    }

    /** A look that sees what the one before saw says nothing. */
    #logNews(lines: readonly string[]): void {
        const news = lines.join("\n");
        if (news === this.#told) {
            return;
        }
        this.#told = news;
        const more = lines.length - MAX_LINES - 1;
        const rest = more > 0 ? [`and ${more} more, which "transship check" lists.`] : [];
        this.#options.onNews([...lines.slice(0, MAX_LINES + 1), ...rest]);
    }
}

/** Every copy could be judged, and every image's tags are known. */
function isComplete({ copies, findings, selections }: StandingDocument): boolean {
    return (
        copies.every(({ verdict }) => verdict !== "unknown") &&
        findings.every(({ severity }) => severity !== "unknown") &&
        selections.every(({ problems }) => problems.every(({ status }) => status !== "unknown"))
    );
}
