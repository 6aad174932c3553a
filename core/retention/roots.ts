import { digestBegin, HELD_TAG, selectTags } from "../catalog";
import { shortDigest } from "../oci";
import { nameOf, ownTags, type Relations } from "./relations";
import { type KeepCause, NO_PROTECTION, type Reason, type RetentionInput, type Version } from "./types";

/** A push brings an index after its children, and a signature after both: nothing of the last day is touched. */
export const DEFAULT_YOUNGER_THAN_MS = 24 * 60 * 60 * 1000;

/** Digest -> why it stays by itself, whatever leads to it. */
export interface Roots {
    readonly reasons: ReadonlyMap<string, Reason>;
    /** Those that stay only because what they are about is not here. */
    readonly orphans: ReadonlySet<string>;
}

/**
 * What the rules, the catalogue and its locks keep. More rules keep more: none of them takes anything away from another
 * one. Pure.
 *
 * @throws TransshipError PATTERN_INVALID, RANGE_INVALID, PATTERN_SLOW
 */
export function rootsOf(input: RetentionInput, relations: Relations): Roots {
    const reasons = new Map<string, Reason>();
    const keep = (digest: string, cause: KeepCause, reason: string): void => {
        if (relations.versions.has(digest) && !reasons.has(digest)) {
            reasons.set(digest, { cause, reason });
        }
    };
    for (const [digest, cause, reason] of [...namedDigests(input), ...byTag(input), ...byTime(input)]) {
        keep(digest, cause, reason);
    }
    if (input.rules.clean !== "all") {
        for (const version of input.versions.filter((one) => ownTags(one).length > 0)) {
            keep(version.digest, "tagged", `tagged ${nameOf(version)}`);
        }
    }
    const orphans = new Set<string>();
    for (const [digest, subject] of input.rules.orphans === "delete" ? [] : relations.orphans) {
        if (!reasons.has(digest) && !wasDeleted(subject, input.deleted)) {
            orphans.add(digest);
            keep(digest, "orphan", `is about ${shortDigest(subject)}, which is not in this repository`);
        }
    }
    return { reasons, orphans };
}

type Named = readonly [digest: string, cause: KeepCause, reason: string];

function namedDigests({ versions, rules, protection = NO_PROTECTION, refused = new Map() }: RetentionInput): Named[] {
    const remembered = new Map([...protection.digests].map(([digest, reason]) => [digestBegin(digest), reason]));
    return [
        ...versions.flatMap(({ digest }): Named[] => {
            const reason = remembered.get(digestBegin(digest));
            return reason === undefined ? [] : [[digest, "lock", reason]];
        }),
        ...(rules.keep?.digests ?? []).map((digest): Named => [digest, "digest", "kept by its digest"]),
        ...[...refused].map(([digest, reason]): Named => [digest, "refused", reason]),
    ];
}

function byTag({ versions, rules, protection = NO_PROTECTION }: RetentionInput): Named[] {
    const tags = versions.flatMap(ownTags);
    const shown = new Set([
        ...protection.tags,
        ...protection.selectors.flatMap((selector) => selectTags(selector, tags)),
    ]);
    const wanted = new Set(
        (rules.keep?.tags ?? []).flatMap((rule) => (typeof rule === "string" ? [rule] : selectTags(rule, tags))),
    );
    const reasonFor = (digest: string, tag: string): Named | undefined => {
        if (shown.has(tag)) {
            return [digest, "catalog", `tag ${tag} is in the catalogue`];
        }
        if (HELD_TAG.test(tag)) {
            return [digest, "roll-back", `tag ${tag} holds it for a roll-back`];
        }
        return wanted.has(tag) ? [digest, "tag", `tag ${tag} is kept by a rule`] : undefined;
    };
    return versions.flatMap(({ digest, tags: own }) => {
        const named = own.map((tag) => reasonFor(digest, tag)).find((one) => one !== undefined);
        return named === undefined ? [] : [named];
    });
}

function byTime({ versions, rules, now }: RetentionInput): Named[] {
    const { newest = 0, youngerThan = DEFAULT_YOUNGER_THAN_MS } = rules.keep ?? {};
    const tagged = versions.filter((one) => ownTags(one).some((tag) => !HELD_TAG.test(tag))).sort(lastChangedFirst);
    // A registry may refuse to let the last tagged version go (GitHub does), and nobody means an empty repository.
    const first = tagged.slice(0, Math.max(1, newest));
    const reason = newest > 1 ? `is one of the ${newest} newest` : "is the newest";
    return [
        ...first.map((version): Named => [version.digest, "newest", `tag ${nameOf(version)} ${reason}`]),
        ...versions.flatMap((version): Named[] => {
            const { changedAt, digest } = version;
            if (changedAt === undefined || Number.isNaN(Date.parse(changedAt))) {
                return [[digest, "age-unknown", "its age is not known"]];
            }
            // What is written to the millisecond counts as young: a clock may be a little behind another one.
            return now.getTime() - Date.parse(changedAt) <= youngerThan
                ? [[digest, "young", `changed ${changedAt}`]]
                : [];
        }),
    ];
}

function lastChangedFirst(one: Version, other: Version): number {
    const time = ({ changedAt }: Version): number => {
        const parsed = Date.parse(changedAt ?? "");
        return Number.isNaN(parsed) ? Number.MAX_SAFE_INTEGER : parsed;
    };
    return time(other) - time(one) || (one.digest < other.digest ? -1 : 1);
}

/** @param subject a digest, or as much of one as a tag tells */
function wasDeleted(subject: string, deleted: ReadonlySet<string> = new Set()): boolean {
    return deleted.has(subject) || [...deleted].some((digest) => digest.startsWith(subject));
}
