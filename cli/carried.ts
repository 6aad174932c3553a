import { type CarriedTag, describeSubset, nameChild } from "../core/mirror";
import { count } from "../core/report";
import type { CarryDocument } from "./documents";

/** What a tag was set to, in words: its digest, or what of the image it is and that its digest is another one. */
export function describeCarried(carried: CarriedTag): string {
    const { digest, platforms } = carried.task;
    const isPlanned = carried.manifest === undefined;
    const what =
        isPlanned && platforms !== undefined
            ? `${platforms.join(", ")} of ${digest}`
            : (describeSubset(carried) ?? digest);
    const { by, referrers = 0 } = carried;
    const engine = by === undefined ? "" : ` by ${by === "ecr" ? "ECR" : "Harbor"}`;
    return `${what}${referrers === 0 ? "" : ` with ${count(referrers, "referrer")}`}${engine}`;
}

export function carryDocument({ task, manifest, referrers, foreignLayers, by }: CarriedTag): CarryDocument {
    const { image, tag, registry, repository, reference } = task.to;
    const digest = manifest?.digest ?? task.to.subset?.digest ?? task.digest;
    const missing = manifest?.missing.map(nameChild);
    const platforms = manifest?.subset?.platforms ?? task.platforms;
    return {
        image,
        tag,
        registry,
        repository,
        reference,
        digest,
        ...(by === undefined ? undefined : { by }),
        ...(digest === task.digest ? undefined : { subsetOf: task.digest }),
        ...(platforms && { platforms }),
        ...(manifest?.subset && { totalPlatforms: manifest.subset.total }),
        ...(missing?.length ? { missing } : undefined),
        ...(referrers === undefined ? undefined : { referrers }),
        ...(foreignLayers === undefined || foreignLayers.count === 0 ? undefined : { foreignLayers }),
    };
}
