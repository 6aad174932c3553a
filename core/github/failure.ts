import type { GitHubContext } from "./context";
import { GitHubError } from "./errors";

/** What a request got. */
export interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
    /** Undefined where it was none. */
    readonly json: unknown;
}

/** GitHub asks to wait at least a minute where it does not say how long. */
const UNTOLD_WAIT_MS = 60_000;

/**
 * How many milliseconds GitHub asks to wait; undefined where the answer is about no limit.
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit)
 */
export function limitedFor({ headers, json, status }: Answer, now: number): number | undefined {
    if (status !== 403 && status !== 429) {
        return undefined;
    }
    const after = Number(headers["retry-after"]);
    if (headers["retry-after"] !== undefined && Number.isFinite(after)) {
        return Math.max(0, after * 1000);
    }
    const reset = Number(headers["x-ratelimit-reset"]);
    if (headers["x-ratelimit-remaining"] === "0" && Number.isFinite(reset)) {
        return Math.max(0, reset * 1000 - now);
    }
    return status === 429 || /secondary rate limit/i.test(messageOf(json)) ? UNTOLD_WAIT_MS : undefined;
}

/** One sentence: what could not be done where, what GitHub said, and what to do. */
export function failureOf(answer: Answer, context: GitHubContext, what: string, limited?: number): GitHubError {
    const { json, status } = answer;
    const said = `${status}${messageOf(json) === "" ? "" : `, "${messageOf(json)}"`}`;
    const [code, remedy] =
        limited === undefined
            ? kindOf(answer)
            : ["GITHUB_RATE_LIMITED", `run it again in ${Math.ceil(limited / 60_000)} minutes`];
    return new GitHubError(code, sentence(context, what, said, remedy), { status });
}

export function sentence({ api, repository }: GitHubContext, what: string, said: string, remedy: string): string {
    const where = api === "https://api.github.com" ? "GitHub" : `GitHub at ${new URL(api).host}`;
    return `Could not ${what} of ${repository}: ${where} said ${said}: ${remedy}.`;
}

function kindOf({ status }: Answer): readonly [code: string, remedy: string] {
    switch (status) {
        case 401:
            return ["GITHUB_UNAUTHORIZED", "check GITHUB_TOKEN"];
        case 403:
            return [
                "GITHUB_FORBIDDEN",
                'give the job "permissions: issues: write", or take a token that may write issues',
            ];
        case 404:
            return ["GITHUB_NOT_FOUND", "check GITHUB_REPOSITORY, and that the token may see it and write issues"];
        case 410:
            return ["GITHUB_NOT_FOUND", "turn the repository's issues on, in its settings"];
        default:
            return status >= 500
                ? ["GITHUB_UNAVAILABLE", "run it again later"]
                : ["GITHUB_REFUSED", "this is a fault of transship: please report it"];
    }
}

/** GitHub's own words: one line, never a page. */
function messageOf(json: unknown): string {
    const { errors, message } = (json ?? {}) as { message?: unknown; errors?: unknown };
    const details = Array.isArray(errors)
        ? errors
              .map((error) => (error as { message?: unknown })?.message ?? (error as { code?: unknown })?.code)
              .filter((text) => typeof text === "string")
        : [];
    const text = [typeof message === "string" ? message : "", ...details].filter((part) => part !== "").join(": ");
    return text.replace(/[\p{Cc}"]+/gu, " ").slice(0, 200);
}
