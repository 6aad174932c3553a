import { collectDefaultMetrics, type Metric, Registry } from "prom-client";
import type { MetricFamily } from "../../core/report/metrics";

/** What Prometheus' clients of all languages tell of their process, and the version of Node.js. */
const OF_PROCESS = /^(?:process_|nodejs_version_info$|nodejs_heap_size_)/;

/** Prometheus' text format, by prom-client. */
export class Exposition {
    readonly #families: () => readonly MetricFamily[];
    readonly #process: readonly Metric[];

    /**
     * @param families as they are when they are asked for
     * @param withProcess tells of memory, processor time and files of this process, too
     */
    constructor(families: () => readonly MetricFamily[], withProcess: boolean) {
        this.#families = families;
        this.#process = withProcess ? processMetrics() : [];
    }

    get contentType(): string {
        return Registry.PROMETHEUS_CONTENT_TYPE;
    }

    async text(): Promise<string> {
        const registry = new Registry();
        for (const family of this.#families()) {
            registry.registerMetric(metricOf(family));
        }
        for (const metric of this.#process) {
            registry.registerMetric(metric);
        }
        return registry.metrics();
    }
}

/**
 * A metric whose samples are known. prom-client's own classes count up, sample by sample, and a histogram of theirs can
 * take no counts: this is the part of them that its registry reads.
 */
function metricOf({ name, help, type, samples }: MetricFamily): Metric {
    const values = samples.map(({ labels, value, series }) => ({
        labels,
        value,
        ...(series && { metricName: `${name}_${series}` }),
    }));
    const metric = { name, help, get: async () => ({ name, help, type, values, aggregator: "sum" }) };
    return metric as unknown as Metric;
}

function processMetrics(): Metric[] {
    const all = new Registry();
    // The event loop's delay is not told, so that its timer need not wake the process every 10 ms.
    collectDefaultMetrics({ register: all, eventLoopMonitoringPrecision: 60_000 });
    return (all.getMetricsAsArray() as unknown as Metric[]).filter((metric) => {
        const { name } = metric as unknown as { name: string };
        return OF_PROCESS.test(name);
    });
}
