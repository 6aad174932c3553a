import type { Descriptor } from "../../oci";
import { fallbackTag } from "../../registry";
import type { Registries } from "../observe";
import { once } from "../once";
import type { Place } from "../plan";
import { DigestTags } from "./digest-tags";

/** What refers to one manifest at one place. */
export interface Found {
    /** By the API and by the fallback tag, each once. */
    readonly referrers: readonly Descriptor[];
    /** Tags that name its digest: cosign's, and the fallback tag where the registry has the API too. */
    readonly tags: readonly string[];
    /** What could not be asked; the rest may be known nevertheless. */
    readonly failures: readonly unknown[];
}

/**
 * Asks what refers to a manifest, once in a run however many targets wait for it. Costs a GET of the referrers API (at a
 * registry that has shown to have none: nothing), one listing of the repository's tags for all its images, and a GET of
 * the fallback tag only where the listing has it.
 */
export class ReferrersLookup {
    private readonly known = new Map<string, Promise<Found>>();
    private readonly tags: DigestTags;

    constructor(private readonly registries: Registries) {
        this.tags = new DigestTags(registries);
    }

    find(digest: string, place: Place): Promise<Found> {
        return once(this.known, `${place.registry}/${place.repository}@${digest}`, () => this.ask(digest, place));
    }

    private async ask(digest: string, place: Place): Promise<Found> {
        const client = this.registries.client(place.registry);
        const failures: unknown[] = [];
        const attempt = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
            try {
                return await work;
            } catch (error) {
                failures.push(error);
                return otherwise;
            }
        };
        const [listed, tags] = await Promise.all([
            attempt(client.referrersByApi(place.repository, digest), []),
            attempt(this.tags.of(digest, place), []),
        ]);
        const fallback = fallbackTag(digest);
        const tagged = tags.includes(fallback)
            ? await attempt(client.referrersByTag(place.repository, digest), [])
            : [];
        const byDigest = new Map([...tagged, ...(listed ?? [])].map((one) => [one.digest, one]));
        byDigest.delete(digest);
        return {
            referrers: [...byDigest.values()],
            // Without an API the fallback tag is the list itself: its entries are carried, and the target keeps its own.
            tags: listed === undefined ? tags.filter((tag) => tag !== fallback) : tags,
            failures,
        };
    }
}
