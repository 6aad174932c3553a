import type { Catalog } from "../../core/catalog";
import { LatencyHistogram, type RegistryStats } from "../../core/registry";
import type { RequestTotal } from "../../core/report/metrics";

interface Sum {
    byMethod: Record<string, number>;
    retries: number;
    rateLimited: number;
    latency: Record<string, LatencyHistogram>;
}

/** Sums of all looks, as counters must never fall. A registry that leaves the catalogue is forgotten. */
export class RequestTotals {
    readonly #sums = new Map<string, Sum>();

    add(stats: Readonly<Record<string, RegistryStats>>): void {
        for (const [registry, { byMethod, retries, rateLimited, latency }] of Object.entries(stats)) {
            const sum = this.#sumOf(registry);
            sum.retries += retries;
            sum.rateLimited += rateLimited;
            for (const [method, count] of Object.entries(byMethod)) {
                sum.byMethod[method] = (sum.byMethod[method] ?? 0) + count;
            }
            for (const [method, histogram] of Object.entries(latency)) {
                sum.latency[method] ??= new LatencyHistogram();
                sum.latency[method].add(histogram);
            }
        }
    }

    /** Of the registries that the catalogue has now, in its order. */
    of({ registries }: Catalog): RequestTotal[] {
        for (const name of this.#sums.keys()) {
            if (!Object.hasOwn(registries, name)) {
                this.#sums.delete(name);
            }
        }
        return Object.values(registries).flatMap(({ name, host }) => {
            const sum = this.#sums.get(name);
            return sum === undefined ? [] : [{ registry: name, host, ...sum }];
        });
    }

    #sumOf(registry: string): Sum {
        const known = this.#sums.get(registry) ?? { byMethod: {}, retries: 0, rateLimited: 0, latency: {} };
        this.#sums.set(registry, known);
        return known;
    }
}
