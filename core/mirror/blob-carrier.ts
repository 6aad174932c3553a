import { TransshipError } from "../errors";
import type { Descriptor } from "../oci";
import type { Registries } from "./observe";
import { once } from "./once";
import type { Place } from "./plan";
import { ReadFailure } from "./read-failure";
import { Slots } from "./slots";

/**
 * Blobs on their way to one registry at a time, where its own `concurrency` is not lower. A body that is open and not
 * read holds a connection and up to a megabyte, and a server hangs up on it: no more are opened than can be sent.
 */
const MAXIMUM_TRANSFERS = 32;

/**
 * Brings blobs to repositories, each once in a run: a blob that is already there costs one HEAD, one that this run
 * has seen elsewhere on the target's host is mounted, and only the rest travels, streamed from source to target.
 */
export class BlobCarrier {
    private readonly arrivals = new Map<string, Promise<void>>();
    /** `registry digest` -> a repository there which holds it. */
    private readonly holders = new Map<string, string>();
    /** `registry digest` -> the blob's first journey to that registry, which the other repositories wait for. */
    private readonly journeys = new Map<string, Promise<void>>();
    private readonly slots = new Map<string, Slots>();
    /** Registries of one host by the first of them that was met. */
    private readonly hosts: string[] = [];

    constructor(
        private readonly registries: Registries,
        private readonly sameHost: (one: string, other: string) => boolean,
    ) {}

    /** Resolves when the target has the blob; parallel calls for one blob and repository share the work. */
    carry(blob: Descriptor, from: Place, to: Place): Promise<void> {
        const key = `${to.registry}/${to.repository}@${blob.digest}`;
        return once(this.arrivals, key, () => this.bring(blob, from, to));
    }

    private async bring(blob: Descriptor, from: Place, to: Place): Promise<void> {
        const key = `${this.hostOf(to.registry)} ${blob.digest}`;
        if ((await this.registries.client(to.registry).headBlob(to.repository, blob.digest)) === undefined) {
            await this.travel(blob, from, to, key);
        }
        if (!this.holders.has(key)) {
            this.holders.set(key, to.repository);
        }
    }

    /** The first repository gets the bytes; the others wait for it, to mount what it has then. */
    private async travel(blob: Descriptor, from: Place, to: Place, key: string): Promise<void> {
        const near = this.sameHost(from.registry, to.registry);
        while (!near && !this.holders.has(key)) {
            const journey = this.journeys.get(key);
            if (journey === undefined) {
                const first = this.send(blob, from, to, []);
                this.journeys.set(key, first);
                try {
                    await first;
                    this.holders.set(key, to.repository);
                } finally {
                    this.journeys.delete(key);
                }
                return;
            }
            await journey.catch(() => undefined);
        }
        const candidates = [near ? from.repository : undefined, this.holders.get(key)];
        const mountFrom = candidates.filter((one) => one !== undefined && one !== to.repository).slice(0, 1);
        await this.send(blob, from, to, mountFrom as string[]);
    }

    private send(blob: Descriptor, from: Place, to: Place, mountFrom: string[]): Promise<void> {
        const target = this.registries.client(to.registry);
        const source = this.registries.client(from.registry);
        // What the source did is told by these errors themselves: an upload throws what its source threw.
        const unread = new Set<unknown>();
        const note = (error: unknown): never => {
            unread.add(error);
            throw error;
        };
        const read = async (offset: number, urgent: boolean): Promise<AsyncIterable<Uint8Array>> => {
            const part = offset === 0 ? { size: blob.size } : { range: { start: offset } };
            const { body } = await source.getBlob(from.repository, blob.digest, { ...part, urgent }).catch(note);
            return noting(body, note);
        };
        return this.slotsOf(to.registry).run(async () => {
            try {
                const { digest, size } = blob;
                await target.uploadBlob(to.repository, { digest, size }, read, { mountFrom });
            } catch (error) {
                throw unread.has(error) || isWrongContent(error) ? new ReadFailure(error) : error;
            }
        });
    }

    private hostOf(registry: string): string {
        const known = this.hosts.find((other) => other === registry || this.sameHost(other, registry));
        if (known === undefined) {
            this.hosts.push(registry);
        }
        return known ?? registry;
    }

    private slotsOf(registry: string): Slots {
        const { concurrency = MAXIMUM_TRANSFERS } = this.registries.client(registry).settings;
        const slots = this.slots.get(registry) ?? new Slots(Math.min(concurrency, MAXIMUM_TRANSFERS));
        this.slots.set(registry, slots);
        return slots;
    }
}

/** Whoever noticed it, a target that compares digests say: another source may have the right bytes. */
function isWrongContent(error: unknown): boolean {
    return error instanceof TransshipError && error.code === "DIGEST_MISMATCH";
}

async function* noting(body: AsyncIterable<Uint8Array>, note: (error: unknown) => never): AsyncGenerator<Uint8Array> {
    try {
        yield* body;
    } catch (error) {
        note(error);
    }
}
