import { TransshipError } from "../errors";
import type { Descriptor } from "../oci";
import { arrivalKey, crossingKey, journeyOwner, registryOf } from "./blob-keys";
import { Crossing } from "./crossing";
import { Freight } from "./freight";
import { Hosts } from "./hosts";
import { Journeys } from "./journeys";
import type { Registries } from "./observe";
import { type Destination, memberOf, type Place } from "./plan";
import { failingAsRead, ReadFailure } from "./read-failure";
import { settleAll } from "./settle-all";
import { Slots } from "./slots";

/**
 * Downloads under way at a time to the same targets, where no target's own `concurrency` is lower. A body that is open
 * and not read holds a connection and up to a megabyte, and a server hangs up on it: no more are opened than are sent.
 */
const MAXIMUM_DOWNLOADS = 64;
/** Of those the large ones: a small blob waits for answers and not for bytes, so that more of them are worth their room. */
const MAXIMUM_LARGE_DOWNLOADS = 16;
const LARGE_BYTES = 1024 * 1024;

export interface BlobCarrierOptions {
    readonly sameHost: (one: string, other: string) => boolean;
    /** Bytes that all downloads together may hold for slower targets. */
    readonly maxBufferedBytes: number;
    /** Milliseconds that targets wait for one another before a download begins, and for one that takes no bytes. */
    readonly patienceMs: number;
}

interface Arrival {
    readonly done: Promise<void>;
    readonly crossing: Crossing;
}

/**
 * Brings blobs to repositories, each once in a run. What a repository has is found out by the request that would begin
 * its upload, or by a HEAD where the registry cannot do that; what this run has seen elsewhere on the target's host is
 * mounted; only the rest travels, read once for all the targets that need it.
 */
export class BlobCarrier {
    readonly freight = new Freight();
    private readonly arrivals = new Map<string, Arrival>();
    private readonly crossings = new Map<string, Crossing>();
    /** Keys of those with a target that is not known to hash what it gets. */
    private readonly hashed = new Set<string>();
    /** `host digest` -> a repository there which holds it. */
    private readonly holders = new Map<string, string>();
    /** By `host digest`. */
    private readonly journeys = new Journeys();
    private readonly slots = new Map<string, Slots>();
    private readonly hosts: Hosts;

    constructor(
        private readonly registries: Registries,
        private readonly options: BlobCarrierOptions,
    ) {
        this.hosts = new Hosts(options.sameHost);
    }

    /**
     * All blobs of a manifest, its config first in the list.
     *
     * @param among the targets that need them too, this one included: each comes here with the same blobs
     * @param gone those that the target is proven not to have
     */
    async carryAll(
        blobs: readonly Descriptor[],
        from: Place,
        to: Destination,
        among: ReadonlySet<string>,
        gone?: ReadonlySet<string>,
    ): Promise<void> {
        const [config, first] = blobs;
        const isProbed = to.isNew && !this.clientOf(to).quirks.mountsFromItself && blobs.length > 2;
        if (!isProbed || config === undefined || first === undefined) {
            await settleAll(blobs.map((blob) => this.carry(blob, from, to, among, gone?.has(blob.digest))));
            return;
        }
        // The config goes first: where neither it nor the base is, an earlier run has left nothing of the rest.
        const there = await Promise.all([this.isThere(config, to), this.isThere(first, to)]);
        const isNew = !there.includes(true);
        if (isNew) {
            await this.carry(config, from, to, among, true);
        }
        await settleAll(blobs.map((blob) => this.carry(blob, from, to, among, isNew)));
    }

    /** Resolves when the target has the blob; parallel calls for one blob and repository share the work. */
    carry(blob: Descriptor, from: Place, to: Destination, among: ReadonlySet<string>, isAbsent = false): Promise<void> {
        const key = arrivalKey(memberOf(to), blob);
        const known = this.arrivals.get(key);
        if (known !== undefined) {
            const crossing = this.crossings.get(crossingKey(from, blob));
            if (crossing !== known.crossing) {
                crossing?.leave(memberOf(to));
            }
            return known.done;
        }
        const crossing = this.crossingOf(blob, from, to, among);
        if (!this.clientOf(to).quirks.hashesUploads) {
            this.hashed.add(crossingKey(from, blob));
        }
        crossing.arrive(memberOf(to));
        const done = this.bring(blob, from, to, crossing, isAbsent).finally(() => crossing.leave(memberOf(to)));
        this.arrivals.set(key, { done, crossing });
        // A failure is not remembered: another place may yet bring what this one could not.
        done.catch(() => this.arrivals.delete(key));
        return done;
    }

    private async bring(
        blob: Descriptor,
        from: Place,
        to: Destination,
        crossing: Crossing,
        isAbsent: boolean,
    ): Promise<void> {
        const key = this.hostKey(to.registry, blob);
        const isAsked = !isAbsent && !this.clientOf(to).quirks.mountsFromItself;
        if (isAsked && (await this.isThere(blob, to))) {
            this.freight.arrived(to, blob, "present");
        } else {
            await this.travel(blob, from, to, crossing, key);
        }
        if (!this.holders.has(key)) {
            this.holders.set(key, to.repository);
        }
    }

