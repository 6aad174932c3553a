import type { Descriptor, Manifest } from "../oci";
import { isManifestType } from "../oci";
import { isGone, type PutResult, RegistryError } from "../registry";
import type { BlobCarrier } from "./blob-carrier";
import { blobsOf } from "./blobs-of";
import type { PullBudget } from "./budget";
import { Convoy } from "./convoy";
import { childrenFor, type MadeManifest, makeSubset } from "./make-subset";
import type { Registries } from "./observe";
import { once } from "./once";
import { type Destination, memberOf, type Place } from "./plan";
import { ReadFailure } from "./read-failure";
import { settleAll } from "./settle-all";
import { explainSparse, leaveOut, markGone } from "./sparse";

/** A manifest as it is: bytes are handed on, never written anew. */
export interface RawManifest {
    readonly digest: string;
    readonly mediaType: string;
    readonly bytes: Buffer;
    readonly content: Manifest;
}

/** How an image is to be brought. */
export interface BringOptions {
    /** Only these platforms. @default all that there are */
    readonly platforms?: readonly string[];
    /** Digest of the subset of these platforms, where it is known: a target that has it lacks the tag alone. */
    readonly part?: string;
    /** Leaves out what the index lists and its place proves not to have. @default false: a failure */
    readonly sparse?: boolean;
    /** What the target proves not to have, though it shows the manifest. @default nothing: what it shows is whole */
    readonly gone?: ReadonlySet<string>;
    /** The targets that get this image side by side. @default this one alone */
    readonly convoy?: Convoy;
}

/** A manifest that a tag can be put on, and what had to be left out below it. */
export interface BroughtManifest extends MadeManifest {
    readonly missing: readonly Descriptor[];
}

export interface PlacedManifest {
    readonly manifest: RawManifest;
    readonly pushed?: PutResult;
}

/** An index in an index in an index is legal; deeper than this is an attack. */
const MAXIMUM_DEPTH = 8;

/**
 * Brings whole images: children before their index, blobs before their manifest, byte for byte. What a repository in
 * use already has is asked for by HEAD and not read from the source; nothing is asked of a new one.
 */
export class ImageCarrier {
    /** Whole images by repository and digest: two tags of one digest are one journey. */
    private readonly images = new Map<string, Promise<BroughtManifest>>();
    /** What is missing below a child, by repository and digest. */
    private readonly arrivals = new Map<string, Promise<readonly Descriptor[]>>();
    private readonly gaps = new Map<string, readonly Descriptor[]>();

    constructor(
        private readonly registries: Registries,
        private readonly blobs: BlobCarrier,
        private readonly budget: PullBudget,
        private readonly signal?: AbortSignal,
    ) {}

    /** All that `digest` needs is at the target afterwards, but no tag; returns the manifest that a tag can be put on. */
    bring(digest: string, from: Place, to: Destination, options: BringOptions = {}): Promise<BroughtManifest> {
        const key = `${keyOf(digest, to)} ${options.platforms ?? ""} ${options.sparse ?? false} ${options.gone !== undefined}`;
        return once(this.images, key, () => this.bringImage(digest, from, to, options));
    }

    private async bringImage(
        digest: string,
        from: Place,
        to: Destination,
        { platforms, part, sparse = false, gone, convoy = aloneTo(to) }: BringOptions,
    ): Promise<BroughtManifest> {
        if (platforms !== undefined) {
            const known = part !== undefined && gone === undefined && (await this.isKnownThere(part, from, to));
            return known
                ? { ...(await this.read(part, to)), missing: [] }
                : this.budget.whole(digest, from, async () =>
                      this.bringChosen(await this.choose(digest, platforms, from, to), {
                          ...{ from, to, convoy, sparse, gone },
                      }),
                  );
        }
        const isNear = memberOf(from) === memberOf(to);
        const isThere = isNear || (gone === undefined && (await this.isKnownThere(digest, from, to)));
        const among = isNear ? new Set<string>() : await convoy.report(digest, memberOf(to), !isThere, convoy.members);
        if (isThere) {
            return { ...(await this.read(digest, to)), missing: this.gaps.get(keyOf(digest, to)) ?? [] };
        }
        return this.budget.whole(digest, from, async () => {
            const manifest = await this.read(digest, from);
            const missing = await this.bringContent(manifest, { from, to, convoy, among, sparse, gone }, 0);
            return { ...manifest, missing };
        });
    }

    private async bringChosen(part: MadeManifest, way: Omit<Leg, "among">): Promise<BroughtManifest> {
        const { from, to, convoy, gone } = way;
        const isThere = gone === undefined && (await this.isKnownThere(part.digest, from, to));
        const among = await convoy.report(part.digest, memberOf(to), !isThere, convoy.members);
        return { ...part, missing: isThere ? [] : await this.bringContent(part, { ...way, among }, 0) };
    }

