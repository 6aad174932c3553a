import { type Catalog, type LockEntry, lockEntry } from "../core/catalog";
import type { ObservedCopy } from "../core/mirror";
import type { LockChangeDocument } from "./documents";

/** The wishes from a look at each tag's authority: what is there now is wanted from now on. Pure. */
export function changesFromLook(catalog: Catalog, copies: readonly ObservedCopy[]): LockChangeDocument[] {
    return copies.map(({ image, tag, registry, state }): LockChangeDocument => {
        if (state.status === "present") {
            return change(catalog, image, tag, state.digest);
        }
        const before = lockEntry(catalog.lock, image, tag)?.digest;
        const reason = state.status === "missing" ? `${registry} has no such tag` : state.message;
        return { image, tag, change: state.status, reason, ...(before === undefined ? undefined : { before }) };
    });
}

/**
 * The wishes from the environment before: a digest is taken once it was proven there, and for `minAge`. Asks no
 * registry, so that what is promoted is what was tested and not what a tag shows meanwhile. Pure.
 *
 * @param now milliseconds since 1970
 */
export function changesFromPromotion(catalog: Catalog, images: readonly string[], now: number): LockChangeDocument[] {
    return images.flatMap((image) =>
        (catalog.images[image]?.tags ?? []).map((tag): LockChangeDocument => {
            const entry = lockEntry(catalog.promotedLock, image, tag);
            const why = whyWaiting(catalog, entry, now);
            if (entry !== undefined && why === undefined) {
                return change(catalog, image, tag, entry.digest);
            }
            const before = lockEntry(catalog.lock, image, tag)?.digest;
            return {
                image,
                tag,
                change: "waiting",
                reason: why ?? "",
                ...(before === undefined ? undefined : { before }),
            };
        }),
    );
}

function whyWaiting(catalog: Catalog, entry: LockEntry | undefined, now: number): string | undefined {
    if (entry?.since === undefined) {
        return `the environment "${catalog.promoteFrom}" has not proven a digest for it yet`;
    }
    const ready = Date.parse(entry.since) + (catalog.minAge ?? 0);
    return ready > now
        ? `the environment "${catalog.promoteFrom}" has proven it since ${entry.since} only; it is old enough at ${new Date(ready).toISOString()}`
        : undefined;
}

function change(catalog: Catalog, image: string, tag: string, digest: string): LockChangeDocument {
    const before = lockEntry(catalog.lock, image, tag)?.digest;
    if (before === undefined) {
        return { image, tag, change: "added", digest };
    }
    return { image, tag, change: before === digest ? "unchanged" : "moved", digest, before };
}
