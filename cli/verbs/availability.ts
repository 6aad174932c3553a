import {
    type AvailabilityHistory,
    KEPT_RESULTS,
    mergeHistories,
    type ProbeResult,
    rankRegions,
    readResults,
    summarizeHistory,
} from "../../core/availability";
import { renderSummaries } from "../../core/report";
import type { AvailabilityDocument } from "../availability-documents";
import { documentHead } from "../documents";
import { EXIT, UsageError } from "../exit-code";
import { readIfThere, readNamed, writeNamed } from "../files";
import { readNumber } from "../read-options";
import type { Verb } from "../verb";

const MOST_KEPT = 10_000;
/** How far another machine's clock may be ahead. A result of the far future would outlive all others. */
const MAY_BE_AHEAD_MS = 24 * 3_600_000;

/** Collects the documents of probes in one small file, and says what they mean. It asks nobody. */
export const availability: Verb = {
    configure(command) {
        command
            .argument("[document...]", "what `transship probe --output` wrote, also in other regions")
            .option("--history <file>", "the file that remembers; made if it is missing", "availability.json")
            .option("--keep <number>", "results to keep of each registry in each region", String(KEPT_RESULTS));
    },

    async run({ output }, documents, options) {
        const keep = readNumber("--keep", options.keep, 1, MOST_KEPT);
        const path = String(options.history);
        const before = readIfThere(path);
        if (before === undefined && documents.length === 0) {
            throw new UsageError(`${path} is not there: name the documents that transship probe --output wrote.`);
        }
        const known = before === undefined ? [] : [{ results: parse(path, before) }];
        const added = documents.map((document) => ({ results: parse(document, readNamed(document)) }));
        const history = mergeHistories([...known, ...added], keep);
        const text = `${JSON.stringify(history, undefined, 2)}\n`;
        if (documents.length > 0 && text !== before) {
            writeNamed(path, text);
        }
        const summaries = summarizeHistory(history);
        const best = rankRegions(summaries);
        const { results } = history;
        const document: AvailabilityDocument = {
            ...documentHead("availability", EXIT.consistent),
            results,
            summaries,
            best,
        };
        output.document(document);
        for (const line of renderSummaries(summaries, best, output.text)) {
            output.detail(line);
        }
        return EXIT.consistent;
    },
};

/** A history that `availability` wrote. @throws UsageError */
export function readHistory(path: string): Pick<AvailabilityHistory, "results"> {
    return { results: parse(path, readNamed(path)) };
}

function parse(path: string, text: string): readonly ProbeResult[] {
    const results = readResults(text);
    if (typeof results === "string") {
        throw new UsageError(`${path} is no document of transship probe or availability: ${results}.`);
    }
    const latest = Date.now() + MAY_BE_AHEAD_MS;
    const ahead = results.find(({ at }) => Date.parse(at) > latest);
    if (ahead !== undefined) {
        throw new UsageError(
            `${path} holds a result of ${ahead.at}, which is yet to come: set the clock of the machine that probed from ${ahead.region}, and probe again.`,
        );
    }
    return results;
}
