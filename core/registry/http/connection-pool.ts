import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { ResponseHead } from "./response-head";
import { destroyed } from "./wire-dispatcher";

/** Shorter than servers keep an idle connection, so that none is closed under a request on its way. Milliseconds. */
export const KEEP_ALIVE_MS = 4_000;

/** A connection that carries one exchange after the other. */
export interface PooledConnection {
    /** Whether it may carry another: neither ended nor idle for so long that the server may end it just now. */
    isFresh(now: number): boolean;
    destroy(error?: Error): void;
}

/** @param onIdle called when it is free for another exchange @param onClose called once, when it has ended */
export type OpenConnection<C> = (socket: Socket, onIdle: (one: C) => void, onClose: (one: C) => void) => C;

/** Connections to any number of origins: as many as are asked for at a time, kept while they are fresh. */
export class ConnectionPool<C extends PooledConnection> {
    readonly #connect: buildConnector.connector;
    readonly #openConnection: OpenConnection<C>;
    readonly #idle = new Map<string, C[]>();
    readonly #open = new Set<C>();
    #destroyed = false;

    /** @param connect undici's own connector, so that TLS, timeouts and errors are the same everywhere */
    constructor(connect: buildConnector.connector, openConnection: OpenConnection<C>) {
        this.#connect = connect;
        this.#openConnection = openConnection;
    }

    /** Hands over a connection, at once where one is idle. */
    take(origin: string, taken: (connection: C) => void, failed: (error: Error) => void): void {
        const idle = this.#takeIdle(origin);
        if (idle !== undefined) {
            taken(idle);
            return;
        }
        const { protocol, hostname, host, port } = new URL(origin);
        const connected: buildConnector.Callback = (error, socket) => {
            // Typed as null, and undefined at run time.
            if (socket == null) {
                failed(error as Error);
                return;
            }
            if (this.#destroyed) {
                socket.destroy();
                failed(destroyed());
                return;
            }
            const connection = this.#openConnection(
                socket,
                (one) => this.#idleOf(origin).push(one),
                (one) => this.#forget(origin, one),
            );
            this.#open.add(connection);
            taken(connection);
        };
        this.#connect({ protocol, hostname, host, port }, connected);
    }

    /** Ends all connections; exchanges under way fail. */
    destroy(): void {
        this.#destroyed = true;
        for (const connection of this.#open) {
            connection.destroy(destroyed());
        }
    }

    #idleOf(origin: string): C[] {
        const known = this.#idle.get(origin);
        if (known !== undefined) {
            return known;
        }
        const idle: C[] = [];
        this.#idle.set(origin, idle);
        return idle;
    }

    #forget(origin: string, connection: C): void {
        this.#open.delete(connection);
        const idle = this.#idleOf(origin);
        const place = idle.indexOf(connection);
        if (place >= 0) {
            idle.splice(place, 1);
        }
    }

    /** The one used last, which is the least likely to be closed by the server just now. */
    #takeIdle(origin: string): C | undefined {
        const idle = this.#idle.get(origin);
        for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
            if (connection.isFresh(performance.now())) {
                return connection;
            }
            connection.destroy();
        }
        return undefined;
    }
}

/** Milliseconds for which an idle connection is fresh: `Keep-Alive: timeout=5`, in seconds, less one for the way. */
export function keepAliveOf({ headers }: ResponseHead): number {
    const seconds = /timeout=(\d+)/i.exec(String(headers["keep-alive"] ?? ""))?.[1];
    return seconds === undefined ? KEEP_ALIVE_MS : Math.min(KEEP_ALIVE_MS, Number(seconds) * 1000 - 1000);
}
