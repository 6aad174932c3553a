import { createHash, randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptor } from "../../oci";
import { KeyedLock } from "../keyed-lock";
import type { ContentStore } from "./content-store";
import { digestPath, inFolder, writeWhole } from "./files";

/** What a repository remembers of a manifest, so that a HEAD and a referrers list read no file. */
export interface ManifestRecord {
    readonly mediaType: string;
    /** Bytes. */
    readonly size: number;
    /** With a subject: its digest, and what a referrers list shows. */
    readonly subject?: string;
    readonly artifactType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * One repository: links to blobs, links to manifests, tags. All of it is in memory, read at the start; every change is
 * on disk before it is in memory, and in memory before it is acknowledged. Links are made before tags and removed
 * after them, so that a kill at any point leaves no tag without its manifest.
 */
export class Repository {
    readonly tags = new Map<string, string>();
    readonly manifests = new Map<string, ManifestRecord>();
    readonly blobs = new Set<string>();
    /** Whether it ever held anything: a push that was refused makes no repository. */
    exists = false;
    /** Subject to the manifests which name it; the subject need not exist. */
    private readonly referrers = new Map<string, Set<string>>();
    private readonly lock = new KeyedLock();
    private sorted: string[] | undefined;

    constructor(
        readonly name: string,
        private readonly folder: string,
        private readonly content: ContentStore,
    ) {}

    /** Tags in the order of their bytes (OCI distribution-spec 1.1, "Listing Tags"). */
    sortedTags(): readonly string[] {
        this.sorted ??= [...this.tags.keys()].sort();
        return this.sorted;
    }

    /** The digest of a tag or digest; undefined when the repository has no such manifest. */
    resolve(reference: string): string | undefined {
        const digest = reference.includes(":") ? reference : this.tags.get(reference);
        return digest !== undefined && this.manifests.has(digest) ? digest : undefined;
    }

    /** Manifests whose subject is this digest, as descriptors, in the order of their digests. */
    referrersOf(subject: string): Descriptor[] {
        const found: Descriptor[] = [];
        for (const digest of [...(this.referrers.get(subject) ?? [])].sort()) {
            const record = this.manifests.get(digest);
            if (record !== undefined) {
                const { subject: _, ...shown } = record;
                found.push({ ...shown, digest });
            }
        }
        return found;
    }

    /** Takes a finished, verified file of the scratch folder as a blob. */
    keepBlob(digest: string, file: string): Promise<void> {
        return this.content.keep(digest, file, () => this.linkBlob(digest));
    }

    /** Links a blob that another repository has; false when the store has no such content. */
    shareBlob(digest: string): Promise<boolean> {
        return this.content.share(digest, () => this.linkBlob(digest));
    }

    deleteBlob(digest: string): Promise<boolean> {
        return this.content.release(digest, async () => {
            if (!this.blobs.delete(digest)) {
                return false;
            }
            await rm(this.blobLink(digest), { force: true });
            return true;
        });
    }

    /** Stores a manifest, then its tags; `check` runs first, alone in this repository, and may throw. */
    putManifest(
        digest: string,
        record: ManifestRecord,
        bytes: Uint8Array,
        tags: readonly string[],
        check: () => void,
    ): Promise<void> {
        return this.lock.run("", async () => {
            check();
            if (!this.manifests.has(digest)) {
                const file = join(this.content.scratch, randomUUID());
                await writeFile(file, bytes, { flag: "wx" });
                await this.content.keep(digest, file, async () => {
                    await writeWhole(this.manifestLink(digest), this.content.scratch, JSON.stringify(record));
                    this.addManifest(digest, record);
                    return true;
                });
            }
            for (const tag of tags) {
                await writeWhole(this.tagFile(tag), this.content.scratch, JSON.stringify({ tag, digest }));
                this.addTag(tag, digest);
            }
        });
    }

    /** Deletes a manifest and the tags that name it. */
    deleteManifest(digest: string): Promise<boolean> {
        return this.lock.run("", async () => {
            for (const [tag, target] of this.tags) {
                if (target === digest) {
                    await this.removeTag(tag);
                }
            }
            return this.content.release(digest, async () => {
                const record = this.manifests.get(digest);
                if (record === undefined) {
                    return false;
                }
                this.manifests.delete(digest);
                this.referrers.get(record.subject ?? "")?.delete(digest);
                await rm(this.manifestLink(digest), { force: true });
                return true;
            });
        });
    }

    deleteTag(tag: string): Promise<boolean> {
        return this.lock.run("", async () => this.tags.has(tag) && this.removeTag(tag));
    }

    /** For the start and after a write: memory only. */
    addManifest(digest: string, record: ManifestRecord): void {
        this.manifests.set(digest, record);
        this.exists = true;
        if (record.subject !== undefined) {
            const known = this.referrers.get(record.subject) ?? new Set();
            this.referrers.set(record.subject, known.add(digest));
        }
    }

    /** For the start and after a write: memory only. */
    addTag(tag: string, digest: string): void {
        if (!this.tags.has(tag)) {
            this.sorted = undefined;
        }
        this.tags.set(tag, digest);
    }

    private async removeTag(tag: string): Promise<boolean> {
        this.tags.delete(tag);
        this.sorted = undefined;
        await rm(this.tagFile(tag), { force: true });
        return true;
    }

    private async linkBlob(digest: string): Promise<boolean> {
        if (this.blobs.has(digest)) {
            return false;
        }
        const link = this.blobLink(digest);
        await inFolder(link, () => writeFile(link, ""));
        this.blobs.add(digest);
        this.exists = true;
        return true;
    }

    private blobLink(digest: string): string {
        return digestPath(join(this.folder, "_blobs"), digest);
    }

    private manifestLink(digest: string): string {
        return digestPath(join(this.folder, "_manifests"), digest);
    }

    /** Tags differ by case and file systems may not: those with upper case are named by a hash. The file says which. */
    private tagFile(tag: string): string {
        const name = /[A-Z]/.test(tag) ? `~${createHash("sha256").update(tag).digest("hex")}` : tag;
        return join(this.folder, "_tags", name);
    }
}
