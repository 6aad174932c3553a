import type { Dispatcher } from "undici";
import { exchangeJson, NoAnswerError } from "../rest";
import { type GitHubAccess, type GitHubRequest, nameOf } from "./access";
import { GitHubError } from "./errors";
import type { Answer } from "./failure";

/** GitHub asks for it by date. (https://docs.github.com/en/rest/about-the-rest-api/api-versions) */
const API_VERSION = "2022-11-28";

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
    const headers = {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${access.token}`,
        "x-github-api-version": API_VERSION,
    };
    try {
        return await exchangeJson({ method, url, headers, body }, dispatcher, signal);
    } catch (error) {
        if (!(error instanceof NoAnswerError)) {
            throw error;
        }
        throw new GitHubError(
            "GITHUB_UNAVAILABLE",
            `Could not ${about.doing}: ${nameOf(access)} gave ${error.message}: run it again later.`,
            { cause: error.cause },
        );
    }
}
