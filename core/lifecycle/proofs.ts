import { type LockEntry, type LockedSubset, withMissing, withSubset } from "../catalog";
import { groupByTag, isWell, type JudgedCopy } from "../mirror";

/** One tag, its wanted digest, and whether every copy of it was seen to be that digest. */
export interface TagProof {
    readonly image: string;
    readonly tag: string;
    readonly digest: string;
    readonly proven: boolean;
    /** What the targets show of it, where that is not the whole. */
    readonly subset?: LockedSubset;
    readonly missing?: readonly string[];
}

/** What a look proves for each tag. A tag without a wanted digest proves nothing; an upstream that moved on may. */
export function proveTags(copies: readonly JudgedCopy[]): TagProof[] {
    return groupByTag(copies).flatMap((group) => {
        const found = group.find(({ wanted }) => wanted !== undefined);
        if (found?.wanted === undefined) {
            return [];
        }
        const proven = group.every(({ verdict }) => isWell(verdict));
        const { subset } = group.find((copy) => copy.subset !== undefined) ?? {};
        const { missing } = group.find((copy) => copy.missing !== undefined) ?? {};
        return [{ image: found.image, tag: found.tag, digest: found.wanted, proven, subset, missing }];
    });
}

/** Whether a lock's entry says all that was proven. */
export function isRecorded(entry: LockEntry | undefined, { digest, subset, missing }: TagProof): boolean {
    return entry?.digest === digest && withMissing(withSubset(entry, subset), missing) === entry;
}
