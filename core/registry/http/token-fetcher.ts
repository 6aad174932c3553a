import { readTokenAnswer, refreshForm, type TokenService, tokenPath } from "../auth/bearer";
import type { Token } from "../auth/token-cache";
import { basicValue, type Credential } from "../credentials/credential";
import { RegistryError } from "../errors";
import { redactUrl } from "../redact";
import { failureContext } from "./context";
import type { WireResponse } from "./exchange";
import type { Failure, FailureContext } from "./failure";
import { authenticatorFor, type TransportOptions } from "./host";
import { networkFailure } from "./network-failure";
import type { RegistryRequest } from "./request";
import { responseFailure } from "./response-failure";
import { waitOrThrow } from "./retry";
import type { Sender } from "./sender";

/** A token is a few kilobytes, with the claims of many groups some tens. */
const MAX_TOKEN_BYTES = 1024 * 1024;

interface TokenRequest {
    readonly method: "GET" | "POST";
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
}

/**
 * Asks a token service, with the same retries as everything else. It runs while its request holds its place at the
 * host, so that the host's limit bounds the token service too.
 */
export class TokenFetcher {
    readonly #options: TransportOptions;
    readonly #wire: Sender["wire"];

    constructor(options: TransportOptions, wire: Sender["wire"]) {
        this.#options = options;
        this.#wire = wire;
    }

    readonly fetch = async (
        service: TokenService,
        scopes: readonly string[],
        request: RegistryRequest,
    ): Promise<Token> => {
        const { environment, stats } = this.#options;
        const { credential } = await authenticatorFor(request, this.#options).credentials.get();
        this.#refuseDowngrade(service, credential, request);
        const wire = tokenRequest(service, scopes, credential);
        const started = environment.now();
        for (let attempt = 1; ; attempt += 1) {
            const failure = await this.#attempt(service, wire, request);
            if (!("error" in failure)) {
                return failure;
            }
            await waitOrThrow(this.#options, failure, attempt, started);
            stats.retries += 1;
        }
    };

    async #attempt(service: TokenService, wire: TokenRequest, request: RegistryRequest): Promise<Token | Failure> {
        const { environment, stats } = this.#options;
        const url = service.origin + wire.path;
        const context = failureContext(this.#options, request, url);
        let response: WireResponse;
        try {
            stats.tokens += 1;
            response = await this.#wire(
                { ...request, method: wire.method, stream: false, slow: false, maxBody: MAX_TOKEN_BYTES },
                service.origin,
                wire.path,
                wire.headers,
                wire.body,
            );
        } catch (error) {
            return networkFailure(error, context);
        }
        if (response.status < 200 || response.status >= 300) {
            return this.#refusal(response, context);
        }
        const answer = readTokenAnswer(response.body);
        if (answer === undefined) {
            return { error: this.#nonsense(context), retryable: false };
        }
        const expiresAt = environment.now() + answer.lifeMs;
        return { value: answer.token, authorization: `Bearer ${answer.token}`, expiresAt };
    }

    /** A token service's 404 or 400 is about itself, not about the image. */
    #refusal(response: WireResponse, context: FailureContext): Failure {
        if (response.status === 401 || response.status === 403 || response.status === 429 || response.status >= 500) {
            return responseFailure(response, context);
        }
        return { error: this.#nonsense(context, response.status), retryable: false };
    }

    #nonsense({ endpoint, request, url }: FailureContext, status?: number): RegistryError {
        const what = status === undefined ? "an answer without a token" : `${status}`;
        return new RegistryError(
            "PROTOCOL_ERROR",
            `The token service that ${endpoint.host} names, ${redactUrl(url).split("?", 1)[0]}, gave ${what} for ${request.repository ?? "the registry"}: check the registry's host and its credentials.`,
            {
                host: endpoint.host,
                method: "GET",
                url: redactUrl(url),
                ...(status === undefined ? {} : { status }),
            },
        );
    }

    /** Whoever stands between may write the challenge of a plain-HTTP answer; from an HTTPS registry it is a mistake. */
    #refuseDowngrade(service: TokenService, credential: Credential | undefined, request: RegistryRequest): void {
        const { endpoint } = this.#options;
        if (credential !== undefined && service.insecure && !endpoint.insecure) {
            throw new RegistryError(
                "PROTOCOL_ERROR",
                `${endpoint.host} names a token service in plain HTTP, ${redactUrl(service.origin)}, and credentials are not sent there: correct the realm in the registry's settings.`,
                { host: endpoint.host, method: request.method, url: redactUrl(service.origin) },
            );
        }
    }
}

function tokenRequest(service: TokenService, scopes: readonly string[], credential?: Credential): TokenRequest {
    const headers: Record<string, string> = { "user-agent": "transship", accept: "application/json" };
    if (credential?.identityToken !== undefined) {
        headers["content-type"] = "application/x-www-form-urlencoded";
        return {
            method: "POST",
            path: service.path,
            headers,
            body: refreshForm(service, scopes, credential.identityToken),
        };
    }
    if (credential !== undefined) {
        headers.authorization = `Basic ${basicValue(credential)}`;
    }
    return { method: "GET", path: tokenPath(service, scopes), headers };
}
