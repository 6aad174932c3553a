import { TransshipError } from "../core/errors";
import type { DriftIssueResult } from "../core/github";
import type { RegistryFreight } from "../core/mirror";
import type { PackageDeletion, PackageReport, Restored } from "../core/packages";
import type { PublishResult } from "../core/publish";
import type { FailureDocument, RunDocument, SelectionDocument } from "../core/report";
import type { ExitCode } from "./exit-code";

/** Raised only if a consumer could break; everything else is addition. docs/report.schema.json is the promise. */
const SCHEMA_VERSION = 1;

/** The head of every document. */
export interface DocumentHead {
    readonly schemaVersion: typeof SCHEMA_VERSION;
    readonly command: string;
    readonly exitCode: ExitCode;
}

export interface EnvironmentPart {
    readonly environment: string;
    readonly upstream: "follow" | "locked";
    /** Of the resolved catalogue. */
    readonly catalog: string;
}

export interface CheckDocument extends DocumentHead, RunDocument {}

export interface ReportDocument extends CheckDocument {
    /** Only with `--github-issue`: what became of the issue. */
    readonly issue?: DriftIssueResult;
}

/** What went along with an image; not known before it was carried. */
export interface CompanionsDocument {
    /** Referrers and digest tags that the target did not have. */
    readonly referrers?: number;
    /** Non-distributable layers, where there are any. */
    readonly foreignLayers?: { readonly count: number; readonly carried: boolean };
}

/** A tag that was set, or with `dryRun` would be. */
export interface CarryDocument extends CompanionsDocument {
    readonly image: string;
    readonly tag: string;
    readonly registry: string;
    readonly repository: string;
    readonly reference: string;
    /** What the tag was set to; of the whole image where a dry run cannot tell its subset yet. */
    readonly digest: string;
    /** The engine that carried it, where that is not ourselves: `harbor`, `ecr`. */
    readonly by?: string;
    /** With dryRun: the registry that it would be read from. */
    readonly from?: string;
    /** With dryRun, where pulls are counted: what it costs; 0 where another tag or target pays. */
    readonly pulls?: number;
    /** With dryRun: whether it waits for a pull limit. */
    readonly when?: "now" | "later";
    /** Of the whole image, where the tag was set to a subset of it. */
    readonly subsetOf?: string;
    /** The platforms that were chosen; in a dry run those that are to be. */
    readonly platforms?: readonly string[];
    /** How many platforms the image has. */
    readonly totalPlatforms?: number;
    /** What the index lists and its source does not have. */
    readonly missing?: readonly string[];
}

/** A copy that was equal already, and got referrers that it lacked. */
export interface ReferrersDocument {
    readonly image: string;
    readonly tag: string;
    readonly registry: string;
    readonly repository: string;
    readonly reference: string;
    readonly referrers: number;
}

export interface SyncDocument extends CheckDocument {
    readonly dryRun: boolean;
    readonly carries: readonly CarryDocument[];
    /** Only with `--referrers`. */
    readonly completed: readonly ReferrersDocument[];
    /** What did not go along with images that were carried. */
    readonly warnings: readonly FailureDocument[];
    readonly failures: readonly FailureDocument[];
    /** Tags whose entry in the lock file is new or another. */
    readonly recorded: number;
    /** Blob bytes of what was carried, by the catalogue's name of the target's registry. */
    readonly storage: Readonly<Record<string, RegistryFreight>>;
}

export interface LockChangeDocument {
    readonly image: string;
    readonly tag: string;
    /** `removed`: a tag of an image with selectors, whose authority no longer names it. */
    readonly change: "added" | "moved" | "unchanged" | "waiting" | "missing" | "unknown" | "removed";
    readonly digest?: string;
    readonly before?: string;
    readonly reason?: string;
}

export interface LockDocument extends DocumentHead, EnvironmentPart {
    readonly dryRun: boolean;
    readonly changes: readonly LockChangeDocument[];
    readonly selections: readonly SelectionDocument[];
}

/** What became of one image's publication at each of its places. */
export interface PublishDocument extends DocumentHead, EnvironmentPart, Omit<PublishResult, "interrupted" | "freight"> {
    readonly dryRun: boolean;
    /** The image's own names. */
    readonly tags: readonly string[];
    /** As of a sync. */
    readonly recorded: number;
    readonly storage: Readonly<Record<string, RegistryFreight>>;
    readonly requests: Readonly<Record<string, number>>;
    /** ISO 8601. */
    readonly at: string;
}

export interface ServeDocument extends DocumentHead {
    readonly url: string;
    readonly host: string;
    readonly port: number;
    readonly root: string;
}

/** Where the metrics are to be had. */
export interface ExporterDocument extends DocumentHead {
    /** Absent where nothing is served. */
    readonly url?: string;
    readonly host?: string;
    readonly port?: number;
    /** The file that each look writes. */
    readonly textfile?: string;
    /** Milliseconds from one look's start to the next one's; absent with `--once`. */
    readonly interval?: number;
}

export interface WorkflowDocument extends DocumentHead {
    readonly kind: string;
    /** `written`: with dryRun, would be. */
    readonly status: "printed" | "written" | "unchanged";
    readonly dryRun: boolean;
    readonly file?: string;
    /** Names of secrets and variables that have to be set at GitHub. */
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
    /** The file's whole text. */
    readonly content: string;
}

export interface PackagesDocument extends DocumentHead {
    /** Nothing was deleted, since `--delete` was not asked for. */
    readonly dryRun: boolean;
    readonly packages: readonly PackageReport[];
    /** Only with `--delete`, where anything was due: what is gone, in that order. */
    readonly deletions?: readonly PackageDeletion[];
    /** What GitHub does not let go. */
    readonly refused?: readonly { readonly package: string; readonly digest: string; readonly reason: string }[];
    /** What stopped the work. */
    readonly failures?: readonly { readonly package: string; readonly message: string }[];
    /** Due, and not deleted. */
    readonly left?: number;
    /** Only with `--restore`. */
    readonly restored?: readonly Restored[];
}

export interface TagsDocument extends DocumentHead {
    /** The most important one first. */
    readonly tags: readonly string[];
}

export interface ErrorDocument extends DocumentHead {
    readonly error: {
        readonly code: string;
        readonly message: string;
        /** Of a catalogue: each with its place. */
        readonly problems?: readonly unknown[];
    };
}

export function documentHead(command: string, exitCode: ExitCode): DocumentHead {
    return { schemaVersion: SCHEMA_VERSION, command, exitCode };
}

export function errorDocument(command: string, exitCode: ExitCode, error: unknown): ErrorDocument {
    const code = error instanceof TransshipError ? error.code : "INTERNAL";
    const message = error instanceof Error ? error.message : String(error);
    const problems = (error as { problems?: unknown } | undefined)?.problems;
    return {
        ...documentHead(command, exitCode),
        error: { code, message, ...(Array.isArray(problems) ? { problems } : undefined) },
    };
}
