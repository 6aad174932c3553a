import type { ServerResponse } from "node:http";
import type { RequestLimitOptions } from "./options";

interface Window {
    readonly opened: number;
    requests: number;
}

/**
 * Docker Hub's other limit, against abuse (https://docs.docker.com/docker-hub/usage/#abuse-rate-limit): so many requests
 * of any kind from one address, then a bare 429 in plain text which tells neither of pulls nor of an error code.
 */
export class RequestLimit {
    private readonly windows = new Map<string, Window>();

    constructor(
        private readonly options: RequestLimitOptions,
        private readonly now: () => number,
    ) {}

    /** True where it was one too many, and is answered. */
    refuse(source: string, response: ServerResponse): boolean {
        const { limit, windowSeconds, retryAfter } = this.options;
        const known = this.windows.get(source);
        const isOpen = known !== undefined && this.now() < known.opened + windowSeconds * 1000;
        const window = isOpen ? known : { opened: this.now(), requests: 0 };
        this.windows.set(source, window);
        window.requests += 1;
        if (window.requests <= limit) {
            return false;
        }
        const body = "Too Many Requests (HAP429).\n";
        const headers = { "content-type": "text/plain", "content-length": String(Buffer.byteLength(body)) };
        response.writeHead(429, retryAfter === undefined ? headers : { ...headers, "retry-after": String(retryAfter) });
        response.end(body);
        return true;
    }
}
