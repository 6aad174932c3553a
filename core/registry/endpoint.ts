/** Where a registry's requests go. */
export interface Endpoint {
    /** The name for people: `docker.io`. */
    readonly host: string;
    /** `https://registry-1.docker.io`, no slash at its end. */
    readonly origin: string;
    readonly insecure: boolean;
}

/** The names under which Docker Hub is known; only the first is one of a reference. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

export function isDockerHub(host: string): boolean {
    return DOCKER_HUB.has(host.toLowerCase());
}

/** `docker.io` is served by `registry-1.docker.io`; every other host by itself. */
export function endpointOf(host: string, insecure = false): Endpoint {
    const name = isDockerHub(host) ? "registry-1.docker.io" : host;
    // Through URL once, here: the default port goes away, so that origins can be compared as text later.
    const origin = new URL(`${insecure ? "http" : "https"}://${name}`).origin;
    return { host: isDockerHub(host) ? "docker.io" : host, origin, insecure };
}

/**
 * Resolves what a `Location` or `Link` names. A registry behind a proxy that ends TLS often believes that it is spoken
 * to in plain HTTP and says so: the same host by `http:` is then the origin we already use, never a downgrade.
 */
export function resolveLocation(location: string, base: string, endpoint: Endpoint): URL | undefined {
    let url: URL;
    try {
        url = new URL(location, base);
    } catch {
        return undefined;
    }
    if (url.protocol !== "https:" && url.protocol !== "http:") {
        return undefined;
    }
    url.username = "";
    url.password = "";
    url.hash = "";
    if (url.origin !== endpoint.origin && url.protocol === "http:" && !endpoint.insecure) {
        const ours = new URL(endpoint.origin);
        if (url.hostname === ours.hostname && (url.port === ours.port || url.port === "")) {
            return new URL(url.pathname + url.search, endpoint.origin);
        }
    }
    return url;
}
