import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { KEEP_ALIVE_MS, keepAliveOf, type PooledConnection } from "./connection-pool";
import { HttpSyntaxError, parseResponseHead, type ResponseHead } from "./response-head";
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
export class HeadConnection implements PooledConnection {
    readonly #socket: Socket;
    readonly #onIdle: (connection: HeadConnection) => void;
    #current: HeadExchange | undefined;
    #received = "";
    #timeout = 0;
    #idleSince = 0;
    #keepAlive = KEEP_ALIVE_MS;
    #error: Error | undefined;

    constructor(
        socket: Socket,
        onIdle: (connection: HeadConnection) => void,
        onClose: (connection: HeadConnection) => void,
    ) {
        this.#socket = socket;
        this.#onIdle = onIdle;
        socket.on("data", (chunk: Buffer) => this.#receive(chunk));
        socket.on("timeout", () => this.destroy(coded("UND_ERR_HEADERS_TIMEOUT", "the server was silent")));
        socket.on("error", (error) => {
            this.#error ??= error;
        });
        socket.on("close", () => {
            this.#take()?.fail(this.#error ?? coded("UND_ERR_SOCKET", "other side closed"));
            onClose(this);
        });
    }

    isFresh(now: number): boolean {
        return !this.#socket.destroyed && !this.#socket.readableEnded && now - this.#idleSince < this.#keepAlive;
    }

    send(exchange: HeadExchange): void {
        this.#current = exchange;
        exchange.connection = this;
        if (this.#timeout !== exchange.timeout) {
            this.#timeout = exchange.timeout;
            this.#socket.setTimeout(exchange.timeout);
        }
        this.#socket.ref();
        this.#socket.write(exchange.text, "latin1");
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

    #take(): HeadExchange | undefined {
        const exchange = this.#current;
        this.#current = undefined;
        if (exchange !== undefined) {
            exchange.connection = undefined;
        }
        return exchange;
    }

    #receive(chunk: Buffer): void {
        if (this.#current === undefined) {
            // Nobody asked: whatever it belongs to, the next answer could not be told from it.
            this.destroy();
            return;
        }
        this.#received += chunk.toString("latin1");
        try {
            this.#answer();
        } catch (error) {
            this.destroy(error as Error);
        }
    }

    #answer(): void {
        for (;;) {
            const head = parseResponseHead(this.#received);
            if (head === undefined) {
                return;
            }
            this.#received = this.#received.slice(head.length);
            if (head.status === 101) {
                throw new HttpSyntaxError("HPE_INVALID_STATUS", "the server changed to another protocol");
            }
            if (head.status >= 200) {
                this.#settle(head);
                return;
            }
        }
    }

    /** Bytes after the head are a body, which a HEAD's answer must not have: this connection ends with it. */
    #settle(head: ResponseHead): void {
        const exchange = this.#take();
        if (head.reusable && this.#received === "") {
            this.#keepAlive = keepAliveOf(head);
            this.rest();
        } else {
            this.destroy();
        }
        exchange?.succeed(head);
    }
}
