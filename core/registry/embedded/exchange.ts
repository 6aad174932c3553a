import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Caller } from "./access";
import type { EmbeddedRegistryOptions } from "./options";
import type { PullLimit } from "./pull-limit";
import type { RegistryStore } from "./registry-store";
import type { Route } from "./routes";
import type { Uploads } from "./uploads";
import { WireError } from "./wire-error";

/** What the handlers of one server share. */
export interface Context {
    readonly options: EmbeddedRegistryOptions;
    readonly store: RegistryStore;
    readonly uploads: Uploads;
    readonly pullLimit?: PullLimit;
}

/** One request on its way to an answer. Its repository name has passed the grammar. */
export interface Exchange {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly method: string;
    readonly route: Route;
    readonly query: URLSearchParams;
    readonly caller: Caller;
}

/** Answers without a body, but for what `content-length` says of a HEAD. */
export function sendEmpty(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
    response.writeHead(status, status === 204 ? headers : { "content-length": 0, ...headers });
    response.end();
}

export function sendJson(
    { method, response }: Pick<Exchange, "method" | "response">,
    value: unknown,
    headers: OutgoingHttpHeaders = {},
): void {
    const body = Buffer.from(JSON.stringify(value));
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length, ...headers });
    response.end(method === "HEAD" ? undefined : body);
}

/** 405, which the distribution-spec gives to what a registry does not offer. */
export function unsupported(allow: string): WireError {
    return new WireError(405, "UNSUPPORTED", "the operation is unsupported", { allow });
}

/** Collects a body in memory. @throws WireError 413 when it is longer than `limit` bytes */
export async function readBody(request: IncomingMessage, limit: number, tooLarge: () => WireError): Promise<Buffer> {
    if (Number(request.headers["content-length"] ?? 0) > limit) {
        throw tooLarge();
    }
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of bodyOf(request)) {
        length += chunk.length;
        if (length > limit) {
            throw tooLarge();
        }
        chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** A body to read from; leaving it early does not close the connection, so that the answer still arrives. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Buffer> {
    return request.iterator({ destroyOnReturn: false });
}
