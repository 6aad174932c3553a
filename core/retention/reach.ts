import { attachmentOf } from "./attached-tags";
import { contentsOf, nameOf, ownTags, type Relations } from "./relations";
import type { Roots } from "./roots";
import type { Knowledge, Reason, Version } from "./types";

/** What the roots lead to, and what has to be read before that is known. */
export interface Reach {
    /** Digest -> why it stays. */
    readonly kept: ReadonlyMap<string, Reason>;
    /** Manifests that nobody has asked for yet. While there are any, `kept` is too small. */
    readonly missing: readonly string[];
}

/**
 * All that is reachable from the roots: an index's children, what is about a manifest (and about that, and so on), and
 * the subject of what stays by itself. Children that by their media type are one image, and stay, need not be read:
 * nothing hangs on them that their parent does not have. All others must be, those that are about to go above all: an
 * untagged manifest may be a signature of an image that stays.
 */
export function reach(roots: Roots, relations: Relations, contents: Knowledge): Reach {
    const walk = new Walk(relations, contents);
    for (const [digest, reason] of roots.reasons) {
        walk.keep(digest, reason, true);
    }
    const missing = walk.run();
    if (missing.length > 0) {
        return { kept: walk.kept, missing };
    }
    // First what stays, so that as little as possible is left to ask for.
    const candidates = [...relations.versions.keys()].filter((digest) => !walk.kept.has(digest));
    return { kept: walk.kept, missing: candidates.filter((digest) => !contents.has(digest)) };
}

class Walk {
    readonly kept = new Map<string, Reason>();
    readonly #names = new Map<string, string>();
    readonly #isRoot = new Set<string>();
    readonly #mustBeRead = new Set<string>();
    readonly #queue: string[] = [];

    constructor(
        private readonly relations: Relations,
        private readonly contents: Knowledge,
    ) {}

    /** Also what is kept already, where it is a root now: a root keeps its subject. */
    keep(digest: string, reason: Reason, isRoot = false, name?: string): void {
        const version = this.relations.versions.get(digest);
        if (version === undefined) {
            return;
        }
        if (isRoot) {
            this.#mustBeRead.add(digest);
        }
        const isNew = !this.kept.has(digest);
        if (isNew) {
            this.kept.set(digest, reason);
            this.#names.set(digest, this.#name(version, name));
        }
        if (isNew || (isRoot && !this.#isRoot.has(digest))) {
            this.#queue.push(digest);
        }
        if (isRoot) {
            this.#isRoot.add(digest);
        }
    }

    /** @returns what has to be read to go on */
    run(): string[] {
        for (let digest = this.#queue.shift(); digest !== undefined; digest = this.#queue.shift()) {
            this.#follow(digest);
        }
        return [...this.#mustBeRead].filter((digest) => !this.contents.has(digest));
    }

    #follow(digest: string): void {
        const name = this.#names.get(digest) ?? digest;
        const known = contentsOf(this.contents, digest);
        for (const child of known?.children ?? []) {
            if (!child.leaf && this.relations.versions.has(child.digest)) {
                this.#mustBeRead.add(child.digest);
            }
            this.keep(child.digest, { cause: "child", reason: `child of ${name}` });
        }
        for (const { kind, referrer } of this.relations.referrersOf.get(digest) ?? []) {
            this.#mustBeRead.add(referrer);
            this.keep(referrer, { cause: "referrer", reason: `${kind} of ${name}` }, false, `the ${kind} of ${name}`);
        }
        if (known?.subject !== undefined && this.#isRoot.has(digest)) {
            this.keep(known.subject, { cause: "subject", reason: `subject of ${name}` }, true);
        }
    }

    #name(version: Version, given: string | undefined): string {
        const attached = version.tags.some((tag) => attachmentOf(tag) !== undefined);
        return ownTags(version)[0] ?? (attached ? given : undefined) ?? nameOf(version);
    }
}
