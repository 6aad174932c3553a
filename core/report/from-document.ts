import type { CopyState, JudgedCopy, SelectionFailure } from "../mirror";
import type { CopyDocument } from "./document";
import type { SelectionDocument } from "./selection";

/** A copy as the texts take it, from a document: what a run prints and what is printed of it later are one text. */
export function judgedFromDocument(copy: CopyDocument): JudgedCopy {
    const { image, tag, role, registry, repository, reference, verdict, action, reason } = copy;
    return {
        image,
        tag,
        role,
        registry,
        repository,
        reference,
        state: stateOf(copy),
        verdict,
        action,
        reason,
        ...(copy.wanted === undefined ? {} : { wanted: copy.wanted }),
        ...(copy.platforms && { platforms: copy.platforms }),
        ...(copy.subset === undefined ? {} : { subset: { digest: copy.subset, platforms: copy.platforms ?? [] } }),
        ...(copy.claimed && { claimed: copy.claimed }),
        ...(copy.missing && { missing: copy.missing }),
        ...(copy.waived && { waived: copy.waived }),
    };
}

function stateOf({ status, digest = "", mediaType = "", size = 0, code = "UNKNOWN", reason }: CopyDocument): CopyState {
    switch (status) {
        case "present":
            return { status, digest, mediaType, size };
        case "missing":
            return { status };
        case "unknown":
            return { status, code, message: reason };
    }
}

/** Why tags are not decided, image by image. */
export function failuresFromDocuments(selections: readonly SelectionDocument[]): SelectionFailure[] {
    return selections.flatMap(({ image, problems }) => problems.map((problem) => ({ image, ...problem })));
}
