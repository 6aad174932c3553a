import { isManifestType, type Manifest, parseManifest } from "../../oci";
import type { PullReservation } from "../../registry";
import type { RawManifest } from "../image-carrier";
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

    constructor(
        private readonly registries: Registries,
        private readonly signal?: AbortSignal,
    ) {}

    /** @param payer what a pull is paid from first */
    async read(digest: string, from: Place, payer?: PullReservation): Promise<RawManifest> {
        // Another place's answer serves as well; that its registry fails says nothing of this one.
        await this.reads.get(digest)?.catch(() => undefined);
        const known = this.known.get(digest);
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

    /** Manifests below and with `digest` that were not read yet; `undefined` before it was read itself. */
    unread(digest: string): number | undefined {
        const manifest = this.known.get(digest);
        return manifest && childrenOf(manifest.content).reduce((sum, child) => sum + (this.unread(child) ?? 1), 0);
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

/** What of an index is read: its manifests and further indexes, each once. */
export function childrenOf(content: Manifest): string[] {
    return [
        ...new Set(content.manifests.filter(({ mediaType }) => isManifestType(mediaType)).map((one) => one.digest)),
    ];
}