    /** The first repository gets the bytes; the others wait for it, to mount what it has then. */
    private async travel(
        blob: Descriptor,
        from: Place,
        to: Destination,
        crossing: Crossing,
        key: string,
    ): Promise<void> {
        const near = this.hosts.isSame(from.registry, to.registry);
        while (!near && !this.holders.has(key)) {
            const other = this.journeys.othersEnd(key, journeyOwner(from, memberOf(to)));
            if (other === undefined) {
                await this.send(blob, to, crossing, undefined);
                return;
            }
            // Nobody may wait here for who waits for somebody else.
            crossing.leave(memberOf(to));
            await other;
        }
        await this.send(blob, to, crossing, near ? from.repository : this.holders.get(key));
    }

    private async send(
        blob: Descriptor,
        to: Destination,
        crossing: Crossing,
        holder: string | undefined,
    ): Promise<void> {
        const { digest, size } = blob;
        const client = this.clientOf(to);
        const other = holder === to.repository ? undefined : holder;
        const mountFrom = other ?? (client.quirks.mountsFromItself ? to.repository : undefined);
        await crossing.enter(memberOf(to));
        try {
            const how = await client.uploadBlob(
                to.repository,
                { digest, size },
                (offset, urgent) => crossing.read(memberOf(to), offset, urgent),
                { mountFrom: mountFrom === undefined ? [] : [mountFrom] },
            );
            this.freight.arrived(to, blob, how === "uploaded" ? "sent" : other === undefined ? "present" : "mounted");
        } catch (error) {
            throw isWrongContent(error) ? new ReadFailure(error) : error;
        }
    }

    /** The crossing that is about to begin from there, or a new one with all who need the blob and do not have it yet. */
    private crossingOf(blob: Descriptor, from: Place, to: Destination, among: ReadonlySet<string>): Crossing {
        const key = crossingKey(from, blob);
        const known = this.crossings.get(key);
        if (known?.isOpen) {
            return known;
        }
        const member = memberOf(to);
        const isComing = (other: string) => known === undefined && !this.arrivals.has(arrivalKey(other, blob));
        const readers = new Set([...among].filter((other) => other === member || isComing(other)));
        const slots = this.slotsFor(readers);
        const units = blob.size < LARGE_BYTES ? 1 : Math.ceil(slots.width / MAXIMUM_LARGE_DOWNLOADS);
        const { maxBufferedBytes, patienceMs } = this.options;
        for (const reader of readers) {
            this.journeys.claim(this.hostKey(registryOf(reader), blob), journeyOwner(from, reader));
        }
        const crossing = new Crossing({
            readers,
            onLeave: (reader) => this.journeys.end(this.hostKey(registryOf(reader), blob), journeyOwner(from, reader)),
            open: (offset, urgent) => this.read(blob, from, offset, urgent),
            patienceMs,
            stallMs: patienceMs,
            maxBehind: Math.max(1, Math.floor((maxBufferedBytes * units) / slots.width)),
            room: () => slots.take(units),
        });
        this.crossings.set(key, crossing);
        return crossing;
    }

    /** What the source did is told by a ReadFailure: another place may do better. */
    private async read(
        blob: Descriptor,
        from: Place,
        offset: number,
        urgent: boolean,
    ): Promise<AsyncIterable<Uint8Array>> {
        try {
            const verify = this.hashed.has(crossingKey(from, blob));
            const client = this.registries.client(from.registry);
            return failingAsRead(await client.readBlob(from.repository, blob, { offset, urgent, verify, lend: true }));
        } catch (error) {
            throw new ReadFailure(error);
        }
    }

    private async isThere(blob: Descriptor, to: Destination): Promise<boolean> {
        return (await this.clientOf(to).headBlob(to.repository, blob.digest)) !== undefined;
    }

    private clientOf({ registry }: Place) {
        return this.registries.client(registry);
    }

    private hostKey(registry: string, { digest }: Descriptor): string {
        return `${this.hosts.nameOf(registry)} ${digest}`;
    }

    /** Targets that share downloads share the room for them, so that none waits for another's. */
    private slotsFor(members: ReadonlySet<string>): Slots {
        const registries = [...new Set([...members].map(registryOf))].sort();
        const key = registries.join(" ");
        const ceilings = registries.map((name) => this.registries.client(name).settings.concurrency);
        const width = Math.min(MAXIMUM_DOWNLOADS, ...ceilings.map((ceiling) => ceiling ?? MAXIMUM_DOWNLOADS));
        const slots = this.slots.get(key) ?? new Slots(width);
        this.slots.set(key, slots);
        return slots;
    }
}

/** Whoever noticed it, a target that compares digests say: another source may have the right bytes. */
function isWrongContent(error: unknown): boolean {
    return error instanceof TransshipError && error.code === "DIGEST_MISMATCH";
}
