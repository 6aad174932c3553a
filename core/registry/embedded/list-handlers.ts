import { isDigest, MediaType } from "../../oci";
import { type Context, type Exchange, sendJson, unsupported } from "./exchange";
import { digestInvalid, nameUnknown, WireError } from "./wire-error";

/** `/v2/<name>/tags/list?n=<count>&last=<tag>`; OCI distribution-spec 1.1, "Listing Tags". */
export async function handleTags({ store, options }: Context, exchange: Exchange): Promise<void> {
    requireRead(exchange);
    const name = exchange.route.repository;
    const repository = store.get(name);
    if (repository === undefined) {
        throw nameUnknown(name);
    }
    const page = pageOf(repository.sortedTags(), exchange.query, options.quirks?.tagPage);
    sendJson(exchange, { name, tags: page.items }, nextLink(`/v2/${name}/tags/list`, page));
}

/** `/v2/_catalog?n=<count>&last=<name>`; not in the specification, but in every registry that people run themselves. */
export async function handleCatalog({ store }: Context, exchange: Exchange): Promise<void> {
    requireRead(exchange);
    const page = pageOf(store.names(), exchange.query, undefined);
    sendJson(exchange, { repositories: page.items }, nextLink("/v2/_catalog", page));
}

/**
 * `/v2/<name>/referrers/<digest>?artifactType=<type>`; OCI distribution-spec 1.1, "Listing Referrers". An unknown
 * subject or repository has none: never a 404.
 */
export async function handleReferrers({ store, options }: Context, exchange: Exchange): Promise<void> {
    requireRead(exchange);
    const { route, query } = exchange;
    if (options.quirks?.noReferrersApi) {
        throw new WireError(404, "UNSUPPORTED", "there is no such endpoint");
    }
    if (!isDigest(route.reference)) {
        throw digestInvalid("the subject is neither a sha256 nor a sha512 digest");
    }
    const type = query.get("artifactType");
    const all = store.get(route.repository)?.referrersOf(route.reference) ?? [];
    const wanted = type === null ? all : all.filter(({ artifactType }) => artifactType === type);
    const last = query.get("last") ?? "";
    const rest = wanted.filter(({ digest }) => digest > last);
    const manifests = rest.slice(0, options.quirks?.referrersPage);
    const path = `/v2/${route.repository}/referrers/${route.reference}`;
    const next = new URLSearchParams({ last: manifests.at(-1)?.digest ?? "", ...(type && { artifactType: type }) });
    const index = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests };
    sendJson(exchange, index, {
        "content-type": MediaType.ociIndex,
        ...(type === null ? {} : { "oci-filters-applied": "artifactType" }),
        ...(manifests.length < rest.length ? { link: `<${path}?${next}>; rel="next"` } : {}),
    });
}

interface Page {
    readonly items: readonly string[];
    readonly size: number;
    readonly more: boolean;
}

function pageOf(sorted: readonly string[], query: URLSearchParams, ceiling: number | undefined): Page {
    const asked = query.get("n");
    if (asked !== null && !/^\d{1,9}$/.test(asked)) {
        throw new WireError(400, "PAGINATION_NUMBER_INVALID", "n must be a number, 0 or larger");
    }
    const size = Math.min(asked === null ? Number.POSITIVE_INFINITY : Number(asked), ceiling ?? sorted.length);
    const last = query.get("last");
    const from = last === null ? 0 : firstAfter(sorted, last);
    const items = sorted.slice(from, from + size);
    return { items, size, more: items.length > 0 && from + items.length < sorted.length };
}

/** The place of the first entry that comes after `last`, which need not be an entry. */
function firstAfter(sorted: readonly string[], last: string): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((sorted[middle] ?? "") <= last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

function nextLink(path: string, page: Page): Record<string, string> {
    const query = new URLSearchParams({ n: String(page.size), last: page.items.at(-1) ?? "" });
    return page.more ? { link: `<${path}?${query}>; rel="next"` } : {};
}

function requireRead({ method }: Exchange): void {
    if (method !== "GET" && method !== "HEAD") {
        throw unsupported("GET, HEAD");
    }
}
