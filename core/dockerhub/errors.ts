import { TransshipError } from "../errors";
import { type JsonAnswer, NoAnswerError } from "../rest";

/**
 * What Docker Hub's API answered, or that it did not. Codes: `DOCKERHUB_UNAUTHORIZED` (401), `DOCKERHUB_FORBIDDEN`
 * (403), `DOCKERHUB_NOT_FOUND` (404), `DOCKERHUB_REFUSED` (any other 4xx), `DOCKERHUB_RATE_LIMITED`,
 * `DOCKERHUB_UNAVAILABLE` (5xx, network, an answer that is none of Hub's).
 */
export class DockerHubError extends TransshipError {
    override readonly name: string = "DockerHubError";

    /** Whether what was asked may have been done all the same. */
    get mayBeDone(): boolean {
        return this.code === "DOCKERHUB_UNAVAILABLE";
    }
}

/** @param doing what could not be done: `make an access token` */
export function answeredBadly(doing: string, answer: JsonAnswer): DockerHubError {
    const [code, remedy] = kindOf(answer.status);
    const words = wordsOf(answer.json);
    const said = `${answer.status}${words === "" ? "" : `, "${words}"`}`;
    return new DockerHubError(code, `Could not ${doing}: Docker Hub said ${said}: ${remedy}.`);
}

export function unanswered(doing: string, cause: unknown): DockerHubError {
    const why = cause instanceof NoAnswerError ? cause.message : "an answer that is none of its API";
    return new DockerHubError(
        "DOCKERHUB_UNAVAILABLE",
        `Could not ${doing}: Docker Hub gave ${why}: run it again later.`,
        { cause },
    );
}

function kindOf(status: number): readonly [code: string, remedy: string] {
    switch (status) {
        case 401:
            return [
                "DOCKERHUB_UNAUTHORIZED",
                "check the user and password that the stack's configuration holds for it; with single sign-on Hub takes an access token in the password's place",
            ];
        case 403:
            return [
                "DOCKERHUB_FORBIDDEN",
                "an organisation's tokens are made by its owners, and an account's by a login that may do everything",
            ];
        case 404:
            return ["DOCKERHUB_NOT_FOUND", "check the organisation's name, and that this user may see it"];
        case 429:
            return ["DOCKERHUB_RATE_LIMITED", "run it again later"];
        default:
            return status >= 500
                ? ["DOCKERHUB_UNAVAILABLE", "run it again later"]
                : ["DOCKERHUB_REFUSED", "check label, scopes and resources"];
    }
}

/** Hub's own words (`message`, `detail`, `errinfo`): one line, never a page. */
function wordsOf(json: unknown): string {
    const { detail, message } = (json ?? {}) as { detail?: unknown; message?: unknown };
    const text = [message, detail].find((one) => typeof one === "string") ?? "";
    return String(text)
        .replace(/[\p{Cc}"]+/gu, " ")
        .slice(0, 200);
}
