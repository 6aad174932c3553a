import { shortDigest } from "../oci";
import { attachmentOf, isAttachedTo } from "./attached-tags";
import type { Contents, Knowledge, Version } from "./types";

/** That one manifest is about another: by its `subject`, by the registry's word, or by a tag such as `sha256-<hex>.sig`. */
export interface Referral {
    readonly referrer: string;
    /** `signature`, `referrer`. */
    readonly kind: string;
}

/** Who belongs to whom in one repository, as far as it is known. */
export interface Relations {
    readonly versions: ReadonlyMap<string, Version>;
    /** Subject -> what is about it; both are in the repository. */
    readonly referrersOf: ReadonlyMap<string, readonly Referral[]>;
    /** What is about a digest that the repository does not have -> that digest, or as much as the tag tells of it. */
    readonly orphans: ReadonlyMap<string, string>;
}

export function relationsOf(versions: readonly Version[], contents: Knowledge): Relations {
    const byDigest = new Map(versions.map((version) => [version.digest, version]));
    const referrersOf = new Map<string, Referral[]>();
    const orphans = new Map<string, string>();
    const relate = (subject: string, referrer: string, kind: string): void => {
        const known = referrersOf.get(subject) ?? [];
        referrersOf.set(subject, known);
        if (subject !== referrer && !known.some((one) => one.referrer === referrer)) {
            known.push({ referrer, kind });
        }
    };
    const findSubjects = subjectFinder(versions);
    for (const { digest, tags } of versions) {
        for (const tag of tags) {
            const attachment = attachmentOf(tag);
            const subjects = attachment === undefined ? [] : findSubjects(attachment);
            for (const subject of subjects) {
                relate(subject, digest, attachment?.kind ?? "companion");
            }
            if (attachment !== undefined && subjects.length === 0) {
                orphans.set(digest, `${attachment.algorithm}:${attachment.hex}`);
            }
        }
        const known = contentsOf(contents, digest);
        if (known?.subject !== undefined && byDigest.has(known.subject)) {
            relate(known.subject, digest, "referrer");
        } else if (known?.subject !== undefined) {
            orphans.set(digest, known.subject);
        }
        for (const referrer of known?.referrers ?? []) {
            if (byDigest.has(referrer)) {
                relate(digest, referrer, "referrer");
            }
        }
    }
    return { versions: byDigest, referrersOf, orphans };
}

/** What was read of a manifest; `undefined` where it was not. */
export function contentsOf(contents: Knowledge, digest: string): Contents | undefined {
    const known = contents.get(digest);
    return known === undefined || "unread" in known ? undefined : known;
}

/** The digests that an attachment may mean, of those there are. */
function subjectFinder(versions: readonly Version[]): (attachment: ReturnType<typeof attachmentOf> & {}) => string[] {
    const digests = new Set(versions.map(({ digest }) => digest));
    return (attachment) => {
        const whole = `${attachment.algorithm}:${attachment.hex}`;
        if (digests.has(whole)) {
            return [whole];
        }
        // A whole sha256 that is not there has no other meaning; only digits that were cut off leave a search.
        const isCut = !(attachment.algorithm === "sha256" && attachment.hex.length >= 64);
        return isCut ? [...digests].filter((digest) => isAttachedTo(attachment, digest)) : [];
    };
}

/** Tags that stand for an image, not for what hangs on another one. */
export function ownTags({ tags }: Version): readonly string[] {
    return tags.filter((tag) => attachmentOf(tag) === undefined);
}

/** How a sentence calls a version: its first tag, else the begin of its digest. */
export function nameOf(version: Version): string {
    return ownTags(version)[0] ?? shortDigest(version.digest);
}
