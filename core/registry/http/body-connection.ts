import type { Socket } from "node:net";
import type { BodyExchange } from "./body-exchange";
import { BodySender } from "./body-sender";
import { framingOf, type MessageFraming } from "./message-framing";
import { ReadRoom } from "./read-room";
import { type ResponseHead, takeFinalHead } from "./response-head";
import { ReusableConnection } from "./reusable-connection";
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
export class BodyConnection extends ReusableConnection<BodyExchange> {
    #sender: BodySender | undefined;
    /** The beginning of an answer whose head is not complete. */
    #text = "";
    #head: ResponseHead | undefined;
    #framing: MessageFraming | undefined;
    #room: ReadRoom | undefined;
    #timeout = 0;

    constructor(socket: Socket, onIdle: () => void, onClose: () => void) {
        super(socket, onIdle, onClose);
        socket.on("timeout", () => this.#silent());
        socket.on("end", () => this.#endOfInput());
    }

    send(exchange: BodyExchange): void {
        const { text, body, headersTimeout, bodyTimeout } = exchange.options;
        this.begin(exchange);
        // An answer may take its time, but a server that takes no more bytes of a body is stuck.
        this.#watch(body === undefined ? headersTimeout : bodyTimeout);
        this.socket.write(text, "latin1");
        if (body !== undefined) {
            const sender = new BodySender(this.socket, body);
            this.#sender = sender;
            const sent = () => {
                if (this.#sender === sender && this.#framing === undefined) {
                    this.#watch(headersTimeout);
                }
            };
            sender.send().then(
                () => this.socket.write("", sent),
                (error: Error) => {
                    if (this.#sender === sender) {
                        this.destroy(error);
                    }
                },
            );
        }
    }

    pause(): void {
        this.socket.pause();
    }

    resume(): void {
        this.#watch(this.#timeout);
        this.socket.resume();
    }

    /** Where the next bytes are read into. */
    room(): Buffer {
        return this.#room?.next(this.#framing?.wanted) ?? HEAD_ROOM;
    }

    /** @param chunk what was read into the room */
    receive(chunk: Buffer): void {
        if (this.current === undefined) {
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
        const { head, rest } = takeFinalHead(this.#text + chunk.toString("latin1"));
        this.#text = rest;
        if (head !== undefined) {
            this.#beginAnswer(head);
        }
    }

    #beginAnswer(head: ResponseHead): void {
        const exchange = this.current as BodyExchange;
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
        const exchange = this.current as BodyExchange;
        const framing = this.#framing as MessageFraming;
        const taken = framing.take(chunk, (piece) => exchange.give(piece));
        if (framing.done) {
            this.#complete(taken === chunk.length);
        }
    }

    /** Bytes after the body, or a request that was answered before its end: this connection ends with it. */
    #complete(clean: boolean): void {
        const head = this.#head as ResponseHead;
        const sent = this.#sender?.done ?? true;
        const wasPaused = this.current?.paused === true;
        const exchange = this.take();
        if (clean && head.reusable && sent && !this.socket.destroyed) {
            if (wasPaused) {
                this.socket.resume();
            }
            this.restAfter(head);
        } else {
            this.destroy();
        }
        exchange?.succeed();
    }

    #endOfInput(): void {
        if (this.#framing?.untilClose && this.current?.aborted === false) {
            this.#complete(false);
        }
    }

    protected override take(): BodyExchange | undefined {
        this.#framing = undefined;
        this.#room?.close();
        this.#room = undefined;
        this.#sender?.stop();
        this.#sender = undefined;
        return super.take();
    }

    /** What is silent while it waits for us is not at fault: a reader that holds back, a body that is slow to come. */
    #silent(): void {
        const sending = this.#sender !== undefined && !this.#sender.done && this.socket.writableLength === 0;
        if (this.current !== undefined && (this.current.paused || sending)) {
            this.#watch(this.#timeout);
            return;
        }
        const code = this.#framing === undefined ? "UND_ERR_HEADERS_TIMEOUT" : "UND_ERR_BODY_TIMEOUT";
        this.destroy(coded(code, "the server was silent"));
    }

    #watch(timeout: number): void {
        this.#timeout = timeout;
        this.socket.setTimeout(timeout);
    }
}
