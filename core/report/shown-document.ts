import type { CopyDocument, FailureDocument, JudgementDocument, RegistryDocument, TimelineDocument } from "./document";
import type { PullsDocument } from "./pulls";

/** What a page and a step's summary are drawn from: the document of a look, just made or of an earlier run. */
export interface ShownDocument extends JudgementDocument {
    readonly command?: string;
    readonly environment: string;
    readonly upstream: "follow" | "locked";
    /** Digest of the resolved catalogue. */
    readonly catalog: string;
    readonly copies: readonly CopyDocument[];
    /** Requests by the catalogue's name of the registry. */
    readonly requests: Readonly<Record<string, number>>;
    /** Accounts whose pulls are counted; empty where no registry told of a limit. */
    readonly pulls: readonly PullsDocument[];
    readonly registries: readonly RegistryDocument[];
    readonly timelines: readonly TimelineDocument[];
    /** When the run ended, ISO 8601. */
    readonly at: string;
    /** With sync: it only said what it would do. */
    readonly dryRun?: boolean;
    /** With sync: tags that were set, or with dryRun would be. */
    readonly carries?: readonly unknown[];
    /** With sync: what could not be carried. */
    readonly failures?: readonly FailureDocument[];
}
