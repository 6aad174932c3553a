import type { Finding, JudgedCopy } from "../types";

/** The part of a finding which says what copy it is about. */
export function placeOfCopy({
    image,
    tag,
    registry,
    repository,
    reference,
}: JudgedCopy): Pick<Finding, "image" | "tag" | "registry" | "repository" | "reference"> {
    return { image, tag, registry, repository, reference };
}
