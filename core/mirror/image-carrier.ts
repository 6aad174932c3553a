import type { Descriptor, Manifest } from "../oci";
import { isForeignLayerType, isIndexType, isManifestType } from "../oci";
import { isGone } from "../registry";
import type { BlobCarrier } from "./blob-carrier";
import type { PullBudget } from "./budget";
import type { Registries } from "./observe";
import { once } from "./once";
import type { Place } from "./plan";
import { ReadFailure } from "./read-failure";

/** A manifest as it is: bytes are handed on, never written anew. */
export interface RawManifest {
    readonly digest: string;
    readonly mediaType: string;
    readonly bytes: Buffer;
    readonly content: Manifest;
}

/** An index in an index in an index is legal; deeper than this is an attack. */
const MAXIMUM_DEPTH = 8;

/**
 * Brings whole images: children before their index, blobs before their manifest, byte for byte. What the target
 * already has is asked for by HEAD and not read from the source.
 */
export class ImageCarrier {
    private readonly arrivals = new Map<string, Promise<void>>();

    constructor(
        private readonly registries: Registries,
        private readonly blobs: BlobCarrier,
        private readonly budget: PullBudget,
        private readonly signal?: AbortSignal,
    ) {}

    /** All that `digest` needs is at the target afterwards, but no tag; returns the manifest that a tag can be put on. */
    async bring(digest: string, from: Place, to: Place): Promise<RawManifest> {
        if (await this.isThere(digest, to)) {
            return this.read(digest, to);
        }
        return this.budget.whole(digest, from, async () => {
            const manifest = await this.read(digest, from);
            await this.bringContent(manifest, from, to, 0);
            return manifest;
        });
    }

    /** Reads a manifest once in a run. */
    read(digest: string, from: Place): Promise<RawManifest> {
        return this.budget.read(digest, from);
    }

    private async bringContent({ content }: RawManifest, from: Place, to: Place, depth: number): Promise<void> {
        if (depth > MAXIMUM_DEPTH) {
            throw new ReadFailure(new Error(`its indexes are nested more than ${MAXIMUM_DEPTH} deep`));
        }
        await settleAll([
            ...content.manifests.map((child) => this.bringChild(child, from, to, depth)),
            ...blobsOf(content).map((blob) => this.blobs.carry(blob, from, to)),
        ]);
        this.signal?.throwIfAborted();
    }

    private bringChild(child: Descriptor, from: Place, to: Place, depth: number): Promise<void> {
        if (!isIndexType(child.mediaType) && !isManifestType(child.mediaType)) {
            return this.blobs.carry(child, from, to);
        }
        const key = `${to.registry}/${to.repository}@${child.digest}`;
        return once(this.arrivals, key, () => this.bringManifest(child, from, to, depth));
    }

    private async bringManifest(child: Descriptor, from: Place, to: Place, depth: number): Promise<void> {
        if (await this.isThere(child.digest, to)) {
            return;
        }
        const manifest = await this.read(child.digest, from);
        await this.bringContent(manifest, from, to, depth + 1);
        await this.registries
            .client(to.registry)
            .putManifest(to.repository, child.digest, manifest.bytes, manifest.mediaType);
    }

    /** A manifest that a registry accepted is complete there, so its presence stands for all below it. */
    private async isThere(digest: string, place: Place): Promise<boolean> {
        this.signal?.throwIfAborted();
        try {
            await this.registries.client(place.registry).headManifest(place.repository, digest);
            return true;
        } catch (error) {
            if (isGone(error)) {
                return false;
            }
            throw error;
        }
    }
}

/** Config and layers, each once. Non-distributable layers stay at the addresses that they name. */
function blobsOf(content: Manifest): Descriptor[] {
    const blobs = new Map<string, Descriptor>();
    for (const blob of content.config === undefined ? content.layers : [content.config, ...content.layers]) {
        if (!isForeign(blob)) {
            blobs.set(blob.digest, blob);
        }
    }
    return [...blobs.values()];
}

function isForeign({ mediaType, urls }: Descriptor): boolean {
    return isForeignLayerType(mediaType) && urls !== undefined && urls.length > 0;
}

/** Waits for all, also after a failure, so that nothing is still being written when the error is told. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
    const results = await Promise.allSettled(work);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) {
        throw failed.reason;
    }
}
