import type { Descriptor } from "../oci";
import type { Registries } from "./observe";
import type { Place } from "./plan";
import { ReadFailure } from "./read-failure";

/**
 * Brings blobs to repositories, each once in a run: a blob that is already there costs one HEAD, one that this run
 * has seen elsewhere on the target's host is mounted, and only the rest travels, streamed from source to target.
 */
export class BlobCarrier {
    private readonly arrivals = new Map<string, Promise<void>>();
    /** Registry -> digest -> a repository there which holds it. */
    private readonly holders = new Map<string, Map<string, string>>();

    constructor(
        private readonly registries: Registries,
        private readonly sameHost: (one: string, other: string) => boolean,
    ) {}

    /** Resolves when the target has the blob; parallel calls for one blob and repository share the work. */
    carry(blob: Descriptor, from: Place, to: Place): Promise<void> {
        const key = `${to.registry}/${to.repository}@${blob.digest}`;
        const under = this.arrivals.get(key);
        if (under !== undefined) {
            return under;
        }
        const arrival = this.bring(blob, from, to);
        this.arrivals.set(key, arrival);
        // A failed arrival is not remembered: another image, or another source, may yet bring the blob.
        arrival.catch(() => this.arrivals.delete(key));
        return arrival;
    }

    private async bring(blob: Descriptor, from: Place, to: Place): Promise<void> {
        const target = this.registries.client(to.registry);
        if ((await target.headBlob(to.repository, blob.digest)) === undefined) {
            const source = this.registries.client(from.registry);
            const read = async (offset: number): Promise<AsyncIterable<Uint8Array>> => {
                const range = offset === 0 ? undefined : { start: offset };
                const { body } = await source
                    .getBlob(from.repository, blob.digest, { range })
                    .catch((error: unknown) => Promise.reject(new ReadFailure(error)));
                return markReadFailures(body);
            };
            const mountFrom = this.mountSources(blob.digest, from, to);
            await target.uploadBlob(to.repository, { digest: blob.digest, size: blob.size }, read, { mountFrom });
        }
        this.remember(to, blob.digest);
    }

    private mountSources(digest: string, from: Place, to: Place): string[] {
        const repositories: string[] = [];
        if (this.sameHost(from.registry, to.registry)) {
            repositories.push(from.repository);
        }
        const known = this.holders.get(to.registry)?.get(digest);
        if (known !== undefined) {
            repositories.push(known);
        }
        return [...new Set(repositories)].filter((repository) => repository !== to.repository).slice(0, 1);
    }

    private remember(place: Place, digest: string): void {
        const held = this.holders.get(place.registry) ?? new Map<string, string>();
        this.holders.set(place.registry, held);
        if (!held.has(digest)) {
            held.set(digest, place.repository);
        }
    }
}

async function* markReadFailures(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
        yield* body;
    } catch (error) {
        throw new ReadFailure(error);
    }
}
