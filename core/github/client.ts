import type { Dispatcher } from "undici";
import { pause } from "../rest";
import { type GitHubAccess, type GitHubRequest, nameOf } from "./access";
import { GitHubError } from "./errors";
import { exchange, type Method } from "./exchange";
import { type Answer, failureOf, limitedFor, provesAbsence } from "./failure";

export interface GitHubClientOptions {
    readonly signal?: AbortSignal;
    /** @default undici's, with HTTPS_PROXY and NO_PROXY as they are set */
    readonly dispatcher?: Dispatcher;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
    readonly now?: () => number;
}

const TRIES = 4;
/** A limit that lasts longer is told instead of waited for. */
const LONGEST_WAIT_MS = 5 * 60_000;
const FIRST_WAIT_MS = 1_000;
const MOST_REDIRECTS = 3;
/** GitHub asks for a second between "a large number of" requests that write; a few are none. */
const FREE_WRITES = 10;
const WRITE_PAUSE_MS = 1_000;

/**
 * GitHub's REST API: JSON in, JSON out, one request at a time, however many ask, since GitHub takes requests side by side
 * for abuse. (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api)
 */
export class GitHubClient {
    readonly access: GitHubAccess;
    private readonly options: GitHubClientOptions;
    /** Made with the first request: the HTTP client takes a while to load. */
    private dispatcher: Dispatcher | undefined;
    private turn: Promise<unknown> = Promise.resolve();
    private writes = 0;
    private lastWrite = 0;

    constructor(access: GitHubAccess, options: GitHubClientOptions = {}) {
        this.access = access;
        this.options = options;
        this.dispatcher = options.dispatcher;
    }

    async close(): Promise<void> {
        if (this.options.dispatcher === undefined) {
            await this.dispatcher?.close();
            this.dispatcher = undefined;
        }
    }

    /**
     * The answer's JSON; `undefined` where GitHub sends none (204).
     *
     * @param path from the API's root: `/repos/acme/images`
     * @throws GitHubError
     */
    async send<T>(method: Method, path: string, request: GitHubRequest, body?: object): Promise<T> {
        const answer = await this.answer(method, path, request, body);
        return answer.json as T;
    }

    /** As `send`, with the answer's headers. */
    async answer(method: Method, path: string, request: GitHubRequest, body?: object): Promise<Answer> {
        const answer = await this.ask(method, `${this.access.api}${path}`, request, body);
        if (answer.status >= 300) {
            throw failureOf(answer, this.access, request);
        }
        if (answer.json === undefined && answer.status === 200) {
            throw this.strange(request, "answered with something that is not GitHub's");
        }
        return answer;
    }

    /**
     * `undefined` where GitHub proves that it is not there, which it can only for what is inside of something that the
     * token was seen to read: GitHub answers 404 also to those who may not look. So ask for the repository or owner by
     * `repositoryOf` or `ownerOf` first.
     *
     * @throws GitHubError for everything else, also for a 404 to a token without the right
     */
    async find<T>(path: string, request: GitHubRequest): Promise<T | undefined> {
        const answer = await this.ask("GET", `${this.access.api}${path}`, request);
        if (provesAbsence(answer)) {
            return undefined;
        }
        if (answer.status >= 300) {
            throw failureOf(answer, this.access, request);
        }
        if (answer.json === undefined) {
            throw this.strange(request, "answered with something that is not GitHub's");
        }
        return answer.json as T;
    }

    /**
     * A list, page by page, as `Link` says where the next one is; the caller may stop early.
     * (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api)
     *
     * @param path pages have 100 entries unless its query says `per_page`
     * @param key where the entries are a property of each page: `secrets`
     * @throws GitHubError
     */
    async *pages<T>(path: string, request: GitHubRequest, key?: string): AsyncGenerator<readonly T[]> {
        const sized = /[?&]per_page=/.test(path) ? path : `${path}${path.includes("?") ? "&" : "?"}per_page=100`;
        let url: string | undefined = `${this.access.api}${sized}`;
        while (url !== undefined) {
            const answer: Answer = await this.ask("GET", url, request);
            if (answer.status >= 300) {
                throw failureOf(answer, this.access, request);
            }
            const list = key === undefined ? answer.json : (answer.json as Record<string, unknown> | null)?.[key];
            if (!Array.isArray(list)) {
                throw this.strange(request, "answered with something that is no list");
            }
            yield list as readonly T[];
            url = this.next(answer, request);
        }
    }

