import type { Failure, JudgedCopy, TagSelection } from "../mirror";
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
    /** Why it could not be asked. */
    readonly code?: string;
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
}

export function judgementDocument(judged: readonly JudgedCopy[], selection: TagSelection): JudgementDocument {
    return {
        outcome: outcomeOf(judged, selection.failures),
        summary: summarize(judged),
        copies: judged.map(copyDocument),
        selections: selectionDocuments(selection),
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
        ...(state.status === "unknown" ? { code: state.code } : undefined),
    };
}

export function failureDocument({ copy, code, message }: Failure): FailureDocument {
    const { image, tag, registry, repository, reference } = copy;
    return { image, tag, registry, repository, reference, code, message };
}
