/** Requests that were really sent, in all and by what they were for. Tokens, retries and redirects are in `requests` too. */
export interface RegistryStats {
    readonly requests: number;
    readonly byMethod: Readonly<Record<string, number>>;
    /** Requests to token endpoints. */
    readonly tokens: number;
    /** Requests that repeat an earlier one which failed. */
    readonly retries: number;
    /** Requests that follow a redirect. */
    readonly redirects: number;
    /** Answers that were 429. */
    readonly rateLimited: number;
    /** Bytes of blobs and manifests received, and sent. */
    readonly bytesReceived: number;
    readonly bytesSent: number;
}

export class StatsCounter implements RegistryStats {
    requests = 0;
    readonly byMethod: Record<string, number> = {};
    tokens = 0;
    retries = 0;
    redirects = 0;
    rateLimited = 0;
    bytesReceived = 0;
    bytesSent = 0;

    count(method: string): void {
        this.requests += 1;
        this.byMethod[method] = (this.byMethod[method] ?? 0) + 1;
    }
}
