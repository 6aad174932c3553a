import type { Finding, JudgedCopy, TagSelection } from "../core/mirror";
import { mergeLatencies, type RegistryStats } from "../core/registry";
import {
    judgementDocument,
    type LatencyDocument,
    type RegistryDocument,
    type RunDocument,
    timelineDocuments,
} from "../core/report";
import { pullsOf, requestsOf, type Session } from "./session";

/** How everything stands after a look: the part that the documents of `check` and `sync` share. */
export function standingPart(
    session: Session,
    judged: readonly JudgedCopy[],
    selection: TagSelection,
    findings: readonly Finding[] = [],
): Omit<RunDocument, "environment" | "upstream" | "catalog"> {
    const judgement = judgementDocument(judged, selection, findings);
    return {
        ...judgement,
        copies: judgement.copies.map((copy) => {
            const purpose = session.catalog.images[copy.image]?.purpose;
            return purpose === undefined ? copy : { ...copy, purpose };
        }),
        requests: requestsOf(session),
        pulls: pullsOf(session, judged),
        registries: registryDocuments(session, judged),
        timelines: timelineDocuments(session.catalog.lock, session.images),
        at: new Date().toISOString(),
        ...(session.shard && { shard: session.shard }),
    };
}

/** One entry for each registry that the copies are at, in the catalogue's order. */
function registryDocuments({ catalog, registries }: Session, judged: readonly JudgedCopy[]): RegistryDocument[] {
    const stats = registries.stats();
    const asked = new Map<string, boolean>();
    for (const { registry, state } of judged) {
        asked.set(registry, asked.get(registry) === true || state.status !== "unknown");
    }
    return Object.values(catalog.registries).flatMap(({ name, host, kind }) => {
        const up = asked.get(name);
        const latency = latencyDocument(stats[name]);
        const { requests = 0 } = stats[name] ?? {};
        return up === undefined ? [] : [{ name, host, kind, requests, up, ...(latency && { latency }) }];
    });
}

/** Of all that was read, whatever the method; absent where nothing was answered. */
function latencyDocument(stats: RegistryStats | undefined): LatencyDocument | undefined {
    const latency = mergeLatencies(Object.values(stats?.latency ?? {}));
    const hundredths = (ms: number): number => Math.round(ms * 100) / 100;
    const { count, max } = latency;
    const [median, p95] = [latency.quantile(0.5), latency.quantile(0.95)];
    return count === 0 ? undefined : { count, median: hundredths(median), p95: hundredths(p95), max: hundredths(max) };
}
