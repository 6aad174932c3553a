import { isManifestType, parseManifest } from "../../oci";
import type { PullReservation } from "../../registry";
import type { RawManifest } from "../image-carrier";
import type { ManifestCache } from "../manifest-cache";
import type { Registries } from "../observe";
import { once } from "../once";
import type { Place } from "../plan";
import { ReadFailure } from "../read-failure";

/**
 * Reads each manifest once in a run, wherever it is asked for: its digest says that the bytes are the same everywhere.
 */
export class ManifestReader {
    private readonly known = new Map<string, RawManifest>();
    private readonly reads = new Map<string, Promise<RawManifest>>();
    /** Index -> the children that are carried, where nobody wants them all. */
    private readonly chosen = new Map<string, ReadonlySet<string> | "all">();

    constructor(
        private readonly registries: Registries,
        private readonly signal?: AbortSignal,
        /** What the look before has read. */
        private readonly before?: ManifestCache,
    ) {}

    /** @param payer what a pull is paid from first */
    async read(digest: string, from: Place, payer?: PullReservation): Promise<RawManifest> {
        // Another place's answer serves as well; that its registry fails says nothing of this one.
        await this.reads.get(digest)?.catch(() => undefined);
        const known = this.find(digest);
        if (known !== undefined) {
            return known;
        }
        const key = `${from.registry}/${from.repository}@${digest}`;
        const reading = once(this.reads, key, () => this.fetch(digest, from, payer));
        if (!this.reads.has(digest)) {
            this.reads.set(digest, reading);
            reading.catch(() => this.reads.delete(digest));
        }
        return reading;
    }

    /** What was read, from wherever; nothing is asked. */
    find(digest: string): RawManifest | undefined {
        const known = this.known.get(digest) ?? this.before?.find(digest);
        if (known !== undefined) {
            this.known.set(digest, known);
        }
        return known;
    }

    /** Whoever reads an index says which children are carried; the needs of all add up. @default all */
    choose(digest: string, children: Iterable<string> | undefined): void {
        const before = this.chosen.get(digest) ?? new Set();
        this.chosen.set(digest, children === undefined || before === "all" ? "all" : new Set([...before, ...children]));
    }

    /** What of an index is read: its manifests and further indexes, each once, but for those that nobody wants. */
    childrenOf({ digest, content }: RawManifest): string[] {
        const chosen = this.chosen.get(digest) ?? "all";
        const children = content.manifests.filter((child) => isManifestType(child.mediaType)).map((one) => one.digest);
        return [...new Set(children)].filter((child) => chosen === "all" || chosen.has(child));
    }

    /** Manifests below and with `digest` that were not read yet; `undefined` before it was read itself. */
    unread(digest: string): number | undefined {
        const manifest = this.find(digest);
        return manifest && this.childrenOf(manifest).reduce((sum, child) => sum + (this.unread(child) ?? 1), 0);
    }

    private async fetch(digest: string, from: Place, payer: PullReservation | undefined): Promise<RawManifest> {
        this.signal?.throwIfAborted();
        try {
            const client = this.registries.client(from.registry);
            const { bytes, mediaType } = await client.getManifest(from.repository, digest, payer);
            const content = parseManifest(bytes, mediaType);
            const manifest = { digest, mediaType: mediaType || content.mediaType, bytes, content };
            this.known.set(digest, manifest);
            return manifest;
        } catch (error) {
            throw new ReadFailure(error);
        }
    }
}
