import { type Descriptor, MediaType, parseManifest } from "../oci";
import { header, MAX_MANIFEST_BYTES, type RegistryRequest, type RegistryResponse } from "./http/request";
import { readProblem } from "./http/response-failure";
import type { Transport } from "./http/transport";
import { pages } from "./listing";
import type { ReferrersTag } from "./referrers-tag";
import { checkDigest, repositoryPath } from "./resource";

/** What points at an image: signatures, SBOMs, attestations (distribution-spec 1.1, "Listing Referrers"). */
export class ReferrersOperations {
    readonly #transport: Transport;
    readonly #tag: ReferrersTag;
    /** The registry has shown that it has no such API: the fallback tag at once saves a request for each image. */
    #unsupported = false;
    /** The first question, which the others wait for: it may save them theirs. */
    #first: Promise<unknown> | undefined;

    constructor(transport: Transport, tag: ReferrersTag) {
        this.#transport = transport;
        this.#tag = tag;
    }

    async list(repository: string, digest: string, artifactType?: string): Promise<Descriptor[]> {
        const found = await this.listByApi(repository, digest, artifactType);
        const all = found ?? (await this.#tag.list(repository, digest));
        // A registry that filters says so (OCI-Filters-Applied); to filter again costs nothing and is always right.
        return artifactType === undefined ? [...all] : all.filter((referrer) => referrer.artifactType === artifactType);
    }

    /** `undefined` where there is no such API; asked once of a registry that shows so. */
    async listByApi(
        repository: string,
        digest: string,
        artifactType?: string,
    ): Promise<readonly Descriptor[] | undefined> {
        if (this.#first !== undefined) {
            await this.#first;
        }
        if (this.#unsupported) {
            return undefined;
        }
        const listed = this.#ask(repository, digest, artifactType);
        this.#first ??= listed.catch(() => undefined);
        return listed;
    }

    async #ask(
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
}

/** A proxy's page with status 200 is no list of referrers. */
function isIndex(response: RegistryResponse): boolean {
    return /json/i.test(header(response.headers, "content-type") ?? "json");
}
