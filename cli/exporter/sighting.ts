import type { Catalog } from "../../core/catalog";
import type { RegistryStats } from "../../core/registry";
import { renderExceptions, renderSelectionFailures, renderSummary } from "../../core/report";
import type { StandingDocument } from "../../core/report/metrics";
import { Output } from "../output";
import { look, sessionOf } from "../session";
import { standingPart } from "../standing";

/** What one look saw. */
export interface Sighting {
    readonly document: StandingDocument;
    /** In words: the summary, then a line for each exception. */
    readonly lines: readonly string[];
}

/** A look of its own connections, which are closed at its end: nothing is held open, or kept, until the next one. */
export async function see(
    catalog: Catalog,
    images: readonly string[],
    signal: AbortSignal,
    onStats: (stats: Readonly<Record<string, RegistryStats>>) => void,
): Promise<Sighting> {
    const session = sessionOf(catalog, images, signal);
    try {
        const { judged, selection } = await look(session, SILENT);
        const document = { environment: catalog.environment, ...standingPart(session, judged, selection) };
        return {
            document,
            lines: [
                renderSummary(judged, {}, selection.failures),
                ...renderSelectionFailures(selection.failures),
                ...renderExceptions(judged),
            ],
        };
    } finally {
        // A look that failed has asked, too.
        onStats(session.registries.stats());
        await session.registries.close();
    }
}

/** No progress line: it is no person that waits. */
const SILENT = new Output({ json: true, quiet: true });
