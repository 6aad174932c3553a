import { setTimeout as delay } from "node:timers/promises";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { exchangeJson, type JsonAnswer } from "./exchange";
import { waitFor } from "./limits";

export interface JsonApiOptions {
    readonly signal?: AbortSignal;
    /** @default undici's, with HTTPS_PROXY and NO_PROXY as they are set */
    readonly dispatcher?: Dispatcher;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
    readonly now?: () => number;
}

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
     * @param more headers beside those of JSON and of the login
     * @throws NoAnswerError where none came
     */
    async ask(
        method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
        path: string,
        authorization?: string,
        body?: object,
        more: Readonly<Record<string, string>> = {},
    ): Promise<JsonAnswer> {
        const { now = Date.now, signal, sleep = pause } = this.options;
        for (let attempt = 1; ; attempt++) {
            const answer = await this.once(method, path, authorization, body, more).catch((error) => error as Error);
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

    private once(
        method: Dispatcher.HttpMethod,
        path: string,
        authorization: string | undefined,
        body: object | undefined,
        more: Readonly<Record<string, string>>,
    ): Promise<JsonAnswer> {
        const headers = {
            accept: "application/json",
            ...(authorization === undefined ? {} : { authorization }),
            ...more,
        };
        const request = { method, url: `${this.base}${path}`, headers, body };
        return exchangeJson(request, this.dispatcher, this.options.signal);
    }
}

/** @throws what the signal was aborted with, as an AbortError */
export function pause(ms: number, signal?: AbortSignal): Promise<unknown> {
    return delay(ms, undefined, { signal });
}
