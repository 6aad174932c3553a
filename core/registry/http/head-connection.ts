import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { type ResponseHead, takeFinalHead } from "./response-head";
import { ReusableConnection } from "./reusable-connection";
import { coded } from "./wire-dispatcher";

/** One HEAD: its text and who hears the answer. */
export class HeadExchange implements Dispatcher.DispatchController {
    paused = false;
    aborted = false;
    reason: Error | null = null;
    /** Where it is under way. */
    connection: HeadConnection | undefined;

    constructor(
        readonly text: string,
        /** Milliseconds of silence after which it has failed. */
        readonly timeout: number,
        readonly handler: Dispatcher.DispatchHandler,
    ) {}

    /** There is no body to hold back. */
    pause(): void {}
    resume(): void {}

    abort(reason: Error): void {
        this.aborted = true;
        this.reason = reason;
        this.connection?.destroy(reason);
    }

    fail(error: Error): void {
        this.handler.onResponseError?.(this, error);
    }

    succeed({ status, headers }: ResponseHead): void {
        this.handler.onResponseStart?.(this, status, headers);
        this.handler.onResponseEnd?.(this, {});
    }
}

/** A connection that carries one HEAD after the other. */
export class HeadConnection extends ReusableConnection<HeadExchange> {
    #received = "";
    #timeout = 0;

    constructor(socket: Socket, onIdle: () => void, onClose: () => void) {
        super(socket, onIdle, onClose);
        socket.on("data", (chunk: Buffer) => this.#receive(chunk));
        socket.on("timeout", () => this.destroy(coded("UND_ERR_HEADERS_TIMEOUT", "the server was silent")));
    }

    send(exchange: HeadExchange): void {
        this.begin(exchange);
        if (this.#timeout !== exchange.timeout) {
            this.#timeout = exchange.timeout;
            this.socket.setTimeout(exchange.timeout);
        }
        this.socket.write(exchange.text, "latin1");
    }

    #receive(chunk: Buffer): void {
        if (this.current === undefined) {
            // Nobody asked: whatever it belongs to, the next answer could not be told from it.
            this.destroy();
            return;
        }
        try {
            const { head, rest } = takeFinalHead(this.#received + chunk.toString("latin1"));
            this.#received = rest;
            if (head !== undefined) {
                this.#settle(head);
            }
        } catch (error) {
            this.destroy(error as Error);
        }
    }

    /** Bytes after the head are a body, which a HEAD's answer must not have: this connection ends with it. */
    #settle(head: ResponseHead): void {
        const exchange = this.take();
        if (head.reusable && this.#received === "") {
            this.restAfter(head);
        } else {
            this.destroy();
        }
        exchange?.succeed(head);
    }
}
