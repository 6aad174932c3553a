import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { ConnectionExchange, ReusableConnection } from "./reusable-connection";
import { destroyed } from "./wire-dispatcher";

/** @param onIdle called when it is free for another exchange @param onClose called once, when it has ended */
export type OpenConnection<C> = (socket: Socket, onIdle: () => void, onClose: () => void) => C;

/** Connections to any number of origins: as many as are asked for at a time, kept while they are fresh. */
export class ConnectionPool<E extends ConnectionExchange, C extends ReusableConnection<E>> {
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

    /** Sends an exchange over a connection, at once where one is idle. */
    carry(origin: string, exchange: E): void {
        this.#take(
            origin,
            (connection) => (exchange.aborted ? connection.rest() : connection.send(exchange)),
            (error) => exchange.fail(error),
        );
    }

    /** Ends all connections; exchanges under way fail. */
    destroy(): void {
        this.#destroyed = true;
        for (const connection of this.#open) {
            connection.destroy(destroyed());
        }
    }

    #take(origin: string, taken: (connection: C) => void, failed: (error: Error) => void): void {
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
            const connection: C = this.#openConnection(
                socket,
                () => this.#idleOf(origin).push(connection),
                () => this.#forget(origin, connection),
            );
            this.#open.add(connection);
            taken(connection);
        };
        this.#connect({ protocol, hostname, host, port }, connected);
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
