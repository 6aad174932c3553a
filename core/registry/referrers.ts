import { type Descriptor, MediaType, parseDigest, parseManifest } from "../oci";
import { isGone } from "./errors";
import { header, MAX_MANIFEST_BYTES, type RegistryRequest, type RegistryResponse } from "./http/request";
import { readProblem } from "./http/response-failure";
import type { Transport } from "./http/transport";
import { pages } from "./listing";
import type { ManifestOperations } from "./manifests";
import { checkDigest, repositoryPath } from "./resource";

/** What points at an image: signatures, SBOMs, attestations (distribution-spec 1.1, "Listing Referrers"). */
export class ReferrersOperations {
    readonly #transport: Transport;
    readonly #manifests: ManifestOperations;
    /** The registry has shown that it has no such API: the fallback tag at once saves a request for each image. */
    #unsupported = false;

    constructor(transport: Transport, manifests: ManifestOperations) {
        this.#transport = transport;
        this.#manifests = manifests;
    }

    async list(repository: string, digest: string, artifactType?: string): Promise<Descriptor[]> {
        const found = this.#unsupported ? undefined : await this.#byApi(repository, digest, artifactType);
        const all = found ?? (await this.#byTag(repository, digest));
        // A registry that filters says so (OCI-Filters-Applied); to filter again costs nothing and is always right.
        return artifactType === undefined ? [...all] : all.filter((referrer) => referrer.artifactType === artifactType);
    }

    /** `undefined` where there is no such API. */
    async #byApi(
        repository: string,
        digest: string,
        artifactType: string | undefined,
    ): Promise<readonly Descriptor[] | undefined> {
        const { endpoint } = this.#transport.options;
        const path = `${repositoryPath(endpoint, repository)}/referrers/${checkDigest(endpoint, digest)}`;
        const request: RegistryRequest = {
            method: "GET",
            path: artifactType === undefined ? path : `${path}?artifactType=${encodeURIComponent(artifactType)}`,
            subject: "referrers",
            access: "pull",
            repository,
            reference: digest,
            headers: { accept: MediaType.ociIndex },
            maxBody: MAX_MANIFEST_BYTES,
            // ghcr answers 303 to a page of github.com (artifacthub/hub#4785); a 404 means no API.
            followRedirects: false,
            expected: [301, 302, 303, 307, 308, 404, 405, 501],
        };
        const referrers: Descriptor[] = [];
        for await (const response of pages(this.#transport, request)) {
            if (response.status >= 300 || !isIndex(response)) {
                // That this one repository is missing says nothing of the others.
                const { code } = readProblem(response.body);
                this.#unsupported = code !== "NAME_UNKNOWN" && code !== "MANIFEST_UNKNOWN";
                return undefined;
            }
            referrers.push(...parseManifest(response.body, MediaType.ociIndex).manifests);
        }
        return referrers;
    }

    /** The tag `sha256-<hex>`, an index that those who push keep (distribution-spec, "Referrers Tag Schema"). */
    async #byTag(repository: string, digest: string): Promise<readonly Descriptor[]> {
        try {
            const { bytes, mediaType } = await this.#manifests.get(repository, fallbackTag(digest));
            return parseManifest(bytes, mediaType).manifests;
        } catch (error) {
            if (isGone(error)) {
                return [];
            }
            throw error;
        }
    }
}

/** The name of the tag that lists referrers where the registry has no API for it; a sha512's digits are cut to 64. */
export function fallbackTag(digest: string): string {
    const { algorithm, hex } = parseDigest(digest);
    return `${algorithm}-${hex.slice(0, 64)}`;
}

/** A proxy's page with status 200 is no list of referrers. */
function isIndex(response: RegistryResponse): boolean {
    return /json/i.test(header(response.headers, "content-type") ?? "json");
}
