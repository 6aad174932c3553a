import { isDigest, isTag } from "../../oci";
import { basicValue } from "../credentials/credential";
import { header, type RegistryRequest, type RegistryResponse } from "../http/request";
import type { Transport } from "../http/transport";
import { pages, senseless } from "../listing";
import type { ManifestInfo } from "../manifests";
import { isListingCheaper, LISTING_COSTS } from "./cost";
import { type DigestListing, ToldTags } from "./digest-listing";

/** As many as the API gives (goharbor/harbor, api/v2.0/swagger.yaml, pageSize). */
const PAGE = 100;

/**
 * Harbor's list of artifacts, tagged ones only, with their tags (goharbor/harbor, api/v2.0/swagger.yaml, listArtifacts).
 * It takes name and password, not a registry's token. A robot may have the right to pull and not to list: the first
 * refusal, or failure, ends listing at this registry.
 */
export class HarborListing implements DigestListing {
    readonly #transport: Transport;
    #isRefused = false;

    constructor(transport: Transport) {
        this.#transport = transport;
    }

    pays(tags: number): boolean {
        return !this.#isRefused && isListingCheaper(tags, 1, LISTING_COSTS.harbor);
    }

    async tell(repository: string, tags: ReadonlySet<string>): Promise<ReadonlyMap<string, ManifestInfo>> {
        const listed = new ToldTags(tags);
        const slash = repository.indexOf("/");
        if (slash === -1 || this.#isRefused) {
            return listed.told;
        }
        try {
            await this.#read(repository, slash, listed);
        } catch {
            // Whatever it is, the requests for each tag find it out, and say it of the right image.
            this.#isRefused = true;
        }
        return listed.told;
    }

    async #read(repository: string, slash: number, listed: ToldTags): Promise<void> {
        const [project, name] = [repository.slice(0, slash), repository.slice(slash + 1)];
        const { credential } = await this.#transport.options.identity.pull.credentials.get();
        // The name is encoded twice, since a proxy before Harbor decodes it once (goharbor/harbor#18355).
        const path =
            `/api/v2.0/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(encodeURIComponent(name))}` +
            `/artifacts?q=${encodeURIComponent("tags=*")}&with_tag=true&page=1&page_size=${PAGE}`;
        const request: RegistryRequest = {
            method: "GET",
            path,
            subject: "tags",
            access: "pull",
            repository,
            headers: { accept: "application/json" },
            authorization: credential?.password === undefined ? "" : `Basic ${basicValue(credential)}`,
            retry: false,
        };
        let count = 0;
        for await (const page of pages(this.#transport, request)) {
            count += 1;
            this.#readPage(request, page, listed);
            const total = Number(header(page.headers, "x-total-count") ?? Number.NaN);
            const left = Number.isNaN(total) ? 1 : Math.max(1, Math.ceil(total / PAGE) - count);
            if (!isListingCheaper(listed.open, left, LISTING_COSTS.harbor)) {
                return;
            }
        }
    }

    #readPage(request: RegistryRequest, page: RegistryResponse, listed: ToldTags): void {
        const artifacts: unknown = parse(page.body);
        if (!Array.isArray(artifacts)) {
            throw senseless(this.#transport, request, "is no JSON list");
        }
        for (const artifact of artifacts as unknown[]) {
            const { digest, manifest_media_type: mediaType, tags } = (artifact ?? {}) as Record<string, unknown>;
            for (const tag of Array.isArray(tags) ? (tags as unknown[]) : []) {
                const { name } = (tag ?? {}) as Record<string, unknown>;
                if (isTag(name) && isDigest(digest)) {
                    // The size that it tells is that of the whole image.
                    listed.add(name, { digest, mediaType: typeof mediaType === "string" ? mediaType : "", size: 0 });
                }
            }
        }
    }
}

function parse(body: Buffer): unknown {
    try {
        return JSON.parse(body.toString("utf8"));
    } catch {
        return undefined;
    }
}
