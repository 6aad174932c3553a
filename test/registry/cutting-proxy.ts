import { connect, createServer, type Socket } from "node:net";
import { afterEach } from "vitest";

export interface CuttingProxy {
    /** `127.0.0.1:5001` */
    readonly host: string;
    /** Bytes of PUT and PATCH requests that went on to the registry, heads included. */
    sent: number;
}

const open: (() => void)[] = [];

afterEach(() => {
    for (const close of open.splice(0)) {
        close();
    }
});

const UPLOAD_HEAD = /^(?:PUT|PATCH) [^\r\n]+ HTTP\/1\.1\r\n/;

/**
 * Passes bytes on to a registry as they come, and breaks uploads off: the nth PUT or PATCH ends, towards both sides,
 * once `cuts[n]` of its bytes have been passed on. 0 passes nothing on, as a proxy does that collects a body first.
 */
export async function cuttingProxy(registry: { host: string }, cuts: (number | undefined)[]): Promise<CuttingProxy> {
    const [hostname, port] = registry.host.split(":");
    const left = [...cuts];
    const server = createServer((client) => {
        const upstream = connect(Number(port), hostname);
        join(client, upstream);
        let passed = 0;
        let cut: number | undefined;
        let isUpload = false;
        client.on("data", (chunk) => {
            if (/^[A-Z]+ \/\S* HTTP\/1\.1\r\n/.test(chunk.subarray(0, 2000).toString("latin1"))) {
                isUpload = UPLOAD_HEAD.test(chunk.subarray(0, 2000).toString("latin1"));
                [passed, cut] = [0, isUpload ? left.shift() : undefined];
            }
            const rest = cut === undefined ? chunk.length : Math.min(chunk.length, Math.max(0, cut - passed));
            passed += rest;
            state.sent += isUpload ? rest : 0;
            if (rest > 0 && !upstream.write(chunk.subarray(0, rest))) {
                client.pause();
                upstream.once("drain", () => client.resume());
            }
            if (cut !== undefined && passed >= cut) {
                upstream.end();
                client.destroy();
            }
        });
        upstream.on("data", (chunk) => client.write(chunk));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => sockets.add(socket));
    open.push(() => {
        server.close();
        for (const socket of sockets) {
            socket.destroy();
        }
    });
    const address = server.address() as { port: number };
    const state: CuttingProxy = { host: `127.0.0.1:${address.port}`, sent: 0 };
    return state;
}

/** The end of the one is the end of the other. */
function join(one: Socket, other: Socket): void {
    one.on("error", () => other.destroy()).on("close", () => other.end());
    other.on("error", () => one.destroy()).on("close", () => one.end());
}
