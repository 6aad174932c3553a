import type { Catalog } from "../catalog";
import { findImage } from "../catalog";
import { describeError } from "../errors";
import { parseManifest } from "../oci";
import type { Learned } from "./circumstances";
import { eachLimited } from "./each-limited";
import { groupByTag } from "./judge";
import { makeSubset } from "./make-subset";
import type { Registries } from "./observe";
import type { JudgedCopy, ObservedCopy } from "./types";

export interface Proofs {
    readonly learned: readonly Learned[];
    /** Copies whose claim could be neither proven nor refuted. */
    readonly failed: ReadonlySet<JudgedCopy>;
    /** All copies in their order, those that failed with the reason. */
    readonly copies: readonly ObservedCopy[];
}

/**
 * What a target says of itself is no proof: the subset is made again from the source's own bytes, and its digest is
 * what the target must show. Costs one pull for each tag that no lock knows, and nothing once it is in a lock.
 */
export async function proveClaims(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    registries: Registries,
): Promise<Proofs> {
    const claims = groupByTag(judged.filter(isClaim));
    const failed = new Map<JudgedCopy, string>();
    const learned = await eachLimited(claims, 16, async (copies): Promise<Learned[]> => {
        try {
            return [await prove(catalog, copies[0] as JudgedCopy, registries)];
        } catch (error) {
            for (const copy of copies) {
                failed.set(copy, `it could not be proven what it was made of: ${describeError(error)}`);
            }
            return [];
        }
    });
    const copies = judged.map((copy): ObservedCopy => {
        const unproven = failed.get(copy);
        return unproven === undefined ? copy : { ...copy, origin: { unproven } };
    });
    return { learned: learned.flat(), failed: new Set(failed.keys()), copies };
}

function isClaim({ claimed, origin, verdict, wanted, platforms }: JudgedCopy): boolean {
    const isSilent = verdict === "unknown" && origin !== undefined && origin.of === undefined;
    return (claimed === true || isSilent) && wanted !== undefined && platforms !== undefined;
}

async function prove(catalog: Catalog, copy: JudgedCopy, registries: Registries): Promise<Learned> {
    const { image, tag, wanted: of = "", platforms = [] } = copy;
    const { source } = findImage(catalog, image);
    const { bytes, mediaType } = await registries.client(source.registry).getManifest(source.repository, of);
    const whole = { digest: of, mediaType, bytes, content: parseManifest(bytes, mediaType) };
    const { digest } = await makeSubset(whole, platforms, source, registries);
    return { image, tag, subset: { of, digest, platforms } };
}
