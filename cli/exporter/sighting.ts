import type { Catalog } from "../../core/catalog";
import type { ManifestCache } from "../../core/mirror";
import type { AwsTokens, RegistryStats } from "../../core/registry";
import { renderExceptions, renderFindings, renderSelectionFailures, renderSummary } from "../../core/report";
import type { StandingDocument } from "../../core/report/metrics";
import { inspectCopies, inspectionWishes } from "../inspection";
import { Output } from "../output";
import { look, sessionOf } from "../session";
import { standingPart } from "../standing";

/** What one look saw. */
export interface Sighting {
    readonly document: StandingDocument;
    /** In words: the summary, then a line for each exception. */
    readonly lines: readonly string[];
}

/** What looks have in common. */
export interface Viewer {
    /** The command line's. */
    readonly options: Readonly<Record<string, unknown>>;
    /** Those that are named. */
    readonly images: readonly string[];
    readonly signal: AbortSignal;
    /** Of one digest the manifest is read once, however many looks see it drift: where pulls are counted, that is one. */
    readonly manifests: ManifestCache;
    /** A look every few minutes needs a token every twelve hours. */
    readonly awsTokens: AwsTokens;
}

/** A look of its own connections, which are closed at its end: none is held open until the next one. */
export async function see(
    { options, images, signal, manifests, awsTokens }: Viewer,
    catalog: Catalog,
    onStats: (stats: Readonly<Record<string, RegistryStats>>) => void,
): Promise<Sighting> {
    const session = sessionOf(catalog, options, images, signal, manifests, awsTokens);
    try {
        const { judged: seen, selection } = await look(session, SILENT);
        const { judged, findings } = await inspectCopies(session, seen, inspectionWishes(options), SILENT);
        const standing = standingPart(session, judged, selection, findings);
        return {
            document: { environment: catalog.environment, ...standing },
            lines: [
                renderSummary(judged, {}, selection.failures, findings),
                ...renderSelectionFailures(selection.failures),
                ...renderFindings(findings),
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
