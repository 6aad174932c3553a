import type { Dispatcher } from "undici";
import { type GitHubAccess, type GitHubRequest, nameOf } from "./access";
import { GitHubError } from "./errors";
import type { Answer } from "./failure";

/** GitHub asks for it by date. (https://docs.github.com/en/rest/about-the-rest-api/api-versions) */
const API_VERSION = "2022-11-28";
const TIMEOUT_MS = 30_000;

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface Exchange {
    readonly access: GitHubAccess;
    readonly dispatcher: Dispatcher | undefined;
    readonly signal?: AbortSignal;
}

/** One request and its answer, whatever its status is. Throws only where there was no answer at all. */
export async function exchange(
    { access, dispatcher, signal }: Exchange,
    method: Method,
    url: string,
    about: GitHubRequest,
    body?: object,
): Promise<Answer> {
    const { request } = await import("undici");
    try {
        const answer = await request(url, {
            method,
            dispatcher,
            headers: {
                accept: "application/vnd.github+json",
                authorization: `Bearer ${access.token}`,
                "x-github-api-version": API_VERSION,
                "user-agent": "transship",
                ...(body && { "content-type": "application/json" }),
            },
            ...(body && { body: JSON.stringify(body) }),
            headersTimeout: TIMEOUT_MS,
            bodyTimeout: TIMEOUT_MS,
            signal,
        });
        return { status: answer.statusCode, headers: plain(answer.headers), json: parse(await answer.body.text()) };
    } catch (cause) {
        signal?.throwIfAborted();
        const why = (cause as { code?: string }).code ?? (cause instanceof Error ? cause.name : "no reason");
        throw new GitHubError(
            "GITHUB_UNAVAILABLE",
            `Could not ${about.doing}: ${nameOf(access)} gave no answer (${why}): run it again later.`,
            { cause },
        );
    }
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
