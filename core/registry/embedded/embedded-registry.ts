import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { TransshipError } from "../../errors";
import { Dispatcher } from "./dispatcher";
import type { EmbeddedRegistryOptions } from "./options";
import { PullLimit } from "./pull-limit";
import { RegistryStore } from "./registry-store";
import { RequestLog } from "./request-log";
import { Uploads } from "./uploads";

/** Longer than clients keep an idle connection, so that none is closed under a request on its way. Milliseconds. */
const KEEP_ALIVE = 75_000;

/** How long closing waits for handlers that do not end. Milliseconds. */
const SETTLE = 1_000;

/** A registry that runs in this process. */
export class EmbeddedRegistry {
    private closing: Promise<void> | undefined;

    /** Made by `startEmbeddedRegistry`. */
    constructor(
        private readonly server: Server,
        private readonly store: RegistryStore,
        private readonly sockets: ReadonlySet<Socket>,
        private readonly running: ReadonlySet<Promise<void>>,
        private readonly pullLimit: PullLimit | undefined,
        /** Without a slash at its end: `http://127.0.0.1:5001`. */
        readonly url: string,
        readonly requests: RequestLog,
    ) {}

    /** As references write it: `127.0.0.1:5001`. */
    get host(): string {
        return this.url.slice(this.url.indexOf("//") + 2);
    }

    get port(): number {
        return Number(this.host.slice(this.host.lastIndexOf(":") + 1));
    }

    /** Pulls that the pull limit has counted since the start; 0 without one. */
    get pullsSpent(): number {
        return this.pullLimit?.spent ?? 0;
    }

    /** Ends at once, open connections too; what was acknowledged is on disk. Again is nothing. */
    close(): Promise<void> {
        this.closing ??= this.end();
        return this.closing;
    }

    private async end(): Promise<void> {
        const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
        for (const socket of this.sockets) {
            socket.destroy();
        }
        await closed;
        await this.settle();
        this.store.close();
    }

    /** Handlers end when their connections do; one that a test holds back in `intercept` is not waited for. */
    private async settle(): Promise<void> {
        let timer: NodeJS.Timeout | undefined;
        const enough = new Promise<void>((resolve) => {
            timer = setTimeout(resolve, SETTLE);
        });
        await Promise.race([Promise.all(this.running), enough]);
        clearTimeout(timer);
    }
}

/**
 * Starts an OCI registry (distribution-spec 1.1) that stores below `root`. For local runs and tests; what it is not is
 * said in docs/embedded-registry.md.
 *
 * @throws TransshipError PORT_IN_USE, ADDRESS_UNAVAILABLE, STORAGE_UNWRITABLE, STORAGE_IN_USE
 */
export async function startEmbeddedRegistry(options: EmbeddedRegistryOptions): Promise<EmbeddedRegistry> {
    const now = options.now ?? Date.now;
    const store = RegistryStore.open(options.root);
    const requests = new RequestLog();
    const pullLimit = options.pullLimit === undefined ? undefined : new PullLimit(options.pullLimit, now);
    const uploads = new Uploads(store.content.scratch, now);
    let url = "";
    const dispatcher = new Dispatcher({ options, store, uploads, pullLimit }, requests, () => url, now);
    const sockets = new Set<Socket>();
    const running = new Set<Promise<void>>();
    const server = makeServer(options);
    // The raw connections: node's own list lacks those whose TLS handshake is under way.
    server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
    });
    server.on("request", (request, response) => {
        const handling = dispatcher.handle(request, response);
        running.add(handling);
        handling.finally(() => running.delete(handling));
    });
    try {
        url = await listen(server, options);
    } catch (error) {
        store.close();
        throw error;
    }
    return new EmbeddedRegistry(server, store, sockets, running, pullLimit, url, requests);
}

function makeServer({ tls }: EmbeddedRegistryOptions): Server {
    // An upload may take longer than node's five minutes for a request.
    const limits = { requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE, noDelay: true };
    return tls === undefined ? createServer(limits) : createTlsServer({ ...limits, cert: tls.cert, key: tls.key });
}

async function listen(server: Server, options: EmbeddedRegistryOptions): Promise<string> {
    const { host = "127.0.0.1", port = 0, tls } = options;
    await new Promise<void>((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error));
        server.once("error", fail);
        server.listen(port, host, () => {
            server.off("error", fail);
            resolve();
        });
    });
    const address = server.address() as AddressInfo;
    const name = host.includes(":") ? `[${host}]` : host;
    return `${tls === undefined ? "http" : "https"}://${name}:${address.port}`;
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): TransshipError {
    if (cause.code === "EADDRINUSE") {
        const message = `Port ${port} on ${host} is in use by another program: stop it, or choose another port for the registry.`;
        return new TransshipError("PORT_IN_USE", message, { cause });
    }
    const why = cause.code === "EACCES" ? "this user may not use that port" : `${cause.code ?? cause.message}`;
    const message = `A registry cannot listen on ${host}, port ${port} (${why}): choose another address or port.`;
    return new TransshipError("ADDRESS_UNAVAILABLE", message, { cause });
}
