import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { ProxiedExchange } from "./proxied-exchange";
import { type Asked, type RequestKind, readRequest } from "./request-kind";

/** What happens to a request instead of, or beside, being forwarded. */
export type Fault = (exchange: ProxiedExchange) => void | Promise<void>;

export interface Rule {
    readonly match: RequestKind | ((asked: Asked) => boolean);
    readonly fault: Fault;
    /** Requests that are let through before the first fault. @default 0 */
    readonly skip?: number;
    /** Requests that meet the fault. @default all */
    readonly times?: number;
}

interface ArmedRule extends Rule {
    met: number;
    injected: number;
}

/** A request as it arrived, whatever became of it. */
export interface SeenRequest extends Asked {
    /** Of the proxy's clock. */
    readonly at: number;
    readonly authorization: string | undefined;
    readonly faulty: boolean;
}

export interface FaultProxyOptions {
    /** `127.0.0.1:5001` */
    readonly upstream: string;
    /** Milliseconds. @default Date.now */
    readonly now?: () => number;
    /** Bytes a second that bodies pass at, both ways together. @default unbounded */
    readonly bytesPerSecond?: number;
    /** Replaces what clients sent, for a host that has rights of its own at the registry. */
    readonly authorization?: string;
}

/**
 * An HTTP server before a real registry which does to chosen requests what networks, proxies and registries do, and
 * counts what it did. The client's `Host` is kept, so that what the registry names as `Location` leads here again.
 */
export class FaultProxy {
    /** `127.0.0.1:40123` */
    host = "";
    /** Every request in the order of its arrival. */
    readonly seen: SeenRequest[] = [];
    /** Bytes of bodies: up to the registry, down to the client. */
    readonly bytes = { up: 0, down: 0 };
    /** When a body's last bytes passed; 0 for never. Milliseconds since 1970. */
    movedAt = 0;
    #rules: ArmedRule[] = [];
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();
    #free = 0;

    private constructor(readonly options: FaultProxyOptions) {
        this.#server = createServer((request, response) => void this.#handle(request, response));
        this.#server.on("connection", (socket) => {
            this.#sockets.add(socket);
            socket.once("close", () => this.#sockets.delete(socket));
        });
    }

    static async start(options: FaultProxyOptions): Promise<FaultProxy> {
        const proxy = new FaultProxy(options);
        await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
        proxy.host = `127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`;
        return proxy;
    }

    /** How many requests met a fault. */
    get injected(): number {
        return this.#rules.reduce((sum, rule) => sum + rule.injected, 0);
    }

    count(kind: RequestKind): number {
        return this.seen.filter((one) => one.kind === kind).length;
    }

    /** The first rule that matches a request and is not used up takes it. */
    arm(...rules: Rule[]): void {
        this.#rules = rules.map((rule) => ({ ...rule, met: 0, injected: 0 }));
    }

    /** Waits until so many bytes may pass. */
    async pass(bytes: number, way: "up" | "down"): Promise<void> {
        const { bytesPerSecond } = this.options;
        if (bytesPerSecond !== undefined) {
            const now = Date.now();
            this.#free = Math.max(this.#free, now) + (bytes / bytesPerSecond) * 1000;
            await new Promise((resolve) => setTimeout(resolve, this.#free - now));
        }
        this.bytes[way] += bytes;
        this.movedAt = Date.now();
    }

    async close(): Promise<void> {
        for (const socket of this.#sockets) {
            socket.destroy();
        }
        await new Promise((resolve) => this.#server.close(resolve));
    }

    async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const asked = readRequest(request.method ?? "", request.url ?? "/");
        const fault = this.#faultFor(asked);
        const at = (this.options.now ?? Date.now)();
        this.seen.push({ ...asked, at, authorization: request.headers.authorization, faulty: fault !== undefined });
        const exchange = new ProxiedExchange(this, request, response, asked);
        try {
            await (fault === undefined ? exchange.forward() : fault(exchange));
        } catch {
            // One end is gone, so the other is not kept waiting.
            exchange.reset();
        }
    }

    #faultFor(asked: Asked): Fault | undefined {
        for (const rule of this.#rules) {
            const matches = typeof rule.match === "string" ? rule.match === asked.kind : rule.match(asked);
            if (!matches) {
                continue;
            }
            rule.met += 1;
            const nth = rule.met - (rule.skip ?? 0);
            if (nth >= 1 && nth <= (rule.times ?? Number.POSITIVE_INFINITY)) {
                rule.injected += 1;
                return rule.fault;
            }
        }
        return undefined;
    }
}
