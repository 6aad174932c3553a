import type { Companions } from "./companions";
import type { BroughtManifest } from "./image-carrier";
import type { CarryTask } from "./plan";
import { nameChild } from "./sparse";

/** A tag that was set, or with nothing brought yet one that is to be. */
export interface CarriedTag extends Partial<Pick<Companions, "referrers" | "foreignLayers">> {
    readonly task: CarryTask;
    readonly manifest?: BroughtManifest;
    /** The engine that carried it, where that is not ourselves: `harbor`, `ecr`. */
    readonly by?: string;
}

/** What a carry left out, and that the digest is another one; a clause. Undefined where it carried everything. */
export function describeSubset({ task, manifest }: CarriedTag): string | undefined {
    if (manifest === undefined) {
        return undefined;
    }
    const { digest, missing, subset } = manifest;
    if (missing.length > 0) {
        return `without ${missing.map(nameChild).join(", ")}, which the source does not have`;
    }
    if (digest === task.digest) {
        return undefined;
    }
    const { platforms = [] } = task;
    const chosen =
        subset === undefined ? platforms.join(", ") : `${subset.platforms.join(", ")} of ${subset.total} platforms`;
    return `as a subset: ${chosen}; its digest ${digest} differs from the source's ${task.digest}`;
}
