import type { IncomingHttpHeaders } from "node:http";
import { type Credential, secretsOf } from "../credentials/credential";
import type { CredentialStore } from "../credentials/store";
import type { Endpoint } from "../endpoint";
import { RegistryError } from "../errors";
import type { RegistryRequest } from "../http/request";
import type { Quirks } from "../quirks";
import { BasicLogin } from "./basic";
import { type TokenService, tokenServiceOf } from "./bearer";
import { type Challenge, parseChallenges } from "./challenge";
import { mergeScopes, pushScope, scopesOf } from "./scope";
import { isRefusedTogether, type SharedToken, SharedTokens } from "./shared-tokens";
import { type Token, TokenCache } from "./token-cache";

/** What the host wants to see. */
type Scheme =
    | { readonly kind: "none" }
    | { readonly kind: "basic" }
    | { readonly kind: "bearer"; readonly service: TokenService };

/** Fetches one token; the transport does, since retries and stats are its own. */
export type FetchToken = (service: TokenService, scopes: readonly string[], request: RegistryRequest) => Promise<Token>;

export interface AuthenticatorOptions {
    readonly endpoint: Endpoint;
    readonly credentials: CredentialStore;
    readonly quirks: Quirks;
    readonly now: () => number;
}

/** The Authorization that a request went out with. */
export interface SentAuthorization {
    readonly value: string | undefined;
    /** It was there already and not fetched for this request, so that it may have become old. */
    readonly cached: boolean;
}

/**
 * Which Authorization goes with a request to one host with one set of credentials.
 *
 * The first request goes without (unless the host is known to want Basic), and others wait for what it learns; from
 * then on the host's challenge is known, so that another repository costs a token and no 401. A hundred requests to a
 * repository share one token.
 */
export class Authenticator {
    readonly #endpoint: Endpoint;
    readonly #credentials: CredentialStore;
    readonly #quirks: Quirks;
    readonly #tokens: TokenCache;
    /** Scopes that the registry itself asked for where ours were not what it wanted. */
    readonly #wanted = new Map<string, string[]>();
    /** Who shares tokens; it may be told who is to come. */
    readonly shared: SharedTokens;
    readonly basic: BasicLogin;
    #scheme: Scheme | undefined;
    #probe: Promise<void> | undefined;
    #endProbe: (() => void) | undefined;
    /** A 404 without authorization: what the host wants is not known yet, but this much it tells everybody. */
    #talks = false;

    constructor(options: AuthenticatorOptions) {
        this.#endpoint = options.endpoint;
        this.#credentials = options.credentials;
        this.basic = new BasicLogin(options.credentials);
        this.#quirks = options.quirks;
        this.#tokens = new TokenCache(options.now);
        this.shared = new SharedTokens(options.quirks);
    }

    get credentials(): CredentialStore {
        return this.#credentials;
    }

