import { groupByTag, isWell, type JudgedCopy } from "../mirror";

/** One tag, its wanted digest, and whether every copy of it was seen to be that digest. */
export interface TagProof {
    readonly image: string;
    readonly tag: string;
    readonly digest: string;
    readonly proven: boolean;
}

/** What a look proves for each tag. A tag without a wanted digest proves nothing; an upstream that moved on may. */
export function proveTags(copies: readonly JudgedCopy[]): TagProof[] {
    return groupByTag(copies).flatMap((group) => {
        const found = group.find(({ wanted }) => wanted !== undefined);
        if (found?.wanted === undefined) {
            return [];
        }
        const proven = group.every(({ verdict }) => isWell(verdict));
        return [{ image: found.image, tag: found.tag, digest: found.wanted, proven }];
    });
}
