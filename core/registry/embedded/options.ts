import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestEvent } from "./request-log";
import type { Route } from "./routes";

/** Who may do what. Everybody in `users` may push and delete, but for `readers`. */
export interface EmbeddedAuth {
    /** `bearer` hands out tokens at `/token`, as Docker Hub and ghcr do. */
    readonly kind: "basic" | "bearer";
    /** Name to password. */
    readonly users: Readonly<Record<string, string>>;
    /** Users who may only pull: their push is answered with 403 DENIED. */
    readonly readers?: readonly string[];
    /** Pulls without credentials are allowed. @default false */
    readonly anonymousPull?: boolean;
    /** With `bearer` and `anonymousPull`: a token without credentials pulls from every repository, as ghcr's. @default false */
    readonly publicToken?: boolean;
    /** Life of a token in seconds. @default 300 */
    readonly tokenSeconds?: number;
}

/** Docker Hub's way: `limit` GETs of manifests in `windowSeconds` for each address without credentials. */
export interface PullLimitOptions {
    readonly limit: number;
    /** @default 21600 */
    readonly windowSeconds?: number;
    /** Repositories whose pulls are not counted, as those of Docker Hub's sponsored projects: no headers, no limit. */
    readonly unlimited?: readonly string[];
}

/** Docker Hub's other limit: requests of any kind from one address, then a bare 429. */
export interface RequestLimitOptions {
    readonly limit: number;
    readonly windowSeconds: number;
    /** `Retry-After` of the refusals, seconds. @default no such header */
    readonly retryAfter?: number;
}

/** Ways in which registries in the wild differ from the specification. All off by default. */
export interface Quirks {
    /** No referrers API (404) and no `OCI-Subject`, as distribution 2 and 3. */
    readonly noReferrersApi?: boolean;
    /** Answers about manifests have no `Docker-Content-Digest`. */
    readonly noDigestHeader?: boolean;
    /** A mount never succeeds: it starts an upload instead. */
    readonly noMount?: boolean;
    /** A tag list never has more entries than this, whatever `n` says, as ECR (1000) and Quay (100). */
    readonly tagPage?: number;
    /** A referrers list has at most so many entries on a page; the next comes by `Link`. */
    readonly referrersPage?: number;
    /** With `immutableTags`: a push of the same digest to the same tag is refused too, as by ECR. */
    readonly refuseSameDigest?: boolean;
}

export interface EmbeddedRegistryOptions {
    /** Folder of the store; made if it is missing. One process owns it at a time. */
    readonly root: string;
    /** Address to listen on. @default 127.0.0.1 */
    readonly host?: string;
    /** 0 takes a free one. @default 0 */
    readonly port?: number;
    /** Serve TLS: PEM texts. @default plain HTTP */
    readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
    readonly auth?: EmbeddedAuth;
    readonly pullLimit?: PullLimitOptions;
    readonly requestLimit?: RequestLimitOptions;
    /** A tag that exists keeps its digest; 400 TAG_INVALID, as ECR answers. @default false */
    readonly immutableTags?: boolean;
    /** Accept manifests whose blobs or children are not in the repository. @default false */
    readonly allowMissing?: boolean;
    readonly quirks?: Quirks;
    /** Milliseconds since 1970; for the pull limit and the tokens. @default Date.now */
    readonly now?: () => number;
    /** One line for each answered request. */
    readonly log?: (line: string) => void;
    /** Called for every request before it is handled. */
    readonly onRequest?: (event: RequestEvent) => void;
    /**
     * Called for every request before it is handled, after it was counted; for tests that inject faults. Returning
     * true says that it has answered, or will.
     */
    readonly intercept?: (
        request: IncomingMessage,
        response: ServerResponse,
        route: Route,
    ) => boolean | undefined | Promise<boolean | undefined>;
}
