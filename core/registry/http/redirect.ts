import { type Endpoint, resolveLocation } from "../endpoint";
import { RegistryError } from "../errors";
import { redactUrl } from "../redact";
import { describeAccess, describeSubject } from "./describe";
import type { WireResponse } from "./exchange";
import type { FailureContext } from "./failure";
import { header, type RegistryRequest } from "./request";

export interface Hop {
    readonly origin: string;
    readonly path: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Where a redirect leads, for a GET or HEAD; `undefined` for an answer that is none or must not be followed: one that
 * leads back to where we are, or from TLS to plain HTTP. Who follows it sends no Authorization to another origin, and
 * counts its steps: a circle ends by that.
 */
export function nextHop(
    request: RegistryRequest,
    response: WireResponse,
    url: string,
    endpoint: Endpoint,
): Hop | undefined {
    if (!REDIRECTS.has(response.status) || request.followRedirects === false) {
        return undefined;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
        return undefined;
    }
    const location = header(response.headers, "location");
    const target = location === undefined ? undefined : resolveLocation(location, url, endpoint);
    if (target === undefined || target.href === new URL(url).href) {
        return undefined;
    }
    if (url.startsWith("https:") && target.protocol === "http:") {
        return undefined;
    }
    return { origin: target.origin, path: target.pathname + target.search };
}

/** A redirect that was not followed and is no answer either. */
export function refusedRedirect(response: WireResponse, context: FailureContext): RegistryError {
    const { endpoint, request } = context;
    const location = header(response.headers, "location");
    const target = location === undefined ? "nowhere" : `to ${redactUrl(location)}`;
    return new RegistryError(
        "PROTOCOL_ERROR",
        `Could not ${describeAccess(request)} ${describeSubject(request, endpoint.host)}: ${endpoint.host} redirects ${target} (${response.status}), which is a circle, is no TLS or may not be followed; check the registry's host.`,
        { host: endpoint.host, method: request.method, url: redactUrl(context.url), status: response.status },
    );
}
