import { type Catalog, type LockEntry, lockEntry, selectTags } from "../core/catalog";
import type { ObservedCopy, TagSelection } from "../core/mirror";
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

/**
 * What leaves the lock, so that choosing from the lock gives what was chosen now: tags that the selectors fit and the
 * authority no longer has. Tags that are merely too old for `newest` stay, with their history. Pure.
 */
export function removals(catalog: Catalog, { selected, failures }: TagSelection): LockChangeDocument[] {
    const open = new Set(failures.map(({ image }) => image));
    return Object.entries(selected).flatMap(([image, chosen]) => {
        const { selectors = [], tags = [] } = catalog.images[image] ?? {};
        const keep = new Set([...chosen, ...tags]);
        const names = new Set([...Object.keys(catalog.lock[image] ?? {}), ...chosen]);
        const gone: LockChangeDocument[] = [];
        const more = (): string[] =>
            open.has(image)
                ? []
                : selectors.flatMap((selector) => selectTags(selector, [...names])).filter((tag) => !keep.has(tag));
        for (let batch = more(); batch.length > 0; batch = more()) {
            for (const tag of new Set(batch)) {
                names.delete(tag);
                const before = lockEntry(catalog.lock, image, tag)?.digest;
                const reason = "no longer there where the selectors choose; out of the lock";
                gone.push({
                    image,
                    tag,
                    change: "removed",
                    reason,
                    ...(before === undefined ? undefined : { before }),
                });
            }
        }
        return gone;
    });
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
