import type { Lock } from "../catalog";
import type { TimelineDocument } from "./document";

/**
 * What a lock knows of each tag's past, in its own order; history that the file lost is not made up.
 *
 * @param images only these @default all
 */
export function timelineDocuments(lock: Lock, images?: readonly string[]): TimelineDocument[] {
    const wanted = images && new Set(images);
    const entries = Object.entries(lock).filter(([image]) => wanted?.has(image) ?? true);
    return entries.flatMap(([image, tags]) =>
        Object.entries(tags).map(([tag, { digest, since, history = [] }]) => ({
            image,
            tag,
            digest,
            ...(since === undefined ? undefined : { since }),
            history,
        })),
    );
}
