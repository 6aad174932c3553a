import { type GitHubAccess, type GitHubRequest, nameOf } from "./access";
import { GitHubError } from "./errors";
import { adviceFor, hasScope, splitScopes } from "./rights";

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

/**
 * Whether a 404 proves that there is nothing. GitHub answers 404 also to tokens without the right: a classic token whose
 * scopes are none of those that GitHub itself names beside the answer proves nothing, and so does a page that is not its own.
 */
export function provesAbsence(answer: Answer): boolean {
    const { message } = (answer.json ?? {}) as { message?: unknown };
    return answer.status === 404 && typeof message === "string" && !lacksScope(answer);
}

/** GitHub names the scopes of a classic token, and those that would be enough, beside each answer to it. */
function lacksScope({ headers }: Answer): boolean {
    const accepted = splitScopes(headers["x-accepted-oauth-scopes"]);
    const scopes = headers["x-oauth-scopes"];
    return scopes !== undefined && accepted.length > 0 && !hasScope(splitScopes(scopes), accepted);
}

/** One sentence: what could not be done where, what GitHub said, and what to do. */
export function failureOf(answer: Answer, access: GitHubAccess, request: GitHubRequest, limited?: number): GitHubError {
    const { json, status } = answer;
    const said = messageOf(json);
    const [code, remedy] =
        limited === undefined
            ? kindOf(answer, access, request)
            : ["GITHUB_RATE_LIMITED", `run it again in ${Math.ceil(limited / 60_000)} minutes`];
    const answered = `${status}${said === "" ? "" : `, "${said}"`}`;
    return new GitHubError(code, sentence(access, request, answered, remedy), {
        status,
        ...(said === "" ? {} : { said }),
    });
}

export function sentence(access: GitHubAccess, { doing }: GitHubRequest, said: string, remedy: string): string {
    return `Could not ${doing}: ${nameOf(access)} said ${said}: ${remedy}.`;
}

type Verdict = readonly [code: string, remedy: string];

function kindOf(answer: Answer, access: GitHubAccess, { advice, needs }: GitHubRequest): Verdict {
    const { headers, status } = answer;
    const { from = "the token" } = access;
    const own = advice?.[status];
    const scopes = headers["x-oauth-scopes"];
    switch (status) {
        case 401:
            return ["GITHUB_UNAUTHORIZED", own ?? `check ${from}: it is wrong, expired or revoked`];
        case 403:
            return ["GITHUB_FORBIDDEN", own ?? forbidden(answer, access, needs)];
        case 404:
            return lacksScope(answer)
                ? ["GITHUB_FORBIDDEN", own ?? adviceFor(needs ?? accepted(headers), access, scopes)]
                : ["GITHUB_NOT_FOUND", own ?? missing(from, needs)];
        case 409:
            return ["GITHUB_CONFLICT", own ?? "something else changed it meanwhile: run it again"];
        case 410:
            return ["GITHUB_NOT_FOUND", own ?? "it is switched off there: turn it on in the repository's settings"];
        default:
            return status >= 500
                ? ["GITHUB_UNAVAILABLE", own ?? "run it again later"]
                : [status < 400 ? "GITHUB_MOVED" : "GITHUB_REFUSED", own ?? other(answer)];
    }
}

function forbidden({ headers, json }: Answer, access: GitHubAccess, needs: string | undefined): string {
    const said = messageOf(json);
    if (headers["x-github-sso"]?.startsWith("required")) {
        return `authorize ${access.from ?? "the token"} for the organization's single sign-on, on the page of your tokens`;
    }
    if (/\barchived\b/i.test(said)) {
        return "unarchive the repository in its settings, or leave it out";
    }
    return adviceFor(needs ?? accepted(headers), access, headers["x-oauth-scopes"]);
}

/** What GitHub itself says it takes: of fine-grained tokens and apps `contents=write`, of classic ones a scope. */
function accepted(headers: Answer["headers"]): string | undefined {
    const permissions = headers["x-accepted-github-permissions"]?.replaceAll("_", "-").replaceAll("=", ": ");
    const told = permissions ?? headers["x-accepted-oauth-scopes"] ?? "";
    return told === "" ? undefined : told.slice(0, 100);
}

function missing(from: string, needs: string | undefined): string {
    const right = needs === undefined ? "" : ` (${needs})`;
    return `it does not exist, or ${from} may not see it, which GitHub does not tell apart: check the name, and the token's rights${right}`;
}

function other({ headers, status }: Answer): string {
    if (status < 400) {
        return `it moved${headers.location === undefined ? "" : ` to ${headers.location.slice(0, 200)}`}: write its new name`;
    }
    return "this is a fault of transship: please report it";
}

/** GitHub's own words: one line, never a page. */
function messageOf(json: unknown): string {
    const { errors, message } = (json ?? {}) as { message?: unknown; errors?: unknown };
    const details = Array.isArray(errors)
        ? errors
              .map((error) => (error as { message?: unknown })?.message ?? (error as { code?: unknown })?.code ?? error)
              .filter((text) => typeof text === "string")
        : [];
    const text = [typeof message === "string" ? message : "", ...details].filter((part) => part !== "").join(": ");
    return text.replace(/[\p{Cc}"]+/gu, " ").slice(0, 200);
}
