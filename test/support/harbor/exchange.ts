import type { Actor } from "./rights";
import type { World } from "./state";

/** What a handler gets: a request that the description has let through. */
export interface Exchange {
    readonly world: World;
    /** Undefined for nobody, or whoever gave a wrong password. */
    readonly actor: Actor | undefined;
    readonly params: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string>>;
    // biome-ignore lint/suspicious/noExplicitAny: the description has checked its shape
    readonly body: any;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    /** Path and query. */
    readonly url: string;
}

export interface Reply {
    readonly status: number;
    /** What is known; zeros, nulls and the order are put as Go writes them. */
    readonly json?: unknown;
    /** In place of `json`. */
    readonly text?: string;
    readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (exchange: Exchange) => Reply;
export type Handlers = Readonly<Record<string, Handler>>;

/** Thrown by a handler that cannot go on. (src/lib/errors/const.go, src/lib/http/error.go) */
export class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

export const badRequest = (message: string): Refusal => new Refusal(400, "BAD_REQUEST", message);
export const unauthorized = (): Refusal => new Refusal(401, "UNAUTHORIZED", "unauthorized");
export const forbidden = (message = "forbidden"): Refusal => new Refusal(403, "FORBIDDEN", message);
export const notFound = (message: string): Refusal => new Refusal(404, "NOT_FOUND", message);
export const conflict = (message: string): Refusal => new Refusal(409, "CONFLICT", message);
export const precondition = (message: string): Refusal => new Refusal(412, "PRECONDITION", message);
/** Whatever Harbor has no code for is 500, and the reason stays in its log. */
export const internal = (): Refusal => new Refusal(500, "UNKNOWN", "internal server error");

export const ok = (json?: unknown): Reply => ({ status: 200, json });

/** 201; `Location` is a path, of what was asked for and the new one's id or name. */
export function created({ url }: Exchange, id: number | string, json?: unknown): Reply {
    const path = url.replace(/\?.*/s, "").replace(/\/$/, "");
    return { status: 201, json, headers: { location: `${path}/${id}` } };
}

/** The one with the id of the path. @throws Refusal 404, with Harbor's own words */
export function byId<T>(all: ReadonlyMap<number, T>, id: string | number, words: (id: string) => string): T {
    const found = all.get(Number(id));
    if (found === undefined) {
        throw notFound(words(String(id)));
    }
    return found;
}
