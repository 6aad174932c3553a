import { addReferrers, type Descriptor, digestOf, MediaType, parseDigest, parseManifest } from "../oci";
import { isGone, RegistryError } from "./errors";
import type { Transport } from "./http/transport";
import { KeyedLock } from "./keyed-lock";
import type { ManifestOperations } from "./manifests";
import { manifestPath } from "./resource";

/** Times that a list is written anew because somebody else wrote it meanwhile. */
const MAX_WRITES = 3;

interface Written {
    /** The OCI index under the tag; none where there is no tag, or it only names the subject itself. */
    readonly bytes?: Buffer;
    readonly manifests: readonly Descriptor[];
    /** Something else than an index of referrers has this name. */
    readonly taken?: string;
}

/**
 * The tag `sha256-<hex>`, an index of referrers that those who push keep where the registry has no API for it
 * (distribution-spec 1.1, "Referrers Tag Schema").
 */
export class ReferrersTag {
    readonly #transport: Transport;
    readonly #manifests: ManifestOperations;
    readonly #lock = new KeyedLock();

    constructor(transport: Transport, manifests: ManifestOperations) {
        this.#transport = transport;
        this.#manifests = manifests;
    }

    /** Empty where there is no such tag, or what has its name is no index of referrers. */
    async list(repository: string, subject: string): Promise<readonly Descriptor[]> {
        return (await this.#read(repository, subject)).manifests;
    }

    /**
     * Adds what the list lacks, and keeps all that is in it. Reads, writes and looks whether it stayed: who writes the
     * same list from elsewhere at the same moment is merged with. Costs a GET, and where something is new a PUT and a
     * HEAD.
     *
     * @returns whether anything was new
     */
    add(repository: string, subject: string, referrers: readonly Descriptor[]): Promise<boolean> {
        const tag = fallbackTag(subject);
        return this.#lock.run(`${repository}:${tag}`, async () => {
            for (let writes = 0; ; writes += 1) {
                const { bytes, taken } = await this.#read(repository, subject);
                if (taken !== undefined) {
                    throw this.#error(repository, tag, `holds ${taken} and no list of referrers; delete that tag`);
                }
                const merged = addReferrers(bytes, referrers);
                if (merged === undefined) {
                    return writes > 0;
                }
                if (writes === MAX_WRITES) {
                    throw this.#error(
                        repository,
                        tag,
                        "does not keep the list of referrers that is written; look who else writes it, or whether the registry takes the tag for a digest",
                    );
                }
                await this.#manifests.put(repository, tag, merged, MediaType.ociIndex);
                if ((await this.#manifests.head(repository, tag)).digest === digestOf(merged)) {
                    return true;
                }
            }
        });
    }

    async #read(repository: string, subject: string): Promise<Written> {
        try {
            const { bytes, mediaType, digest } = await this.#manifests.get(repository, fallbackTag(subject));
            // GitLab takes the tag for a digest and gives the subject, whose children are no referrers of it
            // (oras-project/oras-go#1396).
            if (digest === subject) {
                return { manifests: [] };
            }
            const manifest = parseManifest(bytes, mediaType);
            return manifest.mediaType === MediaType.ociIndex
                ? { bytes, manifests: manifest.manifests }
                : { manifests: [], taken: manifest.mediaType };
        } catch (error) {
            if (isGone(error)) {
                return { manifests: [] };
            }
            throw error;
        }
    }

    #error(repository: string, tag: string, what: string): RegistryError {
        const { endpoint } = this.#transport.options;
        const { host, origin } = endpoint;
        return new RegistryError("PROTOCOL_ERROR", `${host}/${repository}:${tag} ${what}.`, {
            host,
            method: "PUT",
            url: origin + manifestPath(endpoint, repository, tag),
        });
    }
}

/** The name of the tag that lists referrers where the registry has no API for it; a sha512's digits are cut to 64. */
export function fallbackTag(digest: string): string {
    const { algorithm, hex } = parseDigest(digest);
    return `${algorithm}-${hex.slice(0, 64)}`;
}
