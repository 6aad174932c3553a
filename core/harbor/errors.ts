import { TransshipError } from "../errors";
import { type JsonAnswer, NoAnswerError } from "../rest";

/**
 * What Harbor answered, or that it did not. Codes: `HARBOR_UNAUTHORIZED` (401), `HARBOR_FORBIDDEN` (403),
 * `HARBOR_NOT_FOUND` (404), `HARBOR_CONFLICT` (409: it is there already), `HARBOR_PRECONDITION` (412: something else
 * still needs it), `HARBOR_REFUSED` (any other 4xx), `HARBOR_RATE_LIMITED`, `HARBOR_UNAVAILABLE` (5xx, network, an
 * answer that is none of Harbor's).
 */
export class HarborError extends TransshipError {
    override readonly name: string = "HarborError";

    /** Whether what was asked may have been done all the same. */
    get mayBeDone(): boolean {
        return this.code === "HARBOR_UNAVAILABLE";
    }

    /** Whether nothing was asked at all: the same may be answered a moment later. */
    get isOutage(): boolean {
        return this.code === "HARBOR_UNAVAILABLE" || this.code === "HARBOR_RATE_LIMITED";
    }
}

/** @param doing what could not be done: `give the robot 7 a new secret` */
export function answeredBadly(host: string, doing: string, answer: JsonAnswer): HarborError {
    if (answer.status === 404 && !saysGone(answer.json)) {
        return unanswered(host, doing, new Error("a 404 of somebody else"));
    }
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
        case 409:
            return ["HARBOR_CONFLICT", "there is one already: take another name, or take over that one"];
        case 412:
            return ["HARBOR_PRECONDITION", "do first what it names"];
        case 400:
        case 422:
            return ["HARBOR_REFUSED", "give it what it asks for"];
        case 429:
            return ["HARBOR_RATE_LIMITED", "run it again later"];
        default:
            return status >= 500
                ? ["HARBOR_UNAVAILABLE", "run it again later"]
                : ["HARBOR_REFUSED", "this is a fault of transship: please report it"];
    }
}

/** A proxy without a route to Harbor says 404 too, and so does Harbor of a path that it does not know. */
function saysGone(json: unknown): boolean {
    const errors = (json as { errors?: unknown } | undefined)?.errors;
    return Array.isArray(errors) && errors.some((error) => (error as { code?: unknown })?.code === "NOT_FOUND");
}

/** Harbor's own words: one line, never a page. */
function wordsOf(json: unknown): string {
    const errors = (json as { errors?: unknown } | undefined)?.errors;
    const texts = (Array.isArray(errors) ? errors : []).map((error) => (error as { message?: unknown })?.message);
    const text = texts.filter((one) => typeof one === "string").join(": ");
    return text.replace(/[\p{Cc}"]+/gu, " ").slice(0, 200);
}
