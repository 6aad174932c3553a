import type { Endpoint } from "../endpoint";
import { RegistryError } from "../errors";
import { describeSubject } from "./describe";
import type { WireResponse } from "./exchange";
import { PullAccount, type PullReservation, type SentAt } from "./pull-account";
import { readRateLimit } from "./rate-limit";
import type { RegistryRequest } from "./request";

/** The accounts that a process knows, by host and by whom the registry says that it counts. */
export class PullAccounts {
    readonly #accounts = new Map<string, PullAccount>();

    of(host: string, counted: string): PullAccount {
        const key = `${host} ${counted}`;
        const account = this.#accounts.get(key) ?? new PullAccount(key, host);
        this.#accounts.set(key, account);
        return account;
    }
}

/** A manifest's request under way. */
export interface MeteredRequest {
    answered(response: WireResponse): void;
    /** No answer came. */
    lost(): void;
}

/**
 * Watches the requests for manifests of one person at one host, and stops the pull that would go below
 * `keepRemaining`. Which pulls count, the registry says in each answer's headers: without them that repository is
 * unlimited, as Docker Hub's sponsored ones are, and a HEAD never counts.
 */
export class PullMeter {
    #account: PullAccount | undefined;
    #keeps = 0;
    /** Repository -> whether its pulls count. */
    readonly #limited = new Map<string, boolean>();
    readonly #endpoint: Endpoint;
    readonly #accounts: PullAccounts;
    readonly #person: string;

    /** @param person whose credentials these are, for a registry that does not say whom it counts */
    constructor(endpoint: Endpoint, accounts: PullAccounts, person: string) {
        this.#endpoint = endpoint;
        this.#accounts = accounts;
        this.#person = person;
    }

    get account(): PullAccount | undefined {
        return this.#account;
    }

    keepAtLeast(pulls: number): void {
        this.#keeps = Math.max(this.#keeps, pulls);
        this.#account?.keepAtLeast(pulls);
    }

    /** The account that pays for this repository's manifests; `undefined` where nothing is known to count. */
    accountOf(repository: string): PullAccount | undefined {
        return this.#limited.get(repository) === false ? undefined : this.#account;
    }

    /** Whether a HEAD, which is free, has to ask first: something is kept back, and nothing is known of this repository. */
    mustAsk(repository: string): boolean {
        return this.#keeps > 0 && !this.#limited.has(repository);
    }

    /** @throws RegistryError PULL_BUDGET, and nothing may be sent */
    start(request: RegistryRequest): MeteredRequest | undefined {
        const { method, subject, repository = "" } = request;
        if (subject !== "manifest" || (method !== "GET" && method !== "HEAD")) {
            return undefined;
        }
        const account = method === "GET" ? this.accountOf(repository) : undefined;
        if (account === undefined) {
            const sentAt = this.#account?.mark() ?? 0;
            return { answered: (response) => this.#learn(repository, response, sentAt), lost: () => undefined };
        }
        const sentAt = account.take(request.reservation);
        if (sentAt === undefined) {
            throw this.#refusal(account, request);
        }
        return {
            lost: () => account.lose(),
            answered: (response) => {
                settle(account, response, request.reservation);
                this.#learn(repository, response, sentAt);
            },
        };
    }

    #learn(repository: string, response: WireResponse, sentAt: SentAt): void {
        const limit = readRateLimit(response.headers);
        if (limit === undefined) {
            if (response.status === 200) {
                this.#limited.set(repository, false);
            }
            return;
        }
        if (response.status === 200) {
            this.#limited.set(repository, true);
        }
        // Another address or account counts from now on: its own number is the first that is known of it.
        this.#account = this.#accounts.of(this.#endpoint.host, limit.source ?? this.#person);
        this.#account.keepAtLeast(this.#keeps);
        this.#account.learn(sentAt, limit);
    }

    #refusal(account: PullAccount, request: RegistryRequest): RegistryError {
        const { host, origin } = this.#endpoint;
        const { remaining, keeps } = account;
        const limit = account.latest === undefined ? "" : ` of ${account.latest.limit}`;
        const aside =
            remaining > keeps ? "the others are set aside for images that were begun" : `${keeps} are kept back`;
        const message =
            `We did not pull ${describeSubject(request, host)}: ${remaining}${limit} pulls of ${host} are left, and ` +
            `${aside}; run it again when more are left.`;
        return new RegistryError("PULL_BUDGET", message, { host, method: request.method, url: origin + request.path });
    }
}

/** A 2xx was counted; what the registry refused was not; of a server's error nobody knows. */
function settle(
    account: PullAccount,
    { status, headers }: WireResponse,
    reservation: PullReservation | undefined,
): void {
    if (status >= 500) {
        account.lose();
    } else if (status >= 300 || headers["ratelimit-limit"] === undefined) {
        account.giveBack(reservation);
    } else {
        account.settle();
    }
}
