import type { Socket } from "node:net";
import type { buildConnector, Dispatcher } from "undici";
import { BodyConnection, Inlet } from "./body-connection";
import { BodyExchange, type OutgoingBody } from "./body-exchange";
import { ConnectionPool } from "./connection-pool";
import { requestHead, unsendable } from "./request-head";
import { destroyed, type WireDispatcher, type WireOptions } from "./wire-dispatcher";

type ConnectOptions = buildConnector.BuildOptions;

/**
 * Sends what has a large body, to or from us, over connections of its own, and everything else through undici's agent,
 * which is loaded when it is first needed.
 *
 * With undici each piece is 64 KiB at most, a buffer of its own for the garbage collector, and on its way through the
 * parser, two streams and several promises. What this saves is in docs/registry.md, "Large bodies". Connections are
 * opened by undici's own connector, so that TLS, timeouts and errors are the same.
 */
export class BodyAgent implements WireDispatcher {
    readonly #connections: ConnectionPool<BodyExchange, BodyConnection>;
    readonly #openAgent: () => Dispatcher;
    #agent: Dispatcher | undefined;
    #destroyed = false;

    /**
     * @param build undici's maker of connectors @param options what it is given for every connection
     * @param openAgent makes what takes every other request
     */
    constructor(build: typeof buildConnector, options: ConnectOptions, openAgent: () => Dispatcher) {
        const inlets = new WeakMap<Socket, Inlet>();
        this.#connections = new ConnectionPool(withInlets(build, options, inlets), (socket, ...told) => {
            const connection = new BodyConnection(socket, ...told);
            (inlets.get(socket) as Inlet).connection = connection;
            return connection;
        });
        this.#openAgent = openAgent;
    }

    dispatch(options: WireOptions, handler: Dispatcher.DispatchHandler): boolean {
        const body = outgoing(options);
        if (body === undefined && !(options.stream && options.body == null)) {
            this.#agent ??= this.#openAgent();
            return this.#agent.dispatch(options, handler);
        }
        const origin = String(options.origin);
        const text = requestHead(options.method, origin, options);
        const { headersTimeout, bodyTimeout } = options;
        const exchange = new BodyExchange({
            text: text ?? "",
            body,
            headersTimeout: headersTimeout ?? 0,
            bodyTimeout: bodyTimeout ?? 0,
            lend: options.lend === true,
            handler,
        });
        handler.onRequestStart?.(exchange, {});
        if (this.#destroyed || text === undefined) {
            exchange.fail(this.#destroyed ? destroyed() : unsendable());
            return !this.#destroyed;
        }
        this.#connections.carry(origin, exchange);
        return true;
    }

    /** Ends all connections; exchanges under way fail. */
    async destroy(): Promise<void> {
        this.#destroyed = true;
        this.#connections.destroy();
        await this.#agent?.destroy();
    }
}

/** A body that comes in pieces and whose length is told; of another kind undici makes what HTTP needs. */
function outgoing({ body, headers }: WireOptions): OutgoingBody | undefined {
    const length = (headers as Record<string, string> | undefined)?.["content-length"];
    return length !== undefined && typeof body === "object" && body !== null && Symbol.asyncIterator in body
        ? { chunks: body as AsyncIterable<Uint8Array>, length: Number(length) }
        : undefined;
}

/** A connector for each connection, since what it reads into is one of a connector's options; TLS sessions are shared. */
function withInlets(
    build: typeof buildConnector,
    options: ConnectOptions,
    inlets: WeakMap<Socket, Inlet>,
): buildConnector.connector {
    const sessions = new Map<string, Buffer>();
    return (target, callback) => {
        const inlet = new Inlet();
        const onread = { buffer: inlet.buffer, callback: inlet.callback };
        const session = sessions.get(target.host ?? target.hostname);
        const connect = build({ ...options, ...(session === undefined ? {} : { session }), onread } as ConnectOptions);
        connect(target, (...[error, socket]) => {
            if (socket != null) {
                inlets.set(socket, inlet);
                socket.on("session", (fresh: Buffer) => sessions.set(target.host ?? target.hostname, fresh));
            }
            callback(...([error, socket] as Parameters<buildConnector.Callback>));
        });
    };
}
