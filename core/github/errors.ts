import { TransshipError } from "../errors";

/**
 * What GitHub's REST API answered, or that it did not. Codes: `GITHUB_UNAUTHORIZED` (401), `GITHUB_FORBIDDEN` (403, or a
 * 404 to a token that has not the right), `GITHUB_NOT_FOUND` (404, 410), `GITHUB_MOVED` (a redirect that is not
 * followed), `GITHUB_CONFLICT` (409), `GITHUB_REFUSED` (any other 4xx), `GITHUB_RATE_LIMITED`, `GITHUB_UNAVAILABLE` (5xx,
 * network, an answer that is not GitHub's).
 */
export class GitHubError extends TransshipError {
    override readonly name: string = "GitHubError";
    /** Undefined where there was no answer. */
    readonly status?: number;
    /** GitHub's own words: one line, without quotes. Undefined where it said nothing. */
    readonly said?: string;

    constructor(
        code: string,
        message: string,
        options: { readonly status?: number; readonly said?: string; readonly cause?: unknown } = {},
    ) {
        super(code, message, options);
        this.status = options.status;
        this.said = options.said;
    }
}
