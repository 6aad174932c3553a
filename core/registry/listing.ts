import { resolveLocation } from "./endpoint";
import type { RegistryError } from "./errors";
import { nextLink } from "./http/link";
import type { RegistryRequest, RegistryResponse } from "./http/request";
import type { Transport } from "./http/transport";

/** A registry that gives pages for ever is stopped here; ten million tags at the usual page. */
const MAX_PAGES = 10_000;

/** The pages of a listing: the first request, then every `Link: <…>; rel="next"` at the same registry. */
export async function* pages(transport: Transport, first: RegistryRequest): AsyncGenerator<RegistryResponse> {
    const seen = new Set<string>();
    let request = first;
    for (let count = 0; count < MAX_PAGES; count += 1) {
        const response = await transport.send(request);
        yield response;
        const link = nextLink(response.headers.link);
        if (link === undefined || response.status >= 300) {
            return;
        }
        const { endpoint } = transport.options;
        const url = resolveLocation(link, response.url, endpoint);
        if (url === undefined || url.origin !== endpoint.origin) {
            throw senseless(transport, request, "names a next page at another host");
        }
        const path = url.pathname + url.search;
        if (seen.has(path)) {
            throw senseless(transport, request, "names a page a second time");
        }
        seen.add(path);
        request = { ...first, path };
    }
    throw senseless(transport, first, `has more than ${MAX_PAGES} pages`);
}

/** The JSON object of a page. */
export function readPage(
    transport: Transport,
    request: RegistryRequest,
    response: RegistryResponse,
): Record<string, unknown> {
    try {
        const document: unknown = JSON.parse(response.body.toString("utf8"));
        if (typeof document === "object" && document !== null && !Array.isArray(document)) {
            return document as Record<string, unknown>;
        }
    } catch {
        // Said below; the parser's message would only quote the page.
    }
    throw senseless(transport, request, "is no JSON object");
}

export function senseless(transport: Transport, request: RegistryRequest, what: string): RegistryError {
    const { host } = transport.options.endpoint;
    const list = request.subject === "tags" ? "list of tags" : "list of referrers";
    return transport.error(
        "PROTOCOL_ERROR",
        `The ${list} of ${host}/${request.repository} ${what}: check the registry's host, something else than a registry may answer there.`,
        request,
    );
}
