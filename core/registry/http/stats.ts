import { LatencyHistogram } from "./latency-histogram";

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
    /**
     * By method (`HEAD`, `GET`), from a request's start to its answer's head; the opening of a connection counts where
     * one was needed, waiting for a place at the host or for a token does not. Every answer of the registry itself
     * counts, a 401 or a 429 too. What does not: answers of token services and of hosts that it redirects to, and
     * requests that write, whose time is that of their bodies.
     */
    readonly latency: Readonly<Record<string, LatencyHistogram>>;
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
    readonly latency: Record<string, LatencyHistogram> = {};

    count(method: string): void {
        this.requests += 1;
        this.byMethod[method] = (this.byMethod[method] ?? 0) + 1;
    }

    answered(method: string, milliseconds: number): void {
        this.latency[method] ??= new LatencyHistogram();
        this.latency[method].note(milliseconds);
    }
}
