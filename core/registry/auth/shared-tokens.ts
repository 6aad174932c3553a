import { RegistryError } from "../errors";
import type { RegistryRequest } from "../http/request";
import type { Quirks } from "../quirks";

/** A token that opens several repositories. */
export interface SharedToken {
    /** One for each token. */
    readonly key: string;
    /** What it is asked for; empty where any repository's own scopes do. */
    readonly scopes: readonly string[];
}

/** The token for all public repositories, where one does. */
const FOR_ALL: SharedToken = { key: "*", scopes: [] };

/** Characters of the scopes in one request: a line of it is 4 KiB at the least that servers take, its token 8 KiB. */
const MOST_CHARACTERS = 2_000;

/**
 * Which repositories share a token: all of them where the registry's anonymous token opens every public one, else as many
 * of those that are expected as its token service takes scopes in one request. A repository that a shared token does not
 * open asks for one of its own; should that open it, tokens cannot be shared there, and no further ones are.
 */
export class SharedTokens {
    readonly #perToken: number;
    readonly #expected: string[] = [];
    readonly #batches = new Map<string, SharedToken>();
    /** Repositories for which the token service gave no token with others. */
    readonly #apart = new Set<string>();
    /** Repositories that a shared token did not open. */
    readonly #alone = new Set<string>();
    #sharesAnonymous: boolean;
    #batched: boolean;

    constructor({ sharedAnonymousToken = false, scopesPerToken = 1 }: Quirks) {
        this.#sharesAnonymous = sharedAnonymousToken;
        this.#perToken = scopesPerToken;
        this.#batched = scopesPerToken > 1;
    }

    /** Repositories that are about to be read. Those which were named before stay with whom they were. */
    expect(repositories: Iterable<string>): void {
        if (this.#batched) {
            for (const repository of repositories) {
                this.#expected.push(repository);
            }
        }
    }

    /** Only where tokens are asked for at all: at most registries of a look none are. */
    #batchExpected(): void {
        let names: string[] = [];
        let length = 0;
        for (const name of new Set(this.#expected.splice(0))) {
            if (this.#batches.has(name) || this.#apart.has(name)) {
                continue;
            }
            length += pullScope(name).length;
            if (names.length === this.#perToken || length > MOST_CHARACTERS) {
                this.#batch(names);
                names = [];
                length = pullScope(name).length;
            }
            names.push(name);
        }
        this.#batch(names);
    }

    #batch(names: readonly string[]): void {
        const scopes = names.map(pullScope);
        const batch = { key: scopes.join(" "), scopes };
        for (const name of scopes.length > 1 ? names : []) {
            this.#batches.set(name, batch);
        }
    }

    /** The shared token for a request; undefined where it needs one of its own. */
    of({ repository, access, mountFrom }: RegistryRequest, isAnonymous: boolean): SharedToken | undefined {
        if (repository === undefined || access !== "pull" || mountFrom !== undefined || this.#alone.has(repository)) {
            return undefined;
        }
        if (this.#sharesAnonymous && isAnonymous) {
            return FOR_ALL;
        }
        if (this.#expected.length > 0) {
            this.#batchExpected();
        }
        return this.#batched ? this.#batches.get(repository) : undefined;
    }

    /** A shared token did not open this repository. */
    refused(repository: string): void {
        this.#alone.add(repository);
    }

    /** The token service does not give a token for these together. */
    dissolve({ scopes }: SharedToken): void {
        for (const [name, batch] of this.#batches) {
            if (batch.scopes === scopes) {
                this.#batches.delete(name);
                this.#apart.add(name);
            }
        }
    }

    /** A token of its own opened a repository: if a shared one did not, none does here. */
    opened(repository: string): void {
        if (this.#alone.has(repository)) {
            this.#sharesAnonymous = false;
            this.#batched = false;
            this.#alone.clear();
        }
    }
}

/** The token service is there, and does not give a token for what it was asked for; wrong credentials are wrong for each. */
export function isRefusedTogether(error: unknown): boolean {
    const status = error instanceof RegistryError ? (error.status ?? 0) : 0;
    return status >= 400 && status < 500 && status !== 401 && status !== 429;
}

function pullScope(repository: string): string {
    return `repository:${repository}:pull`;
}
