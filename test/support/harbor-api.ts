import type { IncomingMessage, ServerResponse } from "node:http";
import { smallManifest } from "./many-images";

/** One artifact of Harbor's list. */
export interface Artifact {
    readonly digest: string;
    /** None for what only an index names. */
    readonly tags: readonly string[];
}

/** What one request for a page is answered with. */
export interface HarborPage {
    readonly repository: string;
    /** From 1 on. */
    readonly page: number;
    readonly authorization: string | undefined;
}

/**
 * The part of Harbor's API that lists artifacts, in front of an embedded registry (`intercept`): pages with
 * `X-Total-Count` and `Link`, and of a repository whose name was not encoded twice 404, as behind its proxy.
 */
export class HarborApi {
    readonly asked: HarborPage[] = [];
    /** Of each repository; tests change it between pages. */
    readonly artifacts = new Map<string, Artifact[]>();
    /** Answers instead, where it returns true. */
    fault: ((page: HarborPage, response: ServerResponse) => boolean) | undefined;

    /** Tags of manifests that `putManifests` has put, and as many untagged ones. */
    set(repository: string, tags: Readonly<Record<string, string>>): void {
        const tagged = Object.entries(tags).map(([tag, name]) => ({ digest: smallManifest(name).digest, tags: [tag] }));
        const untagged = tagged.map((_, index) => ({ digest: smallManifest(`child ${index}`).digest, tags: [] }));
        this.artifacts.set(repository, [...tagged, ...untagged]);
    }

    readonly intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
        const url = new URL(request.url ?? "", "http://harbor");
        const [, project = "", name = ""] =
            /^\/api\/v2\.0\/projects\/([^/]+)\/repositories\/([^/]+)\/artifacts$/.exec(url.pathname) ?? [];
        if (project === "") {
            return false;
        }
        const repository = `${decodeURIComponent(project)}/${decodeURIComponent(decodeURIComponent(name))}`;
        const page = Number(url.searchParams.get("page") ?? 1);
        const asked = { repository, page, authorization: request.headers.authorization };
        this.asked.push(asked);
        if (this.fault?.(asked, response)) {
            return true;
        }
        // A slash that is encoded once is one to the proxy, and the path another.
        if (!this.artifacts.has(repository) || /%2f/i.test(name.replace(/%252f/gi, ""))) {
            return answer(response, 404, {
                errors: [{ code: "NOT_FOUND", message: `path ${url.pathname} was not found` }],
            });
        }
        const onlyTagged = url.searchParams.get("q") === "tags=*";
        const all = (this.artifacts.get(repository) ?? []).filter(({ tags }) => !onlyTagged || tags.length > 0);
        const size = Number(url.searchParams.get("page_size") ?? 10);
        url.searchParams.set("page", String(page + 1));
        response.setHeader("x-total-count", String(all.length));
        if (page * size < all.length) {
            response.setHeader("link", `<${url.pathname}${url.search}>; rel="next"`);
        }
        return answer(response, 200, all.slice((page - 1) * size, page * size).map(toArtifact));
    };
}

function toArtifact({ digest, tags }: Artifact, index: number): object {
    return {
        id: index,
        type: "IMAGE",
        digest,
        manifest_media_type: "application/vnd.oci.image.manifest.v1+json",
        size: 123_456,
        tags: tags.length === 0 ? null : tags.map((name) => ({ name, immutable: false })),
    };
}

function answer(response: ServerResponse, status: number, body: unknown): true {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    return true;
}
