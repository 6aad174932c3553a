import { probeRegistries, REGION } from "../../core/availability";
import { findImage } from "../../core/catalog";
import { count, formatBytes, renderProbe } from "../../core/report";
import type { ProbeDocument } from "../availability-documents";
import { readCredentials } from "../credentials";
import { documentHead } from "../documents";
import { EXIT, UsageError } from "../exit-code";
import { writeNamed } from "../files";
import { startProgress } from "../progress";
import { readNumber, readSize } from "../read-options";
import { addEnvironmentOptions, environmentPart, openCatalog } from "../session";
import type { Verb } from "../verb";

const MOST_SAMPLES = 100;
const MOST_BYTES = 1024 ** 3;

/** Measures each registry from where it runs. It writes nothing at a registry, and a file only where one is named. */
export const probe: Verb = {
    configure(command) {
        addEnvironmentOptions(command);
        command
            .requiredOption("--region <label>", "where this runs: a name of your own, as eu-west-1 or office")
            .option("--image <name>", "the image to pull (default: the one that lies at the most registries)")
            .option("--samples <number>", "pulls to try at each registry; what is told is their median", "3")
            .option("--bytes <size>", "bytes of a layer to read for each, as 4MiB; 0 reads none", "4MiB")
            .option("--anonymous", "ask without credentials, as a stranger")
            .option("--output <file>", "also write the JSON document to a file, for transship availability");
    },

    async run({ output, signal }, _args, options) {
        const region = readRegion(options.region);
        const samples = readNumber("--samples", options.samples, 1, MOST_SAMPLES);
        const bytes = readSize("--bytes", options.bytes, MOST_BYTES);
        const catalog = openCatalog(options, []);
        const image = options.image === undefined ? undefined : findImage(catalog, String(options.image)).name;
        const progress = startProgress("probing", output);
        const results = await probeRegistries(catalog, {
            region,
            samples,
            bytes,
            image,
            anonymous: options.anonymous === true,
            environment: { signal, credentials: readCredentials(process.env) },
            onProgress: (done, total) => progress.update(done, total),
        }).finally(() => progress.stop());
        // Nobody's absence is proven by a fault: it is what could not be asked.
        const exitCode = results.every(({ available }) => available) ? EXIT.consistent : EXIT.unknown;
        const document: ProbeDocument = {
            ...documentHead("probe", exitCode),
            ...environmentPart(catalog),
            region,
            at: new Date().toISOString(),
            results,
        };
        if (options.output !== undefined) {
            writeNamed(String(options.output), `${JSON.stringify(document, undefined, 2)}\n`);
        }
        output.document(document);
        const lines = renderProbe(results, output.text);
        results.forEach((result, index) => {
            output[result.available ? "detail" : "line"](lines[index] ?? "");
        });
        const pulls = results.reduce((sum, result) => sum + result.pulls, 0);
        const size = bytes === 0 ? "no layer read" : `up to ${formatBytes(bytes)} each`;
        output.detail(`From ${region}: ${count(samples, "sample")}, ${size}; it cost ${count(pulls, "pull")}.`);
        return exitCode;
    },
};

function readRegion(value: unknown): string {
    const region = String(value);
    if (!REGION.test(region)) {
        throw new UsageError(
            `--region ${JSON.stringify(region.slice(0, 80))} is no label: write up to 63 letters, digits, dots, dashes and underscores, as eu-west-1.`,
        );
    }
    return region;
}