    /** The token goes to the API's own address only; to leave the rest of a list out would be a wrong answer. */
    private next({ headers }: Answer, request: GitHubRequest): string | undefined {
        const link = /<([^>]+)>;\s*rel="next"/.exec(headers.link ?? "")?.[1];
        if (link !== undefined && !this.isOwn(link)) {
            throw this.strange(request, "has the list's next page at another address, which gets no token");
        }
        return link;
    }

    private isOwn(url: string): boolean {
        return URL.canParse(url) && new URL(url).origin === new URL(this.access.api).origin;
    }

    private strange(request: GitHubRequest, what: string): GitHubError {
        return new GitHubError(
            "GITHUB_UNAVAILABLE",
            `Could not ${request.doing}: ${nameOf(this.access)} ${what}: check the API's address, and any proxy between.`,
        );
    }

    /** One at a time, in the order in which they were asked for. */
    private ask(method: Method, url: string, request: GitHubRequest, body?: object): Promise<Answer> {
        const asked = this.turn.then(() => this.follow(method, url, request, body));
        this.turn = asked.catch(() => undefined);
        return asked;
    }

    /** A repository that was renamed answers with its address by number. A write is followed only where it stays one. */
    private async follow(method: Method, url: string, request: GitHubRequest, body?: object): Promise<Answer> {
        for (let redirects = 0; ; redirects++) {
            const answer = await this.insist(method, url, request, body);
            const { headers, status } = answer;
            const same = status === 307 || status === 308 || (method === "GET" && (status === 301 || status === 302));
            const to = URL.canParse(headers.location ?? "", url) ? new URL(headers.location ?? "", url).href : "";
            if (!same || !this.isOwn(to) || redirects === MOST_REDIRECTS) {
                return answer;
            }
            url = to;
        }
    }

    /** Again after a limit, and what does no harm twice after a fault; what may have been done is never done twice. */
    private async insist(method: Method, url: string, request: GitHubRequest, body?: object): Promise<Answer> {
        const { now = Date.now, signal, sleep = pause } = this.options;
        const repeatable = request.repeatable ?? (method !== "POST" && method !== "PATCH");
        for (let attempt = 1; ; attempt++) {
            await this.pace(method, now, sleep);
            const answer = await this.once(method, url, request, body).catch((error: unknown) => {
                if (!(error instanceof GitHubError) || !repeatable || attempt === TRIES) {
                    throw error;
                }
            });
            const limited = answer && limitedFor(answer, now());
            const again = limited ?? (answer === undefined || (repeatable && answer.status >= 500) ? 0 : undefined);
            const wait = Math.max(again ?? 0, FIRST_WAIT_MS * 2 ** (attempt - 1));
            if (answer !== undefined && (again === undefined || attempt === TRIES || wait > LONGEST_WAIT_MS)) {
                if (limited !== undefined) {
                    throw failureOf(answer, this.access, request, limited);
                }
                return answer;
            }
            await sleep(wait, signal);
        }
    }

    private async once(method: Method, url: string, request: GitHubRequest, body?: object): Promise<Answer> {
        this.dispatcher ??= new (await import("undici")).EnvHttpProxyAgent();
        const { access, dispatcher } = this;
        return exchange({ access, dispatcher, signal: this.options.signal }, method, url, request, body);
    }

    private async pace(
        method: Method,
        now: () => number,
        sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>,
    ): Promise<void> {
        if (method === "GET") {
            return;
        }
        this.writes += 1;
        const rest = this.lastWrite + WRITE_PAUSE_MS - now();
        if (this.writes > FREE_WRITES && rest > 0) {
            await sleep(rest, this.options.signal);
        }
        this.lastWrite = now();
    }
}