    /** What is wanted of an image, made of its manifest; of the target's own where that has it already. */
    private async choose(
        digest: string,
        platforms: readonly string[],
        from: Place,
        to: Destination,
    ): Promise<MadeManifest> {
        const place = (await this.isKnownThere(digest, from, to)) ? to : from;
        const whole = await this.budget.read(digest, place, (manifest) => childrenFor(manifest, platforms));
        return makeSubset(whole, platforms, from, this.registries).catch((error: unknown) => {
            throw error instanceof RegistryError ? new ReadFailure(error) : error;
        });
    }

    /** As `bring`, and the manifest itself is there afterwards by its digest; `pushed` where it was not before. */
    async place(digest: string, from: Place, { registry, repository }: Place): Promise<PlacedManifest> {
        const to = { registry, repository, isNew: false };
        if (await this.isKnownThere(digest, from, to)) {
            return { manifest: await this.read(digest, to) };
        }
        return this.budget.whole(digest, from, async () => {
            const manifest = await this.read(digest, from);
            const convoy = aloneTo(to);
            await this.bringContent(manifest, { from, to, convoy, among: convoy.members, sparse: false }, 0);
            const target = this.registries.client(registry);
            const pushed = await target.putManifest(repository, digest, manifest.bytes, manifest.mediaType);
            return { manifest, pushed };
        });
    }

    /** What this run has read, from wherever; nothing is asked. */
    known(digest: string): RawManifest | undefined {
        return this.budget.reader.find(digest);
    }

    /** Reads a manifest once in a run. */
    read(digest: string, from: Place): Promise<RawManifest> {
        return this.budget.read(digest, from);
    }

    /** Returns what is missing below it. */
    private async bringContent(
        { digest, content }: RawManifest,
        leg: Leg,
        depth: number,
    ): Promise<readonly Descriptor[]> {
        if (depth > MAXIMUM_DEPTH) {
            throw new ReadFailure(new Error(`its indexes are nested more than ${MAXIMUM_DEPTH} deep`));
        }
        const { from, to, among } = leg;
        const [manifests, others] = partition(content.manifests, ({ mediaType }) => isManifestType(mediaType));
        const children = manifests.map((child) => this.bringChild(child, leg, depth).catch(leaveOut(child, leg)));
        const blobs = this.blobs.carryAll([...others, ...blobsOf(content)], from, to, among, leg.gone);
        const missing = (await settleAll([...children, blobs.then(() => [])])).flat();
        this.signal?.throwIfAborted();
        if (missing.length > 0) {
            this.gaps.set(keyOf(digest, to), missing);
        }
        return missing;
    }

    private bringChild(child: Descriptor, leg: Leg, depth: number): Promise<readonly Descriptor[]> {
        const { to, convoy, among, sparse } = leg;
        const key = `${keyOf(child.digest, to)} ${sparse} ${leg.gone !== undefined}`;
        if (this.arrivals.has(key)) {
            // Somebody else brings it: nobody of this convoy may wait for this one.
            convoy.report(child.digest, memberOf(to), false, among);
        }
        return once(this.arrivals, key, () => this.bringManifest(child, leg, depth));
    }

    private async bringManifest(child: Descriptor, leg: Leg, depth: number): Promise<readonly Descriptor[]> {
        const { from, to, convoy, gone } = leg;
        // Where something is gone, a child that is there may lack it.
        const isThere = !gone?.has(child.digest) && (await this.isKnownThere(child.digest, from, to));
        const isWhole = isThere && gone === undefined;
        const among = await convoy.report(child.digest, memberOf(to), !isWhole, leg.among);
        if (isWhole) {
            return this.gaps.get(keyOf(child.digest, to)) ?? [];
        }
        const manifest = await this.read(child.digest, from).catch(markGone(child));
        const missing = await this.bringContent(manifest, { ...leg, among }, depth + 1);
        if (isThere) {
            return missing;
        }
        await this.registries
            .client(to.registry)
            .putManifest(to.repository, child.digest, manifest.bytes, manifest.mediaType)
            .catch(explainSparse(manifest, missing));
        return missing;
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
    readonly sparse: boolean;
    readonly gone?: ReadonlySet<string>;
}

function keyOf(digest: string, place: Place): string {
    return `${memberOf(place)}@${digest}`;
}

function aloneTo(to: Destination): Convoy {
    return new Convoy(new Set([memberOf(to)]));
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
    return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
