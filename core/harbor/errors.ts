import { TransshipError } from "../errors";
import { type JsonAnswer, NoAnswerError } from "../rest";

/**
 * What Harbor answered, or that it did not. Codes: `HARBOR_UNAUTHORIZED` (401), `HARBOR_FORBIDDEN` (403),
 * `HARBOR_NOT_FOUND` (404), `HARBOR_REFUSED` (any other 4xx), `HARBOR_RATE_LIMITED`, `HARBOR_UNAVAILABLE` (5xx, network,
 * an answer that is none of Harbor's).
 */
export class HarborError extends TransshipError {
    override readonly name: string = "HarborError";

    /** Whether what was asked may have been done all the same. */
    get mayBeDone(): boolean {
        return this.code === "HARBOR_UNAVAILABLE";
    }
}

/** @param doing what could not be done: `give the robot 7 a new secret` */
export function answeredBadly(host: string, doing: string, answer: JsonAnswer): HarborError {
    const [code, remedy] = kindOf(answer.status);
    const words = wordsOf(answer.json);
    const said = `${answer.status}${words === "" ? "" : `, "${words}"`}`;
    return new HarborError(code, `Could not ${doing}: Harbor at ${host} said ${said}: ${remedy}.`);
}

export function unanswered(host: string, doing: string, cause: unknown): HarborError {
    const why = cause instanceof NoAnswerError ? cause.message : "an answer that is none of Harbor's API";
    const remedy = "check the address, and run it again later";
    return new HarborError("HARBOR_UNAVAILABLE", `Could not ${doing}: Harbor at ${host} gave ${why}: ${remedy}.`, {
        cause,
    });
}

function kindOf(status: number): readonly [code: string, remedy: string] {
    switch (status) {
        case 401:
            return ["HARBOR_UNAUTHORIZED", "check the user and password that the stack's configuration holds for it"];
        case 403:
            return ["HARBOR_FORBIDDEN", "take an administrator's login, or the project administrator's"];
        case 404:
            return ["HARBOR_NOT_FOUND", "check the name, and that this user may see it"];
        case 429:
            return ["HARBOR_RATE_LIMITED", "run it again later"];
        default:
            return status >= 500
                ? ["HARBOR_UNAVAILABLE", "run it again later"]
                : ["HARBOR_REFUSED", "this is a fault of transship: please report it"];
    }
}

/** Harbor's own words: one line, never a page. */
function wordsOf(json: unknown): string {
    const errors = (json as { errors?: unknown } | undefined)?.errors;
    const texts = (Array.isArray(errors) ? errors : []).map((error) => (error as { message?: unknown })?.message);
    const text = texts.filter((one) => typeof one === "string").join(": ");
    return text.replace(/[\p{Cc}"]+/gu, " ").slice(0, 200);
}