    /** Values that must not show in a message. */
    secrets(): string[] {
        return [...secretsOf(this.#credentials.current?.credential), ...this.#tokens.secrets()];
    }

    /** The header for a request; at once where it is known, which is the common case. */
    authorization(request: RegistryRequest, fetch: FetchToken): string | undefined | Promise<string | undefined> {
        switch (this.#scheme?.kind) {
            case "none":
                return undefined;
            case "basic":
                return this.basic.known() ?? this.basic.fetch();
            case "bearer":
                return this.#cachedToken(request) ?? this.#bearer(this.#scheme.service, request, fetch);
            case undefined:
                return this.#talks ? undefined : this.#unsettled(request, fetch);
        }
    }

    /** What the host answered; to be called for every request, with no status for one that got no answer. */
    settle(request: RegistryRequest, sent: string | undefined, status: number | undefined): void {
        if (status !== undefined && status < 400) {
            if (sent === undefined) {
                this.#scheme ??= { kind: "none" };
            } else {
                this.shared.opened(request.repository ?? "");
            }
        }
        // Nothing is there, as at every target before its first push: nobody waits for a better answer, which may not
        // come for thousands of requests. Should a later one be challenged, the others learn from that.
        if (status === 404 && sent === undefined && !this.#quirks.basicAtOnce) {
            this.#talks = true;
        }
        // After a 401 `challenged` follows, and only then is known what those who wait should send.
        if (status !== 401) {
            this.#endTheProbe();
        }
    }

    /** True when a token meant for several repositories was refused for this one, so that one of its own may do. */
    sharedTokenRefused(request: RegistryRequest, sent: SentAuthorization): boolean {
        if (sent.value === undefined || this.#sharedBy(request) === undefined) {
            return false;
        }
        this.shared.refused(request.repository ?? "");
        return true;
    }

    /** A 401: true when another try would be made with something else than what was sent. */
    async challenged(
        request: RegistryRequest,
        headers: IncomingHttpHeaders,
        sent: SentAuthorization,
    ): Promise<boolean> {
        try {
            return await this.#answer(request, headers, sent);
        } finally {
            this.#endTheProbe();
        }
    }

    #endTheProbe(): void {
        this.#endProbe?.();
        this.#endProbe = undefined;
        this.#probe = undefined;
    }

    async #answer(request: RegistryRequest, headers: IncomingHttpHeaders, sent: SentAuthorization): Promise<boolean> {
        if (this.sharedTokenRefused(request, sent)) {
            return true;
        }
        const known = this.#tokens.peek(this.#key(request))?.authorization;
        if (sent.value !== undefined && known !== undefined && known !== sent.value) {
            // Another request heard the same and has a new token already.
            return true;
        }
        const challenges = parseChallenges(headers["www-authenticate"]);
        const bearer = challenges.find((challenge) => challenge.scheme === "bearer");
        const service = bearer === undefined ? undefined : tokenServiceOf(bearer, this.#endpoint);
        if (bearer !== undefined && service !== undefined) {
            this.#scheme = { kind: "bearer", service };
            return sent.value?.startsWith("Bearer ") ? this.#renewable(request, bearer, sent) : true;
        }
        if (sent.value?.startsWith("Basic ")) {
            return this.basic.refused(sent.value, true);
        }
        // Basic, or a 401 that does not tell what it wants: then what everybody understands.
        const { credential } = await this.#credentials.get();
        if (credential?.password === undefined) {
            return false;
        }
        this.#scheme = { kind: "basic" };
        return true;
    }

    #renewable(request: RegistryRequest, bearer: Challenge, sent: SentAuthorization): boolean {
        const key = this.#key(request);
        this.#tokens.forget(key, sent.value as string);
        this.#tokens.forget(pushScope(request), sent.value as string);
        const ours = mergeScopes(this.#scopes(request), []);
        const theirs = (bearer.parameters.scope ?? "").split(" ").filter((scope) => scope !== "");
        const merged = mergeScopes(ours, theirs);
        if (merged.join(" ") !== ours.join(" ")) {
            this.#wanted.set(key, merged);
            return true;
        }
        return sent.cached && bearer.parameters.error !== "insufficient_scope";
    }

    async #unsettled(request: RegistryRequest, fetch: FetchToken): Promise<string | undefined> {
        if (this.#quirks.basicAtOnce) {
            return this.basic.fetch();
        }
        while (this.#scheme === undefined && !this.#talks) {
            if (this.#probe === undefined) {
                this.#probe = new Promise((resolve) => {
                    this.#endProbe = resolve;
                });
                return undefined;
            }
            await this.#probe;
        }
        return this.authorization(request, fetch);
    }

    #cachedToken(request: RegistryRequest): string | undefined {
        const token = this.#tokens.peek(this.#key(request));
        // Who may push may read: the look before a push and the one after it need one token, not two.
        return (token ?? (request.access === "pull" ? this.#tokens.peek(pushScope(request)) : undefined))
            ?.authorization;
    }

    async #bearer(service: TokenService, request: RegistryRequest, fetch: FetchToken): Promise<string> {
        // First who we are: it decides whether one token does for all repositories.
        const { credential: sent } = await this.#credentials.get();
        const shared = this.#sharedBy(request);
        try {
            const key = this.#key(request);
            const token = await this.#tokens.get(key, () => fetch(service, this.#scopes(request), request));
            return token.authorization;
        } catch (error) {
            if (await this.#renewedAfter(error, sent)) {
                return this.#bearer(service, request, fetch);
            }
            if (shared === undefined || shared.scopes.length === 0 || !isRefusedTogether(error)) {
                throw error;
            }
            this.shared.dissolve(shared);
            return this.#bearer(service, request, fetch);
        }
    }

    /** The token service refused the credential that was shown to it, and there is another one by now. */
    async #renewedAfter(error: unknown, shown: Credential | undefined): Promise<boolean> {
        const status = error instanceof RegistryError ? error.status : undefined;
        return shown !== undefined && status === 401 && (await this.#credentials.renew(shown, true));
    }

    #sharedBy(request: RegistryRequest): SharedToken | undefined {
        const { current } = this.#credentials;
        return this.shared.of(request, current !== undefined && current.credential === undefined);
    }

    #key(request: RegistryRequest): string {
        return this.#sharedBy(request)?.key ?? scopesOf(request).join(" ");
    }

    #scopes(request: RegistryRequest): readonly string[] {
        const wanted = this.#wanted.get(this.#key(request));
        const together = this.#sharedBy(request)?.scopes ?? [];
        return wanted ?? (together.length > 0 ? together : scopesOf(request));
    }
}
