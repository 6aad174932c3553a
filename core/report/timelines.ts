import type { Lock } from "../catalog";
import type { TimelineDocument } from "./document";

/** What a lock knows of each tag's past, in its own order; history that the file lost is not made up. */
export function timelineDocuments(lock: Lock): TimelineDocument[] {
    return Object.entries(lock).flatMap(([image, tags]) =>
        Object.entries(tags).map(([tag, { digest, since, history = [] }]) => ({
            image,
            tag,
            digest,
            ...(since === undefined ? undefined : { since }),
            history,
        })),
    );
}
