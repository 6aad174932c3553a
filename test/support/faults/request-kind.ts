/** What a request asks of a registry, as the rules of a `FaultProxy` name it. */
export type RequestKind =
    | "head-tag"
    | "get-tag"
    | "put-tag"
    | "head-manifest"
    | "get-manifest"
    | "put-manifest"
    | "head-blob"
    | "get-blob"
    | "start-upload"
    | "mount"
    | "send-chunk"
    | "ask-upload"
    | "finish-upload"
    | "tags"
    | "referrers"
    | "token"
    | "other";

export interface Asked {
    readonly kind: RequestKind;
    readonly method: string;
    /** Path and query as sent. */
    readonly target: string;
    readonly repository: string;
    /** Tag, digest or upload session; of an upload's end the blob's digest. */
    readonly reference: string;
}

const RESOURCE = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*)$/;
const UPLOADS: Readonly<Record<string, RequestKind>> = {
    POST: "start-upload",
    PATCH: "send-chunk",
    GET: "ask-upload",
    PUT: "finish-upload",
};

/** Reads a request line (distribution-spec 1.1, "Endpoints"). */
export function readRequest(method: string, target: string): Asked {
    const url = new URL(target, "http://proxy.invalid");
    const path = decodeURIComponent(url.pathname);
    const [, repository = "", resource = "", last = ""] = RESOURCE.exec(path) ?? [];
    const kind = kindOf(method, url, resource, last);
    const reference = kind === "finish-upload" ? (url.searchParams.get("digest") ?? last) : last;
    return { kind, method, target, repository, reference };
}

function kindOf(method: string, url: URL, resource: string, last: string): RequestKind {
    const verb = method.toLowerCase();
    switch (resource) {
        case "manifests":
            return `${verb}-${last.includes(":") ? "manifest" : "tag"}` as RequestKind;
        case "blobs":
            return `${verb}-blob` as RequestKind;
        case "blobs/uploads":
            return method === "POST" && url.searchParams.has("mount") ? "mount" : (UPLOADS[method] ?? "other");
        case "tags":
        case "referrers":
            return resource;
        default:
            return url.pathname === "/token" ? "token" : "other";
    }
}
