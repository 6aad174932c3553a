import type { Dispatcher } from "undici";
import type { Authenticator, SentAuthorization } from "../auth/authenticator";
import type { Endpoint } from "../endpoint";
import { RegistryError } from "../errors";
import type { Quirks } from "../quirks";
import { DEFAULT_CONNECT_MS, DEFAULT_IDLE_MS, type Environment, type RegistrySettings } from "../settings";
import { SourceFailure } from "../upload-source";
import type { AbortHub } from "./abort-hub";
import { backoffMs } from "./backoff";
import { AbortedExchange, exchange, type WireResponse } from "./exchange";
import type { Failure, FailureContext } from "./failure";
import type { HostHealth } from "./health";
import type { Limiter, Outcome } from "./limiter";
import { networkFailure } from "./network-failure";
import { proxyFor } from "./proxy";
import { type RateLimit, readRateLimit } from "./rate-limit";
import { nextHop, refusedRedirect } from "./redirect";
import { MAX_MANIFEST_BYTES, type RegistryRequest, type RegistryResponse } from "./request";
import { responseFailure } from "./response-failure";
import type { StatsCounter } from "./stats";
import { TokenFetcher } from "./token-fetcher";

/** What clients of one host share. */
export interface HostLink {
    readonly dispatcher: Dispatcher;
    readonly limiter: Limiter;
    readonly health: HostHealth;
    readonly hub: AbortHub;
}

/** What clients of one host with the same credentials share besides. */
export interface Identity {
    readonly pull: Authenticator;
    readonly push: Authenticator;
    /** Docker Hub's latest word on the pull limit. */
    rateLimit?: RateLimit;
    /** The pull limit is used up: no manifest is fetched before `until`. */
    pullLimit?: { readonly until: number; readonly failure: WireResponse };
}

export interface TransportOptions {
    readonly settings: RegistrySettings;
    readonly endpoint: Endpoint;
    readonly quirks: Quirks;
    readonly environment: Environment;
    readonly link: HostLink;
    readonly identity: Identity;
    readonly stats: StatsCounter;
}

/** Refused credentials, a shared token, a scope of the registry's own: three ways to be told 401 and go on. */
const MAX_AUTH_ROUNDS = 3;
/** A host that nothing listens at will hardly do so soon. */
const MAX_UNREACHABLE_ATTEMPTS = 3;
/** How long no manifest is fetched after the pull limit was met, where the registry does not say. */
const PULL_LIMIT_MS = 60_000;
const SLOW_MS = 300_000;
const MAX_REDIRECTS = 8;

type Body = Uint8Array | AsyncIterable<Uint8Array> | undefined;

/** An answer with what is needed to judge it. */
interface Exchanged {
    readonly response: WireResponse;
    readonly url: string;
    readonly sent: SentAuthorization;
    /** Another host answered: its 401 is none of ours. */
    readonly elsewhere: boolean;
}

interface Failed {
    readonly failure: Failure;
    readonly cause: unknown;
    /** It was the registry's own host that failed, and not one it sent us to. */
    readonly here: boolean;
}

type Attempt = { readonly answer: Exchanged } | Failed;

/**
 * One request to a registry, with everything that may come between: the host's limit and pauses, authorization,
 * redirects, retries. It either answers with a status the caller expects or throws a RegistryError.
 */
export class Transport {
    readonly options: TransportOptions;
    readonly #idleMs: number;
    readonly #tokens: TokenFetcher;

    constructor(options: TransportOptions) {
        this.options = options;
        this.#idleMs = options.settings.timeouts?.idle ?? DEFAULT_IDLE_MS;
        this.#tokens = new TokenFetcher(this, options);
    }

