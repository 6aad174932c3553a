import type { ManifestInfo } from "../manifests";

/**
 * The digests of several tags of one repository by fewer requests than one for each. A kind of registry has one where
 * its API tells digests as it has them, untouched.
 */
export interface DigestListing {
    /** Whether it is worth asking for so many tags of one repository. */
    pays(tags: number): boolean;
    /**
     * As many of these tags as the listing tells beyond doubt, and no others. What it does not tell has to be asked for by
     * itself: that a tag is gone no listing proves. It never rejects; where it cannot be used, it tells nothing.
     */
    tell(repository: string, tags: ReadonlySet<string>): Promise<ReadonlyMap<string, ManifestInfo>>;
}

/** What a listing tells, tag by tag; a tag that it tells twice, of two digests, moved meanwhile and is told no more. */
export class ToldTags {
    readonly #wanted: ReadonlySet<string>;
    readonly #told = new Map<string, ManifestInfo>();
    readonly #unsure = new Set<string>();

    constructor(wanted: ReadonlySet<string>) {
        this.#wanted = wanted;
    }

    add(tag: string, info: ManifestInfo): void {
        const before = this.#told.get(tag);
        if (!this.#wanted.has(tag) || this.#unsure.has(tag)) {
            return;
        }
        if (before !== undefined && before.digest !== info.digest) {
            this.#told.delete(tag);
            this.#unsure.add(tag);
            return;
        }
        this.#told.set(tag, info);
    }

    /** Tags of which further pages may tell. */
    get open(): number {
        return this.#wanted.size - this.#told.size - this.#unsure.size;
    }

    get told(): ReadonlyMap<string, ManifestInfo> {
        return this.#told;
    }
}
