import type { FailureDocument } from "./document";
import type { RunDocument } from "./run-document";

/** What a page and a step's summary are drawn from: the document of a look, just made or of an earlier run. */
export interface ShownDocument extends RunDocument {
    readonly command?: string;
    /** With sync: it only said what it would do. */
    readonly dryRun?: boolean;
    /** With sync: tags that were set, or with dryRun would be. */
    readonly carries?: readonly unknown[];
    /** With sync: what could not be carried. */
    readonly failures?: readonly FailureDocument[];
}