    async send(request: RegistryRequest): Promise<RegistryResponse> {
        const { environment, link } = this.options;
        const started = environment.now();
        let authRounds = 0;
        for (let attempt = 1; ; attempt += 1) {
            this.#refuseEarly(request);
            const result = await this.#attempt(request, started);
            if ("answer" in result) {
                const { answer } = result;
                if (authRounds < MAX_AUTH_ROUNDS && (await this.#authorizedAnew(request, answer))) {
                    authRounds += 1;
                    attempt -= 1;
                    continue;
                }
                const failure = this.#judge(request, answer);
                if (failure === undefined) {
                    return { ...answer.response, url: answer.url, attempts: attempt };
                }
                await this.waitOrThrow(failure, request.retry !== false, attempt, started);
            } else {
                const giveUp = result.failure.unreachable && attempt >= MAX_UNREACHABLE_ATTEMPTS;
                if (result.here && result.failure.unreachable && (giveUp || !result.failure.retryable)) {
                    link.health.failed(result.cause, environment.now());
                }
                await this.waitOrThrow(result.failure, request.retry !== false && !giveUp, attempt, started);
            }
            this.options.stats.retries += 1;
        }
    }

    /** Waits until the next attempt may start; throws where there is none. */
    async waitOrThrow(failure: Failure, mayRetry: boolean, attempt: number, started: number): Promise<void> {
        const { environment, link } = this.options;
        const { retry } = environment;
        const { error } = failure;
        if (!failure.retryable || !mayRetry || attempt >= retry.attempts) {
            throw error;
        }
        // "Retry-After: 0" is no leave to hammer.
        const pause = error.retryAfterMs || backoffMs(attempt, retry, environment.random);
        const now = environment.now();
        if (now + pause - started > retry.totalMs) {
            throw error;
        }
        if (error.retryAfterMs !== undefined) {
            link.limiter.pause(now + pause);
        }
        await environment.sleep(pause, environment.signal);
    }

    failureContext(request: RegistryRequest, url: string): FailureContext {
        const { endpoint, quirks, settings, environment } = this.options;
        const auth = this.#authenticator(request);
        return {
            endpoint,
            quirks,
            request,
            url,
            credentials: auth.credentials.current?.description,
            secrets: auth.secrets(),
            connectMs: settings.timeouts?.connect ?? DEFAULT_CONNECT_MS,
            idleMs: this.#idleMs,
            customCa: settings.ca !== undefined,
            proxied: proxyFor(settings, environment) !== undefined,
            now: environment.now(),
        };
    }

    /** For faults that only the caller can see: wrong bytes, an answer that makes no sense. */
    error(code: RegistryError["code"], message: string, request: RegistryRequest, cause?: unknown): RegistryError {
        const { endpoint } = this.options;
        return new RegistryError(code, message, {
            host: endpoint.host,
            method: request.method,
            url: endpoint.origin + request.path.split("?", 1)[0],
            ...(cause === undefined ? {} : { cause }),
        });
    }

    /** The error that an expected status would have been. */
    judge(request: RegistryRequest, response: RegistryResponse): RegistryError {
        return responseFailure(response, this.failureContext(request, response.url)).error;
    }

    #authenticator(request: RegistryRequest): Authenticator {
        return request.access === "pull" ? this.options.identity.pull : this.options.identity.push;
    }

