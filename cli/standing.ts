import type { Finding, JudgedCopy, TagSelection } from "../core/mirror";
import { judgementDocument, type RegistryDocument, timelineDocuments } from "../core/report";
import type { CheckDocument } from "./documents";
import { pullsOf, requestsOf, type Session } from "./session";

/** How everything stands after a look: the part that the documents of `check` and `sync` share. */
export function standingPart(
    session: Session,
    judged: readonly JudgedCopy[],
    selection: TagSelection,
    findings: readonly Finding[] = [],
): Omit<CheckDocument, "schemaVersion" | "command" | "exitCode" | "environment" | "upstream" | "catalog"> {
    return {
        ...judgementDocument(judged, selection, findings),
        requests: requestsOf(session),
        pulls: pullsOf(session, judged),
        registries: registryDocuments(session, judged),
        timelines: timelineDocuments(session.catalog.lock),
        at: new Date().toISOString(),
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
        return up === undefined ? [] : [{ name, host, kind, requests: stats[name]?.requests ?? 0, up }];
    });
}
