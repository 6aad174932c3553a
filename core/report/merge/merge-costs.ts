import type { LatencyDocument, RegistryDocument } from "../document";
import type { PullsDocument } from "../pulls";
import type { RunDocument } from "../run-document";

/** What merged runs tell of registries and accounts together. */
export function mergeCosts(runs: readonly RunDocument[]): Pick<RunDocument, "requests" | "pulls" | "registries"> {
    const requests: Record<string, number> = {};
    for (const [name, number] of runs.flatMap((run) => Object.entries(run.requests))) {
        requests[name] = (requests[name] ?? 0) + number;
    }
    return {
        requests,
        pulls: mergePulls(runs.flatMap(({ pulls }) => pulls)),
        registries: mergeRegistries(runs.flatMap(({ registries }) => registries)),
    };
}

/** Runs of one address share an account, those of several do not, and nobody can tell: the one with the least left stands. */
function mergePulls(pulls: readonly PullsDocument[]): PullsDocument[] {
    const byHost = new Map<string, PullsDocument>();
    for (const one of pulls) {
        const key = `${one.host}\n${one.limit}\n${one.windowSeconds}`;
        const known = byHost.get(key);
        const least = known === undefined || one.remaining < known.remaining ? one : known;
        byHost.set(key, { ...least, registries: [...new Set([...(known?.registries ?? []), ...one.registries])] });
    }
    return [...byHost.values()];
}

function mergeRegistries(registries: readonly RegistryDocument[]): RegistryDocument[] {
    const byName = new Map<string, RegistryDocument[]>();
    for (const one of registries) {
        byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
    }
    return [...byName.values()].flatMap((parts) => {
        const first = parts[0];
        if (first === undefined) {
            return [];
        }
        const { up: _up, latency: _latency, ...same } = first;
        const asked = parts.flatMap(({ up }) => (up === undefined ? [] : [up]));
        const latency = mergeLatencies(parts.flatMap((part) => part.latency ?? []));
        return [
            {
                ...same,
                requests: parts.reduce((sum, part) => sum + part.requests, 0),
                ...(asked.length === 0 ? {} : { up: asked.includes(true) }),
                ...(latency === undefined ? {} : { latency }),
            },
        ];
    });
}

/**
 * Count and maximum are exact. The median is that of the parts' medians, each weighed by its count; p95 is the greatest
 * of the parts', so that no more than one answer in twenty took longer.
 */
function mergeLatencies(parts: readonly LatencyDocument[]): LatencyDocument | undefined {
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    let below = 0;
    const middle = [...parts]
        .sort((a, b) => a.median - b.median)
        .find((part) => {
            below += part.count;
            return below * 2 >= count;
        });
    return (
        middle && {
            count,
            median: middle.median,
            p95: Math.max(...parts.map(({ p95 }) => p95)),
            max: Math.max(...parts.map(({ max }) => max)),
        }
    );
}
