import {
    type Catalog,
    findImage,
    HISTORY,
    type Lock,
    type LockEntry,
    lockEntry,
    readLock,
    replaceDigest,
    withMissing,
    withSubset,
    writeLock,
} from "../core/catalog";
import { type CarriedTag, groupBy, isWell, type JudgedCopy } from "../core/mirror";
import { isListed, type PublishResult } from "../core/publish";
import type { LockChangeDocument } from "./documents";

type Change = (entry: LockEntry | undefined) => LockEntry | "removed" | undefined;

interface TagName {
    readonly image: string;
    readonly tag: string;
}

/** A change of one tag's entry; `undefined` from it leaves the entry as it is, `removed` takes it out. */
interface TagChange extends TagName {
    readonly change: Change;
}

/**
 * Records what a sync did: a tag all of whose copies are proven gets its digest and the time; one that was carried to
 * some places only gets it as one of ours, so that the next run does not take it for a stranger's. What has no targets
 * is never carried, and not recorded.
 *
 * @returns how many tags have a new entry or another one
 */
export function recordCarried(catalog: Catalog, carried: readonly CarriedTag[], judged: readonly JudgedCopy[]): number {
    const proofs = provenTags(judged);
    const change = proving(catalog.upstream, new Date().toISOString());
    const proven = [...proofs.values()].map((proof) => ({ image: proof.image, tag: proof.tag, change: change(proof) }));
    const begun = carried
        .filter(({ task: { to } }) => !proofs.has(`${to.image}\n${to.tag}`))
        .map(({ task: { to, digest } }) => ({ image: to.image, tag: to.tag, change: remembering(digest) }));
    return applyToFile(catalog, [...proven, ...begun]);
}

/**
 * Records a publication: a tag that every place shows gets the digest and the time, whatever the lock said before, since
 * who publishes decides what the tag is. One that is astray is remembered as ours. Tags that the catalogue does not list
 * are not recorded.
 */
export function recordPublished(catalog: Catalog, { image: name, digest, places }: PublishResult): number {
    const image = findImage(catalog, name);
    const prove = proving("follow", new Date().toISOString());
    const results = places.flatMap(({ tags }) => tags).filter(({ tag }) => isListed(image, tag));
    const changes = [...groupBy(results, ({ tag }) => tag)].flatMap(([tag, all]): TagChange[] => {
        if (all.every(({ status }) => status === "unchanged" || status === "moved")) {
            return [{ image: name, tag, change: prove({ image: name, tag, wanted: digest }) }];
        }
        const isSeen = all.some(({ status, shows }) => status === "unchanged" || shows === digest);
        return isSeen ? [{ image: name, tag, change: remembering(digest) }] : [];
    });
    return applyToFile(catalog, changes);
}

/** Writes the wishes that `lock` found. They have no time: that is when they are first proven, which is later. */
export function writeWishes(catalog: Catalog, changes: readonly LockChangeDocument[]): number {
    const wishes = changes.flatMap(({ image, tag, change, digest }): TagChange[] => {
        if (change === "removed") {
            return [{ image, tag, change: (entry) => entry && "removed" }];
        }
        return digest !== undefined && (change === "added" || change === "moved")
            ? [{ image, tag, change: (entry) => replaceDigest(entry, digest) }]
            : [];
    });
    return applyToFile(catalog, wishes);
}

interface Proof extends TagName {
    readonly wanted: string;
    readonly subset?: JudgedCopy["subset"];
    readonly missing?: JudgedCopy["missing"];
}

/** Tags with targets, all of whose copies were seen to be the wanted digest, or what is wanted of it. */
function provenTags(judged: readonly JudgedCopy[]): Map<string, Proof> {
    const proven = new Map<string, Proof>();
    for (const { image, tag, role, wanted, subset, missing } of judged) {
        if (role === "target" && wanted !== undefined) {
            proven.set(`${image}\n${tag}`, { image, tag, wanted, subset, missing });
        }
    }
    for (const { image, tag, verdict } of judged) {
        if (!isWell(verdict)) {
            proven.delete(`${image}\n${tag}`);
        }
    }
    return proven;
}

/** Under a lock a wish that somebody set meanwhile stands: what was carried is one of ours, and no more. */
function proving(upstream: Catalog["upstream"], since: string): (proof: Proof) => Change {
    return ({ wanted: digest, subset, missing }) =>
        (entry) => {
            if (entry !== undefined && entry.digest !== digest && upstream === "locked") {
                return remembering(digest)(entry);
            }
            const dated = entry?.digest === digest ? entry : replaceDigest(entry, digest);
            const proven = dated.since === undefined ? { ...dated, since } : dated;
            const whole = withMissing(withSubset(proven, subset), missing);
            return whole === entry ? undefined : whole;
        };
}

/** What stands in the lock keeps its place and its time: the new digest is not proven yet. */
function remembering(digest: string): Change {
    return (entry) => {
        if (entry === undefined) {
            return { digest };
        }
        const history = entry.history ?? [];
        const isKnown = entry.digest === digest || history.includes(digest);
        return isKnown ? undefined : { ...entry, history: [digest, ...history].slice(0, HISTORY) };
    };
}

/** The file is read again right before it is written: a run may have taken an hour, and somebody else's a minute. */
function applyToFile(catalog: Catalog, changes: readonly TagChange[]): number {
    const { lockPath, environment } = catalog;
    if (lockPath === undefined || changes.length === 0) {
        return 0;
    }
    const { environments } = readLock(lockPath);
    let lock: Lock = (Object.hasOwn(environments, environment) ? environments[environment] : undefined) ?? {};
    let changed = 0;
    for (const { image, tag, change } of changes) {
        const entry = change(lockEntry(lock, image, tag));
        if (entry !== undefined) {
            const { [tag]: _before, ...others } = (Object.hasOwn(lock, image) ? lock[image] : undefined) ?? {};
            lock = { ...lock, [image]: entry === "removed" ? others : { ...others, [tag]: entry } };
            changed += 1;
        }
    }
    if (changed > 0) {
        writeLock(lockPath, environment, lock);
    }
    return changed;
}
