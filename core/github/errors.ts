import { TransshipError } from "../errors";

/**
 * What GitHub's REST API answered, or that it did not. Codes: `GITHUB_UNAUTHORIZED` (401), `GITHUB_FORBIDDEN` (403),
 * `GITHUB_NOT_FOUND` (404, 410), `GITHUB_REFUSED` (any other 4xx), `GITHUB_RATE_LIMITED`, `GITHUB_UNAVAILABLE` (5xx, network).
 */
export class GitHubError extends TransshipError {
    override readonly name: string = "GitHubError";
    /** Undefined where there was no answer. */
    readonly status?: number;

    constructor(code: string, message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
        super(code, message, options);
        this.status = options.status;
    }
}
