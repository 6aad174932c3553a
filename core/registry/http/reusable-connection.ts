import type { Socket } from "node:net";
import type { ResponseHead } from "./response-head";
import { coded } from "./wire-dispatcher";

/** Shorter than servers keep an idle connection, so that none is closed under a request on its way. Milliseconds. */
const KEEP_ALIVE_MS = 4_000;

/** A request and its answer, as far as a connection is concerned. */
export interface ConnectionExchange {
    readonly aborted: boolean;
    /** Where it is under way. */
    connection: unknown;
    fail(error: Error): void;
}

/** A connection that carries one exchange after the other: how it begins, rests between two of them, and ends. */
export abstract class ReusableConnection<E extends ConnectionExchange> {
    protected readonly socket: Socket;
    protected current: E | undefined;
    readonly #onIdle: () => void;
    #idleSince = 0;
    #keepAlive = KEEP_ALIVE_MS;
    #error: Error | undefined;

    /** @param onIdle called when it is free for another exchange @param onClose called once, when it has ended */
    constructor(socket: Socket, onIdle: () => void, onClose: () => void) {
        this.socket = socket;
        this.#onIdle = onIdle;
        socket.on("error", (error) => {
            this.#error ??= error;
        });
        socket.on("close", () => {
            this.take()?.fail(this.#error ?? coded("UND_ERR_SOCKET", "other side closed"));
            onClose();
        });
    }

    abstract send(exchange: E): void;

    /** Whether it may carry another: neither ended nor idle for so long that the server may end it just now. */
    isFresh(now: number): boolean {
        return !this.socket.destroyed && !this.socket.readableEnded && now - this.#idleSince < this.#keepAlive;
    }

    destroy(error?: Error): void {
        this.#error ??= error;
        this.socket.destroy();
    }

    /** Free again. It does not keep the process alive. */
    rest(): void {
        this.#idleSince = performance.now();
        this.socket.unref();
        this.#onIdle();
    }

    /** Free again for as long as the answer's server says. */
    protected restAfter(head: ResponseHead): void {
        this.#keepAlive = keepAliveOf(head);
        this.rest();
    }

    protected begin(exchange: E): void {
        this.current = exchange;
        exchange.connection = this;
        this.socket.ref();
    }

    /** What was under way, and is no longer. */
    protected take(): E | undefined {
        const exchange = this.current;
        this.current = undefined;
        if (exchange !== undefined) {
            exchange.connection = undefined;
        }
        return exchange;
    }
}

/** Milliseconds for which an idle connection is fresh: `Keep-Alive: timeout=5`, in seconds, less one for the way. */
function keepAliveOf({ headers }: ResponseHead): number {
    const seconds = /timeout=(\d+)/i.exec(String(headers["keep-alive"] ?? ""))?.[1];
    return seconds === undefined ? KEEP_ALIVE_MS : Math.min(KEEP_ALIVE_MS, Number(seconds) * 1000 - 1000);
}
