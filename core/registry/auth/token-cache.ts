/** What a token service gave: how to present it, and until when. */
export interface Token {
    readonly value: string;
    /** `Bearer …`, made once: it goes with every request. */
    readonly authorization: string;
    /** Milliseconds since 1970. */
    readonly expiresAt: number;
}

/**
 * Tokens by scope, each asked for once however many want it at a time. A token that is on its way stands in the same
 * place as one that has arrived.
 */
export class TokenCache {
    readonly #tokens = new Map<string, Token>();
    readonly #pending = new Map<string, Promise<Token>>();
    readonly #now: () => number;

    constructor(now: () => number) {
        this.#now = now;
    }

    /** A token which is still good; nothing is asked for. */
    peek(key: string): Token | undefined {
        const token = this.#tokens.get(key);
        if (token === undefined || token.expiresAt > this.#now()) {
            return token;
        }
        this.#tokens.delete(key);
        return undefined;
    }

    /** The cached token, the one that is being fetched, or a new one. */
    async get(key: string, fetch: () => Promise<Token>): Promise<Token> {
        const cached = this.peek(key);
        if (cached !== undefined) {
            return cached;
        }
        let pending = this.#pending.get(key);
        if (pending === undefined) {
            pending = fetch()
                .then((token) => {
                    this.#tokens.set(key, token);
                    return token;
                })
                .finally(() => this.#pending.delete(key));
            this.#pending.set(key, pending);
        }
        return pending;
    }

    /** A registry refused it. One that came since then stays. */
    forget(key: string, authorization: string): void {
        if (this.#tokens.get(key)?.authorization === authorization) {
            this.#tokens.delete(key);
        }
    }

    /** Token values, for keeping them out of messages. */
    *secrets(): Iterable<string> {
        for (const token of this.#tokens.values()) {
            yield token.value;
        }
    }
}
