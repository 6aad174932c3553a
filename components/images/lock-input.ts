import type { Lock, LockEntry } from "../../core/catalog";

/** The part of a lock that some images need, without what only consumers of an output read. Pure. */
export function lockFor(lock: Lock, images: readonly string[]): Lock {
    const strip = ({ platforms, ...entry }: LockEntry): LockEntry => entry;
    const tagsOf = (tags: Lock[string]): Lock[string] =>
        Object.fromEntries(Object.entries(tags).map(([tag, entry]) => [tag, strip(entry)]));
    return Object.fromEntries(
        images.flatMap((image) => {
            const tags = Object.hasOwn(lock, image) ? lock[image] : undefined;
            return tags === undefined ? [] : [[image, tagsOf(tags)]];
        }),
    );
}
