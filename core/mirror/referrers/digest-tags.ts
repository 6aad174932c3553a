import { parseDigest } from "../../oci";
import { fallbackTag, isGone, RegistryError } from "../../registry";
import type { Registries } from "../observe";
import { once } from "../once";
import type { Place } from "../plan";

/**
 * Tags of a repository that are read at most. A listing gives a thousand for a request and serves every image of the
 * repository in the run; asked one by one, each manifest of an image costs four.
 */
const MAXIMUM_TAGS = 20_000;

/** What cosign calls the tags of a signature, of attestations and of an SBOM. */
const SUFFIXES = [".sig", ".att", ".sbom"];

/** `sha256-<64 digits>` and whatever follows; of a sha512 a tag has room for no more than the fallback's 64 digits. */
const DIGEST_TAG = /^sha256-[0-9a-f]{64}|^sha512-[0-9a-f]{64}$/;

/**
 * The tags of a repository that begin with the name of a digest: `sha256-<hex>` and, from before there were referrers,
 * `sha256-<hex>.sig`, `.att` and `.sbom`. One listing for each repository in a run; where it is refused, or longer than
 * is sensible, one HEAD for each name that may be.
 */
export class DigestTags {
    private readonly listings = new Map<string, Promise<ReadonlyMap<string, readonly string[]> | undefined>>();

    constructor(private readonly registries: Registries) {}

    /** Those of one manifest, in the listing's order. */
    async of(digest: string, place: Place): Promise<readonly string[]> {
        const key = `${place.registry}/${place.repository}`;
        const listed = await once(this.listings, key, () => this.list(place));
        return listed === undefined ? this.probe(digest, place) : (listed.get(prefixOf(digest)) ?? []);
    }

    /** By their prefix; `undefined` where a listing does not help. */
    private async list(place: Place): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
        const found = new Map<string, string[]>();
        let count = 0;
        try {
            for await (const tag of this.registries.client(place.registry).listTags(place.repository)) {
                count += 1;
                if (count > MAXIMUM_TAGS) {
                    return undefined;
                }
                const prefix = DIGEST_TAG.exec(tag)?.[0];
                if (prefix !== undefined) {
                    found.set(prefix, [...(found.get(prefix) ?? []), tag]);
                }
            }
            return found;
        } catch (error) {
            if (isGone(error)) {
                return found;
            }
            // A listing has rights and limits of its own (goharbor/harbor#19967): what it refuses may be there to a HEAD.
            if (error instanceof RegistryError && error.code !== "ABORTED") {
                return undefined;
            }
            throw error;
        }
    }

    private async probe(digest: string, { registry, repository }: Place): Promise<readonly string[]> {
        const client = this.registries.client(registry);
        const prefix = prefixOf(digest);
        const names = [prefix, ...(digest.startsWith("sha256:") ? SUFFIXES.map((suffix) => prefix + suffix) : [])];
        const found = await Promise.all(
            names.map(async (name) => {
                try {
                    await client.headManifest(repository, name);
                    return [name];
                } catch (error) {
                    if (isGone(error)) {
                        return [];
                    }
                    throw error;
                }
            }),
        );
        return found.flat();
    }
}

function prefixOf(digest: string): string {
    return parseDigest(digest).algorithm === "sha256" ? digest.replace(":", "-") : fallbackTag(digest);
}
