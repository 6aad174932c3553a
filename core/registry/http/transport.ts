import { RegistryError } from "../errors";
import { failureContext } from "./context";
import { hasEnded } from "./ended-login";
import { AbortedExchange } from "./exchange";
import type { Failure } from "./failure";
import { authenticatorFor, type TransportOptions } from "./host";
import { networkFailure } from "./network-failure";
import { refusedRedirect } from "./redirect";
import { MAX_MANIFEST_BYTES, type RegistryRequest, type RegistryResponse } from "./request";
import { readProblem, responseFailure } from "./response-failure";
import { waitOrThrow } from "./retry";
import { type Answered, Sender, type Unanswered } from "./sender";
import { TokenFetcher } from "./token-fetcher";

/** Refused credentials, a shared token, a scope of the registry's own: three ways to be told 401 and go on. */
const MAX_AUTH_ROUNDS = 3;
/** A host that nothing listens at will hardly do so soon. */
const MAX_UNREACHABLE_ATTEMPTS = 3;
/** How long no manifest is fetched after the pull limit was met, where the registry does not say. */
const PULL_LIMIT_MS = 60_000;

/**
 * One request to a registry, with everything that may come between: the host's limit and pauses, authorization,
 * redirects, retries. It either answers with a status the caller expects or throws a RegistryError.
 */
export class Transport {
    readonly options: TransportOptions;
    readonly #sender: Sender;

    constructor(options: TransportOptions) {
        this.options = options;
        const tokens = new TokenFetcher(options, (...wire) => this.#sender.wire(...wire));
        this.#sender = new Sender(options, tokens.fetch);
    }

    async send(request: RegistryRequest): Promise<RegistryResponse> {
        const { environment, stats } = this.options;
        const started = environment.now();
        let authRounds = 0;
        for (let attempt = 1; ; ) {
            this.#refuseEarly(request);
            const result = await this.#sender.attempt(request, started);
            let failure: Failure | undefined;
            if ("answer" in result) {
                const { answer } = result;
                if (authRounds < MAX_AUTH_ROUNDS && (await this.#authorizedAnew(request, answer))) {
                    authRounds += 1;
                    continue;
                }
                failure = this.#judge(request, answer);
                if (failure === undefined) {
                    return { ...answer.response, url: answer.url, attempts: attempt };
                }
            } else {
                failure = this.#unreachable(result, attempt);
            }
            const mayRetry = failure.retryable && request.retry !== false;
            await waitOrThrow(this.options, { ...failure, retryable: mayRetry }, attempt, started);
            stats.retries += 1;
            attempt += 1;
        }
    }

    /** The error that an expected status would have been. */
    refusal(request: RegistryRequest, response: RegistryResponse): RegistryError {
        return responseFailure(response, failureContext(this.options, request, response.url)).error;
    }

    /** For faults that only the caller can see: wrong bytes, an answer that makes no sense. */
    error(code: RegistryError["code"], message: string, request: RegistryRequest): RegistryError {
        const { endpoint } = this.options;
        const url = endpoint.origin + request.path.split("?", 1)[0];
        return new RegistryError(code, message, { host: endpoint.host, method: request.method, url });
    }

    /** A connection that broke while its body was read. */
    brokenBody(request: RegistryRequest, url: string, error: unknown): RegistryError {
        const { hub } = this.options.link;
        const cause = hub.aborted ? new AbortedExchange("aborted", { cause: hub.reason }) : error;
        return networkFailure(cause, failureContext(this.options, request, url)).error;
    }

    /** What need not be sent to know how it ends. */
    #refuseEarly(request: RegistryRequest): void {
        const { environment, link, identity, endpoint } = this.options;
        const url = endpoint.origin + request.path;
        if (link.hub.aborted) {
            throw this.brokenBody(request, url, undefined);
        }
        const down = link.health.refusal(environment.now());
        if (down !== undefined) {
            throw networkFailure(down, failureContext(this.options, request, url)).error;
        }
        const limit = identity.pullLimit;
        if (limit !== undefined && isPull(request) && environment.now() < limit.until) {
            throw responseFailure(limit.failure, failureContext(this.options, request, url)).error;
        }
    }

    #unreachable({ failure, cause, here }: Unanswered, attempt: number): Failure {
        if (!failure.unreachable || (failure.retryable && attempt < MAX_UNREACHABLE_ATTEMPTS)) {
            return failure;
        }
        if (here) {
            this.options.link.health.failed(cause, this.options.environment.now());
        }
        return { ...failure, retryable: false };
    }

    /** True when a refused request is worth sending again since it would go with another Authorization. */
    async #authorizedAnew(request: RegistryRequest, { response, sent, elsewhere }: Answered): Promise<boolean> {
        if (elsewhere || request.authorization !== undefined) {
            return false;
        }
        const authenticator = authenticatorFor(request, this.options);
        if (response.status === 403) {
            if (authenticator.sharedTokenRefused(request, sent)) {
                return true;
            }
            const ended = hasEnded(readProblem(response.body).message);
            return ended !== "no" && (await authenticator.basic.refused(sent.value, ended === "yes"));
        }
        return response.status === 401 && (await authenticator.challenged(request, response.headers, sent));
    }

    #judge(request: RegistryRequest, { response, url, elsewhere }: Answered): Failure | undefined {
        const { status } = response;
        if (status < 300 || request.expected?.includes(status)) {
            return response.truncated ? { error: this.#tooLong(request), retryable: false } : undefined;
        }
        const context = failureContext(this.options, request, url);
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

    #tooLong(request: RegistryRequest): RegistryError {
        const { host } = this.options.endpoint;
        const limit = Math.round((request.maxBody ?? MAX_MANIFEST_BYTES) / 1024);
        const message = `${host} answers for ${request.repository ?? "the registry"} with more than the ${limit} KiB that are read: what it serves there is no manifest and no list; check the registry's host.`;
        return this.error("PROTOCOL_ERROR", message, request);
    }
}

/** What the pull limit counts. */
function isPull(request: RegistryRequest): boolean {
    return request.subject === "manifest" && request.method === "GET";
}
