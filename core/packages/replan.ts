import { planRetention } from "../retention";
import type { PackageLook, PackageWish } from "./types";

/**
 * The same look, judged with what only a state knows: what was deleted before, and what GitHub refused to delete. Asks
 * nobody.
 */
export function replan(look: PackageLook, { deletions = [], refused = {} }: PackageWish): PackageLook {
    const { retention } = look;
    if (retention === undefined || (deletions.length === 0 && Object.keys(refused).length === 0)) {
        return look;
    }
    const input = {
        ...retention.input,
        deleted: new Set([...(retention.input.deleted ?? []), ...deletions.map(({ digest }) => digest)]),
        refused: new Map(Object.entries(refused)),
    };
    // More is kept, or more of what was read already is due: nothing is left to ask.
    const { plan } = planRetention(input);
    return plan === undefined ? look : { ...look, retention: { ...retention, plan, input } };
}
