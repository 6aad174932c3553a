import type { FetchToken, SentAuthorization } from "../auth/authenticator";
import { RegistryError } from "../errors";
import { DEFAULT_IDLE_MS } from "../settings";
import { SourceFailure } from "../upload-source";
import { failureContext } from "./context";
import { AbortedExchange, exchange, type WireResponse } from "./exchange";
import type { Failure } from "./failure";
import { authenticatorFor, type TransportOptions } from "./host";
import type { Outcome } from "./limiter";
import { networkFailure } from "./network-failure";
import type { MeteredRequest } from "./pull-meter";
import { nextHop } from "./redirect";
import { MAX_MANIFEST_BYTES, type RegistryRequest } from "./request";

type Body = Uint8Array | AsyncIterable<Uint8Array> | undefined;

/** An answer with what is needed to judge it. */
export interface Answered {
    readonly response: WireResponse;
    /** Not redacted. */
    readonly url: string;
    readonly sent: SentAuthorization;
    /** Another host answered: its 401 is none of ours. */
    readonly elsewhere: boolean;
}

export interface Unanswered {
    readonly failure: Failure;
    readonly cause: unknown;
    /** It was the registry's own host that failed, and not one it sent us to. */
    readonly here: boolean;
}

/** How one attempt ended. */
export type Attempt = { readonly answer: Answered } | Unanswered;

const SLOW_MS = 300_000;
const MAX_REDIRECTS = 8;

/** Sends one attempt of a request: takes its place at the host, authorizes it, follows its redirects. */
export class Sender {
    readonly #options: TransportOptions;
    readonly #fetchToken: FetchToken;
    readonly #idleMs: number;

    constructor(options: TransportOptions, fetchToken: FetchToken) {
        this.#options = options;
        this.#fetchToken = fetchToken;
        this.#idleMs = options.settings.timeouts?.idle ?? DEFAULT_IDLE_MS;
    }

