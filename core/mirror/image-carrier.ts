import type { Descriptor, Manifest } from "../oci";
import { isForeignLayerType, isManifestType } from "../oci";
import { isGone } from "../registry";
import type { BlobCarrier } from "./blob-carrier";
import type { PullBudget } from "./budget";
import { Convoy } from "./convoy";
import type { Registries } from "./observe";
import { once } from "./once";
import { type Destination, memberOf, type Place } from "./plan";
import { ReadFailure } from "./read-failure";
import { settleAll } from "./settle-all";

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
 * Brings whole images: children before their index, blobs before their manifest, byte for byte. What a repository in
 * use already has is asked for by HEAD and not read from the source; nothing is asked of a new one.
 */
export class ImageCarrier {
    /** Whole images by repository and digest: two tags of one digest are one journey. */
    private readonly images = new Map<string, Promise<RawManifest>>();
    private readonly arrivals = new Map<string, Promise<void>>();

    constructor(
        private readonly registries: Registries,
        private readonly blobs: BlobCarrier,
        private readonly budget: PullBudget,
        private readonly signal?: AbortSignal,
    ) {}

    /**
     * All that `digest` needs is at the target afterwards, but no tag; returns the manifest that a tag can be put on.
     *
     * @param convoy the targets that get this image side by side. Default: this one alone
     */
    bring(digest: string, from: Place, to: Destination, convoy = aloneTo(to)): Promise<RawManifest> {
        return once(this.images, `${memberOf(to)}@${digest}`, () => this.bringImage(digest, from, to, convoy));
    }

    private async bringImage(digest: string, from: Place, to: Destination, convoy: Convoy): Promise<RawManifest> {
        if (memberOf(from) === memberOf(to)) {
            return this.read(digest, to);
        }
        const isThere = await this.isKnownThere(digest, from, to);
        const lacking = await convoy.report(digest, memberOf(to), !isThere, convoy.members);
        if (isThere) {
            return this.read(digest, to);
        }
        return this.budget.whole(digest, from, async () => {
            const manifest = await this.read(digest, from);
            await this.bringContent(manifest, { from, to, convoy, among: lacking }, 0);
            return manifest;
        });
    }

    /** Reads a manifest once in a run. */
    read(digest: string, from: Place): Promise<RawManifest> {
        return this.budget.read(digest, from);
    }

    private async bringContent({ content }: RawManifest, leg: Leg, depth: number): Promise<void> {
        if (depth > MAXIMUM_DEPTH) {
            throw new ReadFailure(new Error(`its indexes are nested more than ${MAXIMUM_DEPTH} deep`));
        }
        const { from, to, among } = leg;
        const [manifests, others] = partition(content.manifests, ({ mediaType }) => isManifestType(mediaType));
        await settleAll([
            ...manifests.map((child) => this.bringChild(child, leg, depth)),
            this.blobs.carryAll([...others, ...blobsOf(content)], from, to, among),
        ]);
        this.signal?.throwIfAborted();
    }

    private bringChild(child: Descriptor, leg: Leg, depth: number): Promise<void> {
        const { to, convoy, among } = leg;
        const key = `${memberOf(to)}@${child.digest}`;
        if (this.arrivals.has(key)) {
            // Somebody else brings it: nobody of this convoy may wait for this one.
            convoy.report(child.digest, memberOf(to), false, among);
        }
        return once(this.arrivals, key, () => this.bringManifest(child, leg, depth));
    }

    private async bringManifest(child: Descriptor, leg: Leg, depth: number): Promise<void> {
        const { from, to, convoy } = leg;
        const isThere = await this.isKnownThere(child.digest, from, to);
        const among = await convoy.report(child.digest, memberOf(to), !isThere, leg.among);
        if (isThere) {
            return;
        }
        const manifest = await this.read(child.digest, from);
        await this.bringContent(manifest, { ...leg, among }, depth + 1);
        await this.registries
            .client(to.registry)
            .putManifest(to.repository, child.digest, manifest.bytes, manifest.mediaType);
    }

    /**
     * A manifest that a registry accepted is complete there, so its presence stands for all below it. A new repository
     * is asked only where the answer may save a pull of the source's limit.
     */
    private async isKnownThere(digest: string, from: Place, to: Destination): Promise<boolean> {
        this.signal?.throwIfAborted();
        if (to.isNew && this.registries.client(from.registry).pullsOf(from.repository) === undefined) {
            return false;
        }
        try {
            await this.registries.client(to.registry).headManifest(to.repository, digest);
            return true;
        } catch (error) {
            if (isGone(error)) {
                return false;
            }
            throw error;
        }
    }
}

/** One image's way from one place to one of its targets. */
interface Leg {
    readonly from: Place;
    readonly to: Destination;
    readonly convoy: Convoy;
    /** The convoy's members that need the same. */
    readonly among: ReadonlySet<string>;
}

function aloneTo(to: Destination): Convoy {
    return new Convoy(new Set([memberOf(to)]));
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

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
    return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