    /** What need not be sent to know how it ends. */
    #refuseEarly(request: RegistryRequest): void {
        const { environment, link, identity, endpoint } = this.options;
        const url = endpoint.origin + request.path;
        if (link.hub.aborted) {
            const aborted = new AbortedExchange("aborted", { cause: link.hub.reason });
            throw networkFailure(aborted, this.failureContext(request, url)).error;
        }
        const down = link.health.refusal(environment.now());
        if (down !== undefined) {
            throw networkFailure(down, this.failureContext(request, url)).error;
        }
        const limit = identity.pullLimit;
        if (limit !== undefined && isPull(request) && environment.now() < limit.until) {
            throw responseFailure(limit.failure, this.failureContext(request, url)).error;
        }
    }

    async #attempt(request: RegistryRequest, started: number): Promise<Attempt> {
        const { limiter, hub } = this.options.link;
        // Before the place at the host is taken: the source may be the same host, and wait for a place itself.
        const body = request.openBody === undefined ? request.body : await request.openBody();
        const waiting = limiter.acquire();
        if (waiting !== undefined) {
            await waiting;
        }
        let outcome: Outcome = "neutral";
        let sentAt = 0;
        let latency: number | undefined;
        let result: Attempt | undefined;
        try {
            await this.#waitForHost(started);
            if (hub.aborted) {
                return this.#failed(new AbortedExchange("aborted", { cause: hub.reason }), request);
            }
            const header = this.#authenticator(request).authorization(request, this.#tokens.fetch);
            const cached = header === undefined || typeof header === "string";
            const value = cached ? header : await header;
            sentAt = this.options.environment.now();
            result = await this.#exchange(request, body, { value, cached });
            if ("answer" in result) {
                const { status } = result.answer.response;
                outcome = status === 429 || status === 503 ? "overload" : "ok";
                // A body takes the time that it takes.
                latency = body === undefined ? this.options.environment.now() - sentAt : undefined;
            }
            return result;
        } finally {
            limiter.release(outcome, sentAt, latency);
            if (result === undefined || !("answer" in result) || result.answer.response.status >= 300) {
                dismiss(body);
            }
        }
    }

    #failed(error: unknown, request: RegistryRequest, url?: string): Failed {
        const { endpoint } = this.options;
        const at = url ?? (request.origin ?? endpoint.origin) + request.path;
        const failure = networkFailure(error, this.failureContext(request, at));
        return { failure, cause: error, here: at.startsWith(`${endpoint.origin}/`) };
    }

    /** A `Retry-After` that any request heard holds for all; past the time that this one has, it is sent nevertheless. */
    async #waitForHost(started: number): Promise<void> {
        const { environment, link } = this.options;
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
        const { endpoint, link, identity, stats } = this.options;
        let origin = request.origin ?? endpoint.origin;
        let path = request.path;
        let status: number | undefined;
        try {
            for (let hops = 0; ; hops += 1) {
                const headers = this.#headers(request, origin === endpoint.origin ? sent.value : undefined);
                const response = await this.wire(request, origin, path, headers, body);
                status ??= response.status;
                const url = origin + path;
                const next = hops < MAX_REDIRECTS ? nextHop(request, response, url, endpoint) : undefined;
                if (next === undefined) {
                    link.health.reached();
                    identity.rateLimit = readRateLimit(response.headers) ?? identity.rateLimit;
                    return { answer: { response, url, sent, elsewhere: origin !== endpoint.origin } };
                }
                stats.redirects += 1;
                origin = next.origin;
                path = next.path;
            }
        } catch (error) {
            if (error instanceof SourceFailure) {
                throw error.cause;
            }
            return this.#failed(error, request, origin + path);
        } finally {
            if (request.origin === undefined || request.origin === endpoint.origin) {
                this.#authenticator(request).settle(request, sent.value, status);
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
        this.options.stats.count(request.method);
        return exchange(
            this.options.link.dispatcher,
            {
                origin,
                path,
                method: request.method,
                headers,
                body,
                headersTimeout: request.slow ? Math.max(SLOW_MS, this.#idleMs * 5) : this.#idleMs,
                bodyTimeout: this.#idleMs,
                stream: request.stream === true,
                maxBody: request.maxBody ?? MAX_MANIFEST_BYTES,
            },
            this.options.link.hub,
        );
    }

    #headers(request: RegistryRequest, authorization: string | undefined): Record<string, string> {
        const headers: Record<string, string> = { "user-agent": "transship", ...request.headers };
        if (authorization !== undefined) {
            headers.authorization = authorization;
        }
        return headers;
    }

    /** True when a refused request is worth sending again since it would go with another Authorization. */
    async #authorizedAnew(request: RegistryRequest, { response, sent, elsewhere }: Exchanged): Promise<boolean> {
        if (elsewhere) {
            return false;
        }
        const authenticator = this.#authenticator(request);
        if (response.status === 403) {
            return authenticator.sharedTokenRefused(request, sent);
        }
        return response.status === 401 && (await authenticator.challenged(request, response.headers, sent));
    }

    #judge(request: RegistryRequest, { response, url, elsewhere }: Exchanged): Failure | undefined {
        const { status } = response;
        if (status < 300 || request.expected?.includes(status)) {
            if (!response.truncated) {
                return undefined;
            }
            const limit = `${(request.maxBody ?? MAX_MANIFEST_BYTES) / 1024 / 1024} MiB`;
            const message = `${this.options.endpoint.host} answers with more than the ${limit} that are read of it: what it serves under ${request.repository} is no manifest or list of tags.`;
            return { error: this.error("PROTOCOL_ERROR", message, request), retryable: false };
        }
        const context = this.failureContext(request, url);
        if (status < 400) {
            return { error: refusedRedirect(response, context), retryable: false };
        }
        if (status === 429) {
            this.options.stats.rateLimited += 1;
        }
        const failure = responseFailure(response, context);
        if (failure.error.code === "PULL_LIMIT" && isPull(request)) {
            const pause = failure.error.retryAfterMs ?? PULL_LIMIT_MS;
            this.options.identity.pullLimit = { until: context.now + pause, failure: response };
        }
        // A presigned address may have run out of its time on the way: the registry gives another.
        return elsewhere && status === 403 ? { ...failure, retryable: true } : failure;
    }
}

/** Ends a source that was opened and is not read any further, so that its connection comes free. */
function dismiss(body: Body): void {
    if (body !== undefined && Symbol.asyncIterator in body) {
        void Promise.resolve(body[Symbol.asyncIterator]().return?.()).catch(() => undefined);
    }
}

/** What the pull limit counts. */
function isPull(request: RegistryRequest): boolean {
    return request.subject === "manifest" && request.method === "GET";
}
