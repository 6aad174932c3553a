import { setTimeout as delay } from "node:timers/promises";
import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { waitFor } from "./limits";

/** What a request got. */
export interface JsonAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Undefined where it was none. */
    readonly json: unknown;
}

export interface JsonApiOptions {
    readonly signal?: AbortSignal;
    /** @default undici's, with HTTPS_PROXY and NO_PROXY as they are set */
    readonly dispatcher?: Dispatcher;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
    readonly now?: () => number;
}

/** There was no answer: what was asked may have been done, or not. The message holds no header and no body. */
export class NoAnswerError extends Error {
    override readonly name = "NoAnswerError";
}

const TIMEOUT_MS = 30_000;
const TRIES = 3;
const FIRST_WAIT_MS = 250;
/** A limit that lasts longer is told instead of waited for. */
const LONGEST_WAIT_MS = 60_000;

/** A service that speaks JSON over HTTP, one request at a time: Harbor's API, Docker Hub's. */
export class JsonApi {
    private readonly dispatcher: Dispatcher;

    /** @param base the root's address, without a slash at its end */
    constructor(
        readonly base: string,
        private readonly options: JsonApiOptions = {},
    ) {
        this.dispatcher = options.dispatcher ?? new EnvHttpProxyAgent();
    }

    async close(): Promise<void> {
        if (this.options.dispatcher === undefined) {
            await this.dispatcher.close();
        }
    }

    /**
     * Again after a limit, and a GET after a fault too: what may have been done is never done twice.
     *
     * @param path below the root: `/api/v2.0/robots/7`
     * @throws NoAnswerError where none came
     */
    async ask(
        method: "GET" | "POST" | "PATCH" | "DELETE",
        path: string,
        authorization?: string,
        body?: object,
    ): Promise<JsonAnswer> {
        const { now = Date.now, signal, sleep = pause } = this.options;
        for (let attempt = 1; ; attempt++) {
            const answer = await this.once(method, path, authorization, body).catch((error) => error as Error);
            const limited = answer instanceof Error ? undefined : waitFor(answer, now());
            const isFault = answer instanceof Error || answer.status >= 500;
            const wait = limited ?? (isFault && method === "GET" ? FIRST_WAIT_MS * 2 ** (attempt - 1) : undefined);
            if (signal?.aborted || wait === undefined || wait > LONGEST_WAIT_MS || attempt === TRIES) {
                if (answer instanceof Error) {
                    throw answer;
                }
                return answer;
            }
            await sleep(wait, signal);
        }
    }

    private async once(
        method: Dispatcher.HttpMethod,
        path: string,
        authorization: string | undefined,
        body: object | undefined,
    ): Promise<JsonAnswer> {
        const { signal } = this.options;
        try {
            const answer = await request(`${this.base}${path}`, {
                method,
                dispatcher: this.dispatcher,
                headers: {
                    accept: "application/json",
                    "user-agent": "transship",
                    ...(authorization === undefined ? {} : { authorization }),
                    ...(body && { "content-type": "application/json" }),
                },
                ...(body && { body: JSON.stringify(body) }),
                headersTimeout: TIMEOUT_MS,
                bodyTimeout: TIMEOUT_MS,
                signal,
            });
            const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
            const text = await answer.body.text();
            return { status: answer.statusCode, headers: Object.fromEntries(headers), json: parse(text) };
        } catch (cause) {
            signal?.throwIfAborted();
            throw new NoAnswerError(`no answer (${(cause as { code?: string }).code ?? (cause as Error).name})`, {
                cause,
            });
        }
    }
}

function pause(ms: number, signal?: AbortSignal): Promise<unknown> {
    return delay(ms, undefined, { signal });
}

/** A proxy's page is no JSON. */
function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
