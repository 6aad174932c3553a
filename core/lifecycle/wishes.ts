import { type Catalog, type Lock, type LockEntry, lockEntry } from "../catalog";
import { type CircumstanceOptions, type Circumstances, circumstancesOf, type JudgedCopy } from "../mirror";
import type { FleetInputs } from "./types";

type Pins = NonNullable<FleetInputs["pinned"]>;

/** The part of a fleet's or a gate's inputs which says what is wished for. */
export interface WishSource {
    readonly lock: Lock;
    readonly promoted: boolean;
}

/** What a judgement needs to know of one environment, for a fleet and for a gate. */
export function circumstancesFor(
    catalog: Catalog,
    source: WishSource,
    pinned: Pins | undefined,
    now: Date,
    options: Pick<CircumstanceOptions, "history" | "carried">,
): Circumstances {
    const wishes = catalog.upstream === "locked" ? resolveWishes(catalog, source, pinned, now) : {};
    const waits = (image: string, tag: string): string | undefined => {
        if (!source.promoted) {
            return undefined;
        }
        const from =
            catalog.promoteFrom === undefined ? "previous environment" : `environment "${catalog.promoteFrom}"`;
        return lockEntry(source.lock, image, tag) === undefined
            ? `the ${from} has not proven a digest for it yet`
            : `the digest that the ${from} has proven is younger than minAge`;
    };
    return circumstancesOf(catalog, { wishes, waits, now, ...options });
}

/**
 * The wishes of a `locked` environment, tag by tag: the lock's digest; the pinned one while the lock has none, or one
 * that is younger than `minAge`. `pinned` comes from the last look: `check` sees inputs only, never the state.
 */
function resolveWishes(catalog: Catalog, source: WishSource, pinned: Pins | undefined, now: Date): Lock {
    const wishes: Record<string, Record<string, LockEntry>> = {};
    for (const image of Object.values(catalog.images)) {
        for (const tag of image.tags) {
            const entry = lockEntry(source.lock, image.name, tag);
            const ready = entry !== undefined && !(source.promoted && isYoung(entry, catalog.minAge, now));
            const wish = ready ? entry : pinnedEntry(pinned, image.name, tag);
            if (wish !== undefined) {
                wishes[image.name] = { ...wishes[image.name], [tag]: wish };
            }
        }
    }
    return wishes;
}

/** Asks own keys only: a tag may be called `constructor`. */
function pinnedEntry(pinned: Pins = {}, image: string, tag: string): LockEntry | undefined {
    const tags = Object.hasOwn(pinned, image) ? pinned[image] : undefined;
    const digest = tags !== undefined && Object.hasOwn(tags, tag) ? tags[tag] : undefined;
    return digest === undefined ? undefined : { digest };
}

/** The digests to hold on to until the lock speaks: those of `locked` tags that the lock does not decide. */
export function pinDigests(
    catalog: Catalog,
    source: WishSource,
    judged: readonly JudgedCopy[],
): { readonly pinned?: Pins } {
    if (catalog.upstream !== "locked") {
        return {};
    }
    const pinned: Record<string, Record<string, string>> = {};
    for (const { image, tag, wanted } of judged) {
        const decided = lockEntry(source.lock, image, tag) !== undefined && catalog.minAge === undefined;
        if (wanted !== undefined && !decided) {
            pinned[image] = { ...pinned[image], [tag]: wanted };
        }
    }
    return Object.keys(pinned).length === 0 ? {} : { pinned };
}

function isYoung(entry: LockEntry, minAge: number | undefined, now: Date): boolean {
    return minAge !== undefined && entry.since !== undefined && now.getTime() - Date.parse(entry.since) < minAge;
}
