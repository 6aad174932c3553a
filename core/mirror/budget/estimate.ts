import { isIndexType, isManifestType } from "../../oci";
import type { CopyState } from "../types";

/** What reading an image's manifests costs. */
export interface PullEstimate {
    readonly pulls: number;
    /** The index was not read yet: its size alone is known. */
    readonly estimated: boolean;
}

/** Bytes of an index around its entries. */
const FRAME_BYTES = 100;
/**
 * Bytes of one entry of an index, as tools write them today: a plain one has 290 to 340, BuildKit's with attestations
 * 375 on average, one with annotations (Docker's official images) up to 650. So the estimate is seldom too low, and at
 * most about twice as high; what is too much is given back as soon as the index was read.
 */
const ENTRY_BYTES = 320;
/** Children of an index of which not even the size is known. */
const UNKNOWN_CHILDREN = 8;

/**
 * The pulls of a fresh image: one for a single manifest, 1 + P for an index of P manifests. Before the index is read, P
 * comes from the size that the HEAD told, and from `platforms` where only some are wanted.
 *
 * @param state the copy to be read, or one like it: the type and size under the tag
 * @param isSame whether `state` shows the digest itself
 */
export function estimatePulls(
    state: CopyState | undefined,
    isSame: boolean,
    platforms: "all" | readonly string[],
): PullEstimate {
    if (state?.status === "present" && isManifestType(state.mediaType) && !isIndexType(state.mediaType)) {
        return { pulls: 1, estimated: !isSame };
    }
    const size = state?.status === "present" ? state.size : 0;
    const children = size === 0 ? UNKNOWN_CHILDREN : Math.max(1, Math.round((size - FRAME_BYTES) / ENTRY_BYTES));
    return { pulls: 1 + (platforms === "all" ? children : Math.min(children, platforms.length)), estimated: true };
}
