/** What a request is about; what the request log counts by. */
export type RequestKind =
    | "manifest"
    | "blob"
    | "upload"
    | "tags"
    | "referrers"
    | "token"
    | "ping"
    | "catalog"
    | "other";

export interface Route {
    readonly kind: RequestKind;
    /** As in the path, unchecked; empty where the kind has none. */
    readonly repository: string;
    /** Tag or digest, digest, upload id; unchecked; empty where there is none. */
    readonly reference: string;
}

const PREFIX = "/v2/";

/**
 * The route of a decoded path. It is read from its end, since a repository may be called `manifests` or `blobs` too.
 * Nothing is normalised: `..` stays what it is and fails the grammar of names later.
 */
export function parseRoute(path: string): Route {
    if (path === PREFIX || path === "/v2") {
        return plain("ping");
    }
    if (path === "/token") {
        return plain("token");
    }
    if (path === "/v2/_catalog") {
        return plain("catalog");
    }
    return path.startsWith(PREFIX) ? parseResource(path.slice(PREFIX.length)) : plain("other");
}

function parseResource(rest: string): Route {
    const last = rest.lastIndexOf("/");
    const before = rest.lastIndexOf("/", last - 1);
    if (before <= 0) {
        return plain("other");
    }
    const repository = rest.slice(0, before);
    const resource = rest.slice(before + 1, last);
    const tail = rest.slice(last + 1);
    if (resource === "uploads" && repository.endsWith("/blobs")) {
        return { kind: "upload", repository: repository.slice(0, -"/blobs".length), reference: tail };
    }
    if (tail === "") {
        return plain("other");
    }
    switch (resource) {
        case "manifests":
            return { kind: "manifest", repository, reference: tail };
        case "blobs":
            return tail === "uploads"
                ? { kind: "upload", repository, reference: "" }
                : { kind: "blob", repository, reference: tail };
        case "referrers":
            return { kind: "referrers", repository, reference: tail };
        case "tags":
            return tail === "list" ? { kind: "tags", repository, reference: "" } : plain("other");
        default:
            return plain("other");
    }
}

function plain(kind: RequestKind): Route {
    return { kind, repository: "", reference: "" };
}

/** Path and query of a request target; the path percent-decoded once. Undefined when it cannot be decoded. */
export function splitTarget(target: string): { path: string; query: URLSearchParams } | undefined {
    const mark = target.indexOf("?");
    const raw = mark < 0 ? target : target.slice(0, mark);
    try {
        const path = raw.includes("%") ? decodeURIComponent(raw) : raw;
        return { path, query: new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)) };
    } catch {
        return undefined;
    }
}
