import { once } from "node:events";
import {
    type IncomingHttpHeaders,
    type IncomingMessage,
    type OutgoingHttpHeaders,
    request as requestHttp,
    type ServerResponse,
    STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { FaultProxy } from "./fault-proxy";
import type { Asked } from "./request-kind";

export type Bytes = AsyncIterable<Buffer>;

/** What is changed on the way. */
export interface Changes {
    readonly method?: string;
    /** Of the request to the registry. */
    readonly requestHeaders?: (headers: OutgoingHttpHeaders) => void;
    readonly requestBody?: (body: Bytes) => Bytes;
    readonly responseHeaders?: (headers: OutgoingHttpHeaders) => void;
    readonly responseBody?: (body: Bytes) => Bytes;
}

/** One request on its way through a `FaultProxy`. */
export class ProxiedExchange {
    readonly #socket: Socket;

    constructor(
        readonly proxy: FaultProxy,
        readonly request: IncomingMessage,
        readonly response: ServerResponse,
        readonly asked: Asked,
    ) {
        // Node takes it from a request that has ended.
        this.#socket = request.socket;
    }

    /** Bytes that the client announced. */
    get requestLength(): number {
        return Number(this.request.headers["content-length"] ?? 0);
    }

    /** To the registry and back; resolves when the client has been answered. */
    async forward(changes: Changes = {}): Promise<void> {
        const { response } = this;
        const answer = await this.ask(changes);
        const headers: OutgoingHttpHeaders = plain(answer.headers);
        changes.responseHeaders?.(headers);
        response.writeHead(answer.statusCode ?? 502, headers);
        response.flushHeaders();
        const body = this.#counted(answer, "down");
        for await (const chunk of changes.responseBody?.(body) ?? body) {
            if (!response.write(chunk)) {
                await once(response, "drain");
            }
        }
        response.end();
    }

    /** Sends the request on and gives the registry's answer, which nobody has heard yet. */
    async ask(changes: Changes = {}): Promise<IncomingMessage> {
        const { upstream, authorization } = this.proxy.options;
        const [hostname, port] = upstream.split(":");
        const headers: OutgoingHttpHeaders = plain(this.request.headers);
        if (authorization !== undefined) {
            headers.authorization = authorization;
        }
        changes.requestHeaders?.(headers);
        const method = changes.method ?? this.asked.method;
        const onward = requestHttp({ hostname, port, method, path: this.asked.target, headers });
        onward.on("error", () => undefined);
        this.response.once("close", () => !this.response.writableFinished && onward.destroy());
        const answered = once(onward, "response");
        const body = this.#counted(this.request, "up");
        const sent = this.#send(changes.requestBody?.(body) ?? body, onward);
        // A registry may answer before it has read everything; only if it does not is a broken body the fault.
        const [answer] = (await Promise.race([answered, sent.then(() => answered)])) as [IncomingMessage];
        return answer;
    }

    /** The answer's head as it would be on the wire. */
    headText(answer: IncomingMessage, change?: Changes["responseHeaders"]): string {
        const headers: OutgoingHttpHeaders = plain(answer.headers);
        change?.(headers);
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
        const { statusCode = 502 } = answer;
        return `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${lines.join("\r\n")}\r\n\r\n`;
    }

    /** Writes past Node's HTTP: no head, no framing. */
    async raw(text: string | Buffer): Promise<void> {
        await new Promise<void>((resolve, reject) =>
            this.#socket.write(text, (error) => (error == null ? resolve() : reject(error))),
        );
    }

    /** Ends the connection with RST, which loses what is on its way. */
    reset(): void {
        this.#socket.resetAndDestroy();
    }

    /** Ends the connection as a process that goes away does. */
    hangUp(): void {
        this.#socket.destroySoon();
    }

    async #send(body: Bytes, onward: NodeJS.WritableStream & { destroy(): void }): Promise<void> {
        try {
            for await (const chunk of body) {
                if (!onward.write(chunk)) {
                    await once(onward, "drain");
                }
            }
            onward.end();
        } catch (error) {
            onward.destroy();
            throw error;
        }
    }

    async *#counted(stream: Readable, way: "up" | "down"): Bytes {
        for await (const chunk of stream) {
            await this.proxy.pass((chunk as Buffer).length, way);
            yield chunk as Buffer;
        }
    }
}

/** Node adds what a connection needs by itself. */
function plain({ connection: _, "transfer-encoding": __, "keep-alive": ___, ...headers }: IncomingHttpHeaders) {
    return headers as OutgoingHttpHeaders;
}
