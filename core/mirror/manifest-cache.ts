import { parseManifest } from "../oci";
import type { RawManifest } from "./image-carrier";
import type { Registries } from "./observe";
import { once } from "./once";
import type { Place } from "./plan";

/** Manifests kept at most: a look compares fifty images, and an image with its children is about ten. */
const MAXIMUM_ENTRIES = 2000;

/**
 * Manifests that were read in this process, by digest, from whichever place: what a look has read, neither the update
 * after it nor a second look pays for again. A failure is not remembered.
 */
export class ManifestCache {
    private readonly reads = new Map<string, Promise<RawManifest>>();
    private readonly known = new Map<string, RawManifest>();

    /** What was read; nothing is asked. */
    find(digest: string): RawManifest | undefined {
        return this.known.get(digest);
    }

    /**
     * From the first place that has it. Throws what the first one said where none has.
     *
     * @param places best first; at least one
     */
    read(digest: string, places: readonly Place[], registries: Registries): Promise<RawManifest> {
        return once(this.reads, digest, async () => {
            const manifest = await readFirst(digest, places, registries);
            if (this.known.size >= MAXIMUM_ENTRIES) {
                this.known.clear();
                this.reads.clear();
            }
            this.known.set(digest, manifest);
            return manifest;
        });
    }
}

/** Throws what the first place said where none has it. */
export async function readFirst(
    digest: string,
    places: readonly Place[],
    registries: Registries,
): Promise<RawManifest> {
    let failure: unknown = new Error(`no place is known to have ${digest}`);
    for (const [index, { registry, repository }] of places.entries()) {
        try {
            const { bytes, mediaType } = await registries.client(registry).getManifest(repository, digest);
            const content = parseManifest(bytes, mediaType);
            return { digest, mediaType: mediaType || content.mediaType, bytes, content };
        } catch (error) {
            failure = index === 0 ? error : failure;
        }
    }
    throw failure;
}

/** A place, and whether it is somebody else's. */
type Candidate = Place & { readonly role?: "source" | "target" };

/** Places to read manifests from, those last where pulls are counted, and before them a source; each once. */
export function cheapestFirst(candidates: readonly Candidate[], registries: Registries): Place[] {
    const price = ({ registry, repository, role }: Candidate): number =>
        (registries.client(registry).pullsOf(repository) === undefined ? 0 : 2) + (role === "source" ? 1 : 0);
    const sorted = [...candidates].sort((a, b) => price(a) - price(b));
    const unique = new Map(
        sorted.map(({ registry, repository }) => [`${registry}\n${repository}`, { registry, repository }]),
    );
    return [...unique.values()];
}
