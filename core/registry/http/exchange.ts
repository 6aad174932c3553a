import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Abortable, AbortHub } from "./abort-hub";
import { BodyStream } from "./body-stream";
import { Pace } from "./pace";
import type { WireDispatcher } from "./wire-dispatcher";

/** One request as it goes on the wire. */
export interface WireRequest {
    readonly origin: string;
    /** Path and query. */
    readonly path: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
    /** Milliseconds from the end of the request to the response's headers. */
    readonly headersTimeout: number;
    /** Milliseconds between two pieces of the response's body. */
    readonly bodyTimeout: number;
    /** A 2xx is handed over as a stream instead of being read into memory. */
    readonly stream: boolean;
    /** That stream's pieces may be lent (`lent-buffers.ts`). */
    readonly lend?: boolean;
    /** Bytes of a body that are read into memory at most; what is longer is cut and `truncated` set. */
    readonly maxBody: number;
}

export interface WireResponse {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    /** Milliseconds from the request's start to this head. */
    readonly latency: number;
    /** Empty for a HEAD and where `stream` is given. */
    readonly body: Buffer;
    readonly truncated: boolean;
    readonly stream?: BodyStream;
}

/** The exchange was ended by the caller's signal. Internal: the transport makes a RegistryError of it. */
export class AbortedExchange extends Error {}

const EMPTY = Buffer.alloc(0);

/**
 * One request and its response through undici's `dispatch`. `request()` would do the same with a Readable, an abort
 * listener and an AsyncResource for each call; for the HEADs that checks are made of, that is most of the cost.
 *
 * `reset: false` matters: without it undici closes the connection after every HEAD.
 */
export function exchange(dispatcher: WireDispatcher, request: WireRequest, hub: AbortHub): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
        if (hub.aborted) {
            // It waited for another one's authorization, which the abort ended: nothing would end this one again.
            reject(new AbortedExchange("aborted", { cause: hub.reason }));
            return;
        }
        const handler = new ExchangeHandler(request, hub, resolve, reject);
        hub.add(handler);
        dispatcher.dispatch(
            {
                origin: request.origin,
                path: request.path,
                method: request.method,
                headers: request.headers,
                // undici takes any async iterable; its type only tells of Readable.
                body: (request.body ?? null) as Buffer | null,
                headersTimeout: request.headersTimeout,
                bodyTimeout: request.bodyTimeout,
                reset: false,
                stream: request.stream,
                lend: request.lend,
            },
            handler,
        );
    });
}

class ExchangeHandler implements Dispatcher.DispatchHandler, Abortable {
    readonly #request: WireRequest;
    readonly #hub: AbortHub;
    readonly #resolve: (response: WireResponse) => void;
    readonly #reject: (error: unknown) => void;
    #controller: Dispatcher.DispatchController | undefined;
    #status = 0;
    #headers: IncomingHttpHeaders = {};
    #chunks: Buffer[] | undefined;
    #size = 0;
    #stream: BodyStream | undefined;
    #aborted: AbortedExchange | undefined;
    #settled = false;
    readonly #startedAt = performance.now();
    #latency = 0;
    #pace: Pace | undefined;
    #paused = false;
    #headTimer: NodeJS.Timeout | undefined;

    constructor(
        request: WireRequest,
        hub: AbortHub,
        resolve: (response: WireResponse) => void,
        reject: (error: unknown) => void,
    ) {
        this.#request = request;
        this.#hub = hub;
        this.#resolve = resolve;
        this.#reject = reject;
        if (!isStream(request.body)) {
            // A head that comes byte by byte is never silent. Twice the time: it may begin with a connection to open.
            this.#headTimer = setTimeout(
                () => this.#end(tooSlow("UND_ERR_HEADERS_TIMEOUT")),
                2 * request.headersTimeout,
            );
        }
    }

    abort(reason: unknown): void {
        this.#aborted = new AbortedExchange("aborted", { cause: reason });
        this.#controller?.abort(this.#aborted);
        this.#fail(this.#aborted);
    }

    onRequestStart(controller: Dispatcher.DispatchController): void {
        this.#controller = controller;
        if (this.#aborted !== undefined) {
            controller.abort(this.#aborted);
        }
    }

    onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
        if (status < 200) {
            return;
        }
        clearTimeout(this.#headTimer);
        const now = performance.now();
        this.#latency = now - this.#startedAt;
        this.#pace = new Pace(this.#request.bodyTimeout, now);
        this.#status = status;
        this.#headers = headers;
        if (this.#request.stream && status < 300) {
            this.#stream = new BodyStream(controller);
            this.#settled = true;
            const latency = this.#latency;
            this.#resolve({ status, headers, latency, body: EMPTY, truncated: false, stream: this.#stream });
        }
    }

    onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
        if (!this.#fastEnough(chunk)) {
            this.#end(tooSlow("UND_ERR_BODY_TIMEOUT"));
            return;
        }
        if (this.#stream !== undefined) {
            this.#stream.push(chunk);
            this.#paused = controller.paused;
            return;
        }
        if (this.#settled) {
            return;
        }
        this.#chunks ??= [];
        this.#chunks.push(chunk);
        this.#size += chunk.length;
        if (this.#size > this.#request.maxBody) {
            this.#finish(true);
            controller.abort(new Error("the body is longer than what is read of it"));
        }
    }

    onResponseEnd(): void {
        if (this.#stream !== undefined) {
            this.#hub.delete(this);
            this.#stream.end();
            return;
        }
        this.#finish(false);
    }

    onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
        this.#fail(error);
    }

    #fastEnough(chunk: Buffer): boolean {
        const now = performance.now();
        if (this.#paused) {
            this.#paused = false;
            this.#pace?.restart(now);
        }
        return this.#pace?.keeps(chunk.length, now) !== false;
    }

    #end(error: Error): void {
        this.#fail(error);
        this.#controller?.abort(error);
    }

    #finish(truncated: boolean): void {
        this.#hub.delete(this);
        if (this.#settled) {
            return;
        }
        this.#settled = true;
        const chunks = this.#chunks;
        const body = chunks === undefined ? EMPTY : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        this.#resolve({ status: this.#status, headers: this.#headers, latency: this.#latency, body, truncated });
    }

    #fail(error: unknown): void {
        clearTimeout(this.#headTimer);
        this.#hub.delete(this);
        this.#stream?.fail(error);
        if (!this.#settled) {
            this.#settled = true;
            this.#reject(error);
        }
    }
}

function isStream(body: WireRequest["body"]): boolean {
    return body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
}

/** With undici's codes, as what is wholly silent gets them. */
function tooSlow(code: string): Error {
    return Object.assign(new Error("the server sends too slowly to come to an end"), { code });
}
