import type { Dispatcher } from "undici";

/** What a request got. */
export interface JsonAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Undefined where it was none. */
    readonly json: unknown;
    /** The body as it came. */
    readonly text: string;
}

/** There was no answer: what was asked may have been done, or not. The message holds no header and no body. */
export class NoAnswerError extends Error {
    override readonly name = "NoAnswerError";
}

export interface JsonRequest {
    readonly method: Dispatcher.HttpMethod;
    readonly url: string;
    /** Beside those of a JSON body and our name. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: object;
}

const TIMEOUT_MS = 30_000;

/**
 * One request and its answer, whatever its status is. The HTTP client is loaded with the first one.
 *
 * @throws NoAnswerError where none came; what the signal was aborted with
 */
export async function exchangeJson(
    { body, headers, method, url }: JsonRequest,
    dispatcher: Dispatcher | undefined,
    signal?: AbortSignal,
): Promise<JsonAnswer> {
    const { request } = await import("undici");
    try {
        const answer = await request(url, {
            method,
            dispatcher,
            headers: {
                "user-agent": "transship",
                ...headers,
                ...(body && { "content-type": "application/json" }),
            },
            ...(body && { body: JSON.stringify(body) }),
            headersTimeout: TIMEOUT_MS,
            bodyTimeout: TIMEOUT_MS,
            signal,
        });
        const received = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
        const text = await answer.body.text();
        return { status: answer.statusCode, headers: Object.fromEntries(received), json: parse(text), text };
    } catch (cause) {
        signal?.throwIfAborted();
        const why = (cause as { code?: string }).code ?? (cause instanceof Error ? cause.name : "no reason");
        throw new NoAnswerError(`no answer (${why})`, { cause });
    }
}

/** A proxy's page is no JSON. */
function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