    /** @param started when the request's first attempt began */
    async attempt(request: RegistryRequest, started: number): Promise<Attempt> {
        const { link, environment, identity } = this.#options;
        const pause = link.pacer?.reserve(request, environment.now()) ?? 0;
        if (pause > 0) {
            await environment.sleep(pause, environment.signal);
        }
        // Before the place at the host is taken: the source may be the same host, and wait for a place itself.
        const body = request.openBody === undefined ? request.body : await request.openBody();
        const waiting = link.limiter.acquire(request.urgent);
        if (waiting !== undefined) {
            await waiting;
        }
        let outcome: Outcome = "neutral";
        let sentAt = 0;
        let latency: number | undefined;
        let result: Attempt | undefined;
        const kind = `${request.method} ${request.subject}`;
        let metered: MeteredRequest | undefined;
        try {
            await this.#waitForHost(started);
            if (link.hub.aborted) {
                return this.#failed(new AbortedExchange("aborted", { cause: link.hub.reason }), request);
            }
            // Before the authorization, which others may wait for: a pull that may not be sent asks for none.
            metered = identity.pulls.start(request);
            const header =
                request.authorization === undefined
                    ? authenticatorFor(request, this.#options).authorization(request, this.#fetchToken)
                    : request.authorization || undefined;
            const cached = header === undefined || typeof header === "string";
            const value = cached ? header : await header;
            const late = link.pacer?.admit(request, environment.now()) ?? 0;
            if (late > 0) {
                await environment.sleep(late, environment.signal);
            }
            sentAt = environment.now();
            result = await this.#exchange(request, body, { value, cached });
            if ("answer" in result) {
                const { status } = result.answer.response;
                metered?.answered(result.answer.response);
                metered = undefined;
                outcome = status === 429 || status === 503 ? "overload" : "ok";
                // A body takes the time that it takes, and so does the commit of a large blob.
                latency = body === undefined && request.slow !== true ? environment.now() - sentAt : undefined;
            }
            return result;
        } finally {
            metered?.lost();
            // undici takes a connection back one turn of the event loop after its response. Who is let in before that
            // opens another one: twice the connections and TLS handshakes for the same number of requests.
            setImmediate(() => link.limiter.release(outcome, sentAt, latency, kind));
            if (result === undefined || !("answer" in result) || result.answer.response.status >= 300) {
                dismiss(body);
            }
        }
    }

    /** One exchange on the wire, counted. */
    wire(
        request: RegistryRequest,
        origin: string,
        path: string,
        headers: Record<string, string>,
        body: Body | string,
    ): Promise<WireResponse> {
        const { hub } = this.#options.link;
        const dispatcher = this.#options.link.dispatcher();
        this.#options.stats.count(request.method);
        const { method } = request;
        const headersTimeout = request.slow ? Math.max(SLOW_MS, this.#idleMs * 5) : this.#idleMs;
        const maxBody = request.maxBody ?? MAX_MANIFEST_BYTES;
        const stream = request.stream === true;
        const lend = request.lend === true;
        const bodyTimeout = this.#idleMs;
        return exchange(
            dispatcher,
            { origin, path, method, headers, body, headersTimeout, bodyTimeout, stream, lend, maxBody },
            hub,
        );
    }

    /** A `Retry-After` that any request heard holds for all; past the time that this one has, it is sent nevertheless. */
    async #waitForHost(started: number): Promise<void> {
        const { environment, link } = this.#options;
        for (;;) {
            const now = environment.now();
            const until = Math.min(link.limiter.pausedUntil, started + environment.retry.totalMs);
            if (until <= now || link.hub.aborted) {
                return;
            }
            await environment.sleep(until - now, environment.signal);
        }
    }

    /** Sends, and follows redirects; settles the authorization in any case. */
    async #exchange(request: RegistryRequest, body: Body, sent: SentAuthorization): Promise<Attempt> {
        const { endpoint, link, stats } = this.#options;
        let origin = request.origin ?? endpoint.origin;
        let path = request.path;
        let status: number | undefined;
        try {
            for (let hops = 0; ; hops += 1) {
                const headers = headersOf(request, origin === endpoint.origin ? sent.value : undefined);
                const response = await this.wire(request, origin, path, headers, body);
                status ??= response.status;
                if (origin === endpoint.origin && (request.method === "HEAD" || request.method === "GET")) {
                    stats.answered(request.method, response.latency);
                }
                const url = origin + path;
                const next = hops < MAX_REDIRECTS ? nextHop(request, response, url, endpoint) : undefined;
                if (next === undefined) {
                    link.health.reached();
                    return { answer: { response, url, sent, elsewhere: origin !== endpoint.origin } };
                }
                stats.redirects += 1;
                origin = next.origin;
                path = next.path;
            }
        } catch (error) {
            if (error instanceof SourceFailure) {
                throw error;
            }
            return this.#failed(error, request, origin + path);
        } finally {
            const isOurs = request.origin === undefined || request.origin === endpoint.origin;
            if (isOurs && request.authorization === undefined) {
                authenticatorFor(request, this.#options).settle(request, sent.value, status);
            }
        }
    }

    #failed(error: unknown, request: RegistryRequest, url?: string): Unanswered {
        const { endpoint } = this.#options;
        const at = url ?? (request.origin ?? endpoint.origin) + request.path;
        if (error instanceof RegistryError) {
            return { failure: { error, retryable: false }, cause: error, here: false };
        }
        const failure = networkFailure(error, failureContext(this.#options, request, at));
        return { failure, cause: error, here: at.startsWith(`${endpoint.origin}/`) };
    }
}

function headersOf(request: RegistryRequest, authorization: string | undefined): Record<string, string> {
    const headers: Record<string, string> = { "user-agent": "transship", ...request.headers };
    if (authorization !== undefined) {
        headers.authorization = authorization;
    }
    return headers;
}

/** Ends a source that was opened and is not read any further, so that its connection comes free. */
function dismiss(body: Body): void {
    if (body !== undefined && Symbol.asyncIterator in body) {
        void Promise.resolve(body[Symbol.asyncIterator]().return?.()).catch(() => undefined);
    }
}
