import type { Socket } from "node:net";
import type { BodyExchange } from "./body-exchange";
import { BodySender } from "./body-sender";
import { KEEP_ALIVE_MS, keepAliveOf, type PooledConnection } from "./connection-pool";
import { framingOf, type MessageFraming } from "./message-framing";
import { ReadRoom } from "./read-room";
import { HttpSyntaxError, parseResponseHead, type ResponseHead } from "./response-head";
import { coded } from "./wire-dispatcher";

/** Where the beginnings of all answers are read: each is taken out before the next read of any connection. */
const HEAD_ROOM = Buffer.allocUnsafeSlow(16 * 1024);

/** What a socket reads into, and whom it tells: `onread` of `net.connect`, which is given before there is a connection. */
export class Inlet {
    connection: BodyConnection | undefined;
    readonly buffer = (): Buffer => this.connection?.room() ?? HEAD_ROOM;
    readonly callback = (length: number, buffer: Uint8Array): boolean => {
        this.connection?.receive(Buffer.from(buffer.buffer, buffer.byteOffset, length));
        return true;
    };
}

/** A connection that carries one exchange after the other, and whose reads are as large as what there is to read. */
export class BodyConnection implements PooledConnection {
    readonly #socket: Socket;
    readonly #onIdle: (connection: BodyConnection) => void;
    #current: BodyExchange | undefined;
    #sender: BodySender | undefined;
    /** The beginning of an answer whose head is not complete. */
    #text = "";
    #head: ResponseHead | undefined;
    #framing: MessageFraming | undefined;
    #room: ReadRoom | undefined;
    #timeout = 0;
    #idleSince = 0;
    #keepAlive = KEEP_ALIVE_MS;
    #error: Error | undefined;

    constructor(
        socket: Socket,
        onIdle: (connection: BodyConnection) => void,
        onClose: (connection: BodyConnection) => void,
    ) {
        this.#socket = socket;
        this.#onIdle = onIdle;
        socket.on("timeout", () => this.#silent());
        socket.on("error", (error) => {
            this.#error ??= error;
        });
        socket.on("end", () => this.#endOfInput());
        socket.on("close", () => {
            this.#take()?.fail(this.#error ?? coded("UND_ERR_SOCKET", "other side closed"));
            onClose(this);
        });
    }

    isFresh(now: number): boolean {
        return !this.#socket.destroyed && !this.#socket.readableEnded && now - this.#idleSince < this.#keepAlive;
    }

    send(exchange: BodyExchange): void {
        const { text, body, headersTimeout, bodyTimeout } = exchange.options;
        this.#current = exchange;
        exchange.connection = this;
        // An answer may take its time, but a server that takes no more bytes of a body is stuck.
        this.#watch(body === undefined ? headersTimeout : bodyTimeout);
        this.#socket.ref();
        this.#socket.write(text, "latin1");
        if (body !== undefined) {
            const sender = new BodySender(this.#socket, body);
            this.#sender = sender;
            const sent = () => {
                if (this.#sender === sender && this.#framing === undefined) {
                    this.#watch(headersTimeout);
                }
            };
            sender.send().then(
                () => this.#socket.write("", sent),
                (error: Error) => {
                    if (this.#sender === sender) {
                        this.destroy(error);
                    }
                },
            );
        }
    }

    pause(): void {
        this.#socket.pause();
    }

    resume(): void {
        this.#watch(this.#timeout);
        this.#socket.resume();
    }

    destroy(error?: Error): void {
        this.#error ??= error;
        this.#socket.destroy();
    }

    /** Free again. It does not keep the process alive. */
    rest(): void {
        this.#idleSince = performance.now();
        this.#socket.unref();
        this.#onIdle(this);
    }

    /** Where the next bytes are read into. */
    room(): Buffer {
        return this.#room?.next(this.#framing?.wanted) ?? HEAD_ROOM;
    }

    /** @param chunk what was read into the room */
    receive(chunk: Buffer): void {
        if (this.#current === undefined) {
            // Nobody asked: whatever it belongs to, the next answer could not be told from it.
            this.destroy();
            return;
        }
        try {
            if (this.#framing === undefined) {
                this.#readHead(chunk);
            } else {
                this.#room?.take(chunk.length);
                this.#readBody(chunk);
            }
        } catch (error) {
            this.destroy(error as Error);
        }
    }

    #readHead(chunk: Buffer): void {
        this.#text += chunk.toString("latin1");
        for (;;) {
            const head = parseResponseHead(this.#text);
            if (head === undefined) {
                return;
            }
            if (head.status === 101) {
                throw new HttpSyntaxError("HPE_INVALID_STATUS", "the server changed to another protocol");
            }
            this.#text = this.#text.slice(head.length);
            if (head.status >= 200) {
                this.#begin(head);
                return;
            }
        }
    }

    #begin(head: ResponseHead): void {
        const exchange = this.#current as BodyExchange;
        // Out of the room that others read into.
        const rest = Buffer.from(this.#text, "latin1");
        this.#text = "";
        this.#head = head;
        this.#framing = framingOf(head);
        this.#room = new ReadRoom(exchange.options.lend);
        this.#watch(exchange.options.bodyTimeout);
        exchange.begin(head);
        this.#readBody(rest);
    }

    #readBody(chunk: Buffer): void {
        const exchange = this.#current as BodyExchange;
        const framing = this.#framing as MessageFraming;
        const taken = framing.take(chunk, (piece) => exchange.give(piece));
        if (framing.done) {
            this.#complete(taken === chunk.length);
        }
    }

    /** Bytes after the body, or a request that was answered before its end: this connection ends with it. */
    #complete(clean: boolean): void {
        const { reusable } = this.#head as ResponseHead;
        const sent = this.#sender?.done ?? true;
        const wasPaused = this.#current?.paused === true;
        const exchange = this.#take();
        if (clean && reusable && sent && !this.#socket.destroyed) {
            this.#keepAlive = keepAliveOf(this.#head as ResponseHead);
            if (wasPaused) {
                this.#socket.resume();
            }
            this.rest();
        } else {
            this.destroy();
        }
        exchange?.succeed();
    }

    #endOfInput(): void {
        if (this.#framing?.untilClose && this.#current?.aborted === false) {
            this.#complete(false);
        }
    }

    #take(): BodyExchange | undefined {
        const exchange = this.#current;
        this.#current = undefined;
        this.#framing = undefined;
        this.#room?.close();
        this.#room = undefined;
        this.#sender?.stop();
        this.#sender = undefined;
        if (exchange !== undefined) {
            exchange.connection = undefined;
        }
        return exchange;
    }

    /** What is silent while it waits for us is not at fault: a reader that holds back, a body that is slow to come. */
    #silent(): void {
        const sending = this.#sender !== undefined && !this.#sender.done && this.#socket.writableLength === 0;
        if (this.#current !== undefined && (this.#current.paused || sending)) {
            this.#watch(this.#timeout);
            return;
        }
        const code = this.#framing === undefined ? "UND_ERR_HEADERS_TIMEOUT" : "UND_ERR_BODY_TIMEOUT";
        this.destroy(coded(code, "the server was silent"));
    }

    #watch(timeout: number): void {
        this.#timeout = timeout;
        this.#socket.setTimeout(timeout);
    }
}
