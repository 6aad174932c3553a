import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { DelayLine } from "./delay-line";

/** Bytes that passed, headers included. */
export interface PassedBytes {
    readonly toServer: number;
    readonly fromServer: number;
}
export interface FromProxy {
    /** Where it listens now; empty before it is told whom to forward to. */
    readonly host: string;
    /** Since it was last told. */
    readonly passed: PassedBytes;
}
export interface ToProxy {
    /** Listen anew, for this server; without it only the question what passed. */
    readonly forward?: {
        readonly upstream: string;
        /** Milliseconds that every byte is on its way, in each direction. */
        readonly delayMs: number;
    };
}

let host = "";
let passed = { toServer: 0, fromServer: 0 };
let server: Server | undefined;
const sockets = new Set<Socket>();

async function forward({ upstream, delayMs }: NonNullable<ToProxy["forward"]>): Promise<void> {
    server?.close();
    for (const socket of sockets) {
        socket.destroy();
    }
    const counts = { toServer: 0, fromServer: 0 };
    passed = counts;
    const [address = "", port = ""] = upstream.split(":");
    server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
        const registry = connect({ host: address, port: Number(port), allowHalfOpen: true, noDelay: true });
        // To open a connection takes a round trip of its own, before the first byte of a request can set out.
        const opensAt = delayMs === 0 ? 0 : performance.now() + 2 * delayMs;
        const up = (bytes: number) => {
            counts.toServer += bytes;
        };
        const down = (bytes: number) => {
            counts.fromServer += bytes;
        };
        new DelayLine(client, registry, { delayMs, opensAt, count: up });
        new DelayLine(registry, client, { delayMs, opensAt: 0, count: down });
        bind(client, registry);
        bind(registry, client);
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** A connection that breaks takes its other half with it; one that ends well does so byte by byte. */
function bind(one: Socket, other: Socket): void {
    sockets.add(one);
    one.on("error", () => other.destroy());
    one.on("close", () => sockets.delete(one));
}

const say = () => {
    const message: FromProxy = { host, passed };
    process.send?.(message);
};
process.on("message", (question: ToProxy) => {
    void (question.forward === undefined ? Promise.resolve() : forward(question.forward)).then(say);
});
// Whoever started it has ended, one way or another.
process.on("disconnect", () => process.exit(0));
say();
