import type { Failure, Finding, JudgedCopy, TagSelection, Waived } from "../mirror";
import { type SelectionDocument, selectionDocuments } from "./selection";
import { type Outcome, outcomeOf, type Summary, summarize } from "./summary";

/** One copy in a JSON document. docs/report.schema.json describes it; it grows by addition only. */
export interface CopyDocument {
    readonly image: string;
    readonly tag: string;
    readonly role: JudgedCopy["role"];
    readonly registry: string;
    readonly repository: string;
    readonly reference: string;
    readonly status: "present" | "missing" | "unknown";
    readonly verdict: JudgedCopy["verdict"];
    readonly action: JudgedCopy["action"];
    readonly reason: string;
    readonly digest?: string;
    readonly mediaType?: string;
    /** Bytes of the manifest, not of the image. */
    readonly size?: number;
    readonly wanted?: string;
    /** The platforms that are wanted here, where that is not all. */
    readonly platforms?: readonly string[];
    /** Digest of the wanted digest's subset of these platforms, where it is proven: what the copy should show. */
    readonly subset?: string;
    /** Only the copy's own annotation calls it a subset. */
    readonly claimed?: true;
    /** What the index lists and its source does not have. */
    readonly missing?: readonly string[];
    /** Digests of manifests and blobs below it that are proven not to be there. */
    readonly lacking?: readonly string[];
    /** Why it could not be asked. */
    readonly code?: string;
    /** Its drift is known, and counts as none until then. */
    readonly waived?: Waived;
    /** The catalogue's word for what the image is for. */
    readonly purpose?: string;
}

export interface FailureDocument {
    readonly image: string;
    readonly tag: string;
    readonly registry: string;
    readonly repository: string;
    readonly reference: string;
    readonly code: string;
    readonly message: string;
}

/** The part of every document which says how the copies stand. */
export interface JudgementDocument {
    readonly outcome: Outcome;
    readonly summary: Summary;
    readonly copies: readonly CopyDocument[];
    /** One entry for each image that has selectors of tags. */
    readonly selections: readonly SelectionDocument[];
    /** What equal digests do not tell. */
    readonly findings: readonly Finding[];
}

/** How one registry answered during a run. */
export interface RegistryDocument {
    /** The catalogue's name. */
    readonly name: string;
    readonly host: string;
    readonly kind: string;
    /** Of that name; those that share a host share its count. */
    readonly requests: number;
    /** Whether anything there could be asked; absent where nothing was. */
    readonly up?: boolean;
    /** Of HEADs and GETs, from the request to its answer's head, in milliseconds; absent where nothing answered. */
    readonly latency?: LatencyDocument;
}

export interface LatencyDocument {
    readonly count: number;
    /** This and `p95` by buckets: at most 13 % too high or low. */
    readonly median: number;
    readonly p95: number;
    readonly max: number;
}

/** What the lock knows of one tag's past: newest first. */
export interface TimelineDocument {
    readonly image: string;
    readonly tag: string;
    readonly digest: string;
    /** When `digest` was first proven, ISO 8601. */
    readonly since?: string;
    /** The digests before it. */
    readonly history: readonly string[];
}

export function judgementDocument(
    judged: readonly JudgedCopy[],
    selection: TagSelection,
    findings: readonly Finding[] = [],
): JudgementDocument {
    return {
        outcome: outcomeOf(judged, selection.failures, findings),
        summary: summarize(judged),
        copies: judged.map(copyDocument),
        selections: selectionDocuments(selection),
        findings,
    };
}

export function copyDocument(copy: JudgedCopy): CopyDocument {
    const { image, tag, role, registry, repository, reference, state, verdict, action, reason, wanted } = copy;
    return {
        image,
        tag,
        role,
        registry,
        repository,
        reference,
        status: state.status,
        verdict,
        action,
        reason,
        ...(state.status === "present"
            ? { digest: state.digest, mediaType: state.mediaType, size: state.size }
            : undefined),
        ...(wanted === undefined ? undefined : { wanted }),
        ...(copy.platforms && { platforms: copy.platforms }),
        ...(copy.subset && { subset: copy.subset.digest }),
        ...(copy.claimed && { claimed: copy.claimed }),
        ...(copy.missing && { missing: copy.missing }),
        ...(copy.verdict === "missing" && copy.lacking && { lacking: copy.lacking.gone }),
        ...(state.status === "unknown" ? { code: state.code } : undefined),
        ...(copy.waived && { waived: copy.waived }),
    };
}

export function failureDocument({ copy, code, message }: Failure): FailureDocument {
    const { image, tag, registry, repository, reference } = copy;
    return { image, tag, registry, repository, reference, code, message };
}
