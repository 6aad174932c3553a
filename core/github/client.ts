import { setTimeout as delay } from "node:timers/promises";
import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import type { GitHubContext } from "./context";
import { GitHubError } from "./errors";
import { type Answer, failureOf, limitedFor, sentence } from "./failure";

export interface GitHubClientOptions {
    readonly signal?: AbortSignal;
    /** @default undici's, with HTTPS_PROXY and NO_PROXY as they are set */
    readonly dispatcher?: Dispatcher;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
    readonly now?: () => number;
}

/** GitHub asks for it by date. (https://docs.github.com/en/rest/about-the-rest-api/api-versions) */
const API_VERSION = "2022-11-28";
const TIMEOUT_MS = 30_000;
const TRIES = 4;
/** A limit that lasts longer is told instead of waited for. */
const LONGEST_WAIT_MS = 5 * 60_000;
const FIRST_WAIT_MS = 1_000;

/** As much of GitHub's REST API as is used: JSON in, JSON out, one request at a time, as GitHub asks of bots. */
export class GitHubClient {
    readonly context: GitHubContext;
    private readonly options: GitHubClientOptions;
    private readonly dispatcher: Dispatcher;

    constructor(context: GitHubContext, options: GitHubClientOptions = {}) {
        this.context = context;
        this.options = options;
        this.dispatcher = options.dispatcher ?? new EnvHttpProxyAgent();
    }

    async close(): Promise<void> {
        if (this.options.dispatcher === undefined) {
            await this.dispatcher.close();
        }
    }

    /**
     * @param path below the repository: `/issues/1`
     * @param what is done, for messages: `list the issues`
     * @throws GitHubError
     */
    async send<T>(method: "GET" | "POST" | "PATCH", path: string, what: string, body?: object): Promise<T> {
        const { api, repository } = this.context;
        const { json } = await this.ask(method, `${api}/repos/${repository}${path}`, what, body);
        return json as T;
    }

    /**
     * A list, page by page, as `Link` says where the next one is; the caller may stop early.
     * (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api)
     */
    async *pages<T>(path: string, what: string): AsyncGenerator<readonly T[]> {
        const { api, repository } = this.context;
        let url: string | undefined = `${api}/repos/${repository}${path}`;
        while (url !== undefined) {
            const answer: Answer = await this.ask("GET", url, what);
            yield answer.json as readonly T[];
            url = this.next(answer);
        }
    }

    /** The token goes to the API's own address only. */
    private next({ headers }: Answer): string | undefined {
        const link = /<([^>]+)>;\s*rel="next"/.exec(headers.link ?? "")?.[1];
        return link !== undefined && URL.canParse(link) && new URL(link).origin === new URL(this.context.api).origin
            ? link
            : undefined;
    }

    /** Again after a limit, and a GET after a fault; what may have been done is never done twice. */
    private async ask(method: "GET" | "POST" | "PATCH", url: string, what: string, body?: object): Promise<Answer> {
        const { now = Date.now, signal, sleep = pause } = this.options;
        for (let attempt = 1; ; attempt++) {
            const answer = await this.once(method, url, what, body);
            if (answer.status < 300) {
                return answer;
            }
            const limited = limitedFor(answer, now());
            const again = limited ?? (method === "GET" && answer.status >= 500 ? 0 : undefined);
            const wait = Math.max(again ?? 0, FIRST_WAIT_MS * 2 ** (attempt - 1));
            if (again === undefined || attempt === TRIES || wait > LONGEST_WAIT_MS) {
                throw failureOf(answer, this.context, what, limited);
            }
            await sleep(wait, signal);
        }
    }

    private async once(method: Dispatcher.HttpMethod, url: string, what: string, body?: object): Promise<Answer> {
        const { signal } = this.options;
        try {
            const {
                body: received,
                headers,
                statusCode,
            } = await request(url, {
                method,
                dispatcher: this.dispatcher,
                headers: {
                    accept: "application/vnd.github+json",
                    authorization: `Bearer ${this.context.token}`,
                    "x-github-api-version": API_VERSION,
                    "user-agent": "transship",
                    ...(body && { "content-type": "application/json" }),
                },
                ...(body && { body: JSON.stringify(body) }),
                headersTimeout: TIMEOUT_MS,
                bodyTimeout: TIMEOUT_MS,
                signal,
            });
            return { status: statusCode, headers: plain(headers), json: parse(await received.text()) };
        } catch (cause) {
            signal?.throwIfAborted();
            const why = (cause as { code?: string }).code ?? String(cause);
            throw new GitHubError(
                "GITHUB_UNAVAILABLE",
                sentence(this.context, what, `no answer (${why})`, "run it again later"),
                { cause },
            );
        }
    }
}

function pause(ms: number, signal?: AbortSignal): Promise<unknown> {
    return delay(ms, undefined, { signal });
}

function plain(headers: Readonly<Record<string, string | string[] | undefined>>): Answer["headers"] {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** A proxy's page is no JSON. */
function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
