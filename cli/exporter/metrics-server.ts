import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { TransshipError } from "../../core/errors";
import type { Exposition } from "./exposition";
import type { ListenAddress } from "./listen-address";

/** What the server tells of. No request to it ever makes one to a registry. */
export interface Served {
    readonly exposition: Exposition;
    /** The first look is over. */
    readonly isReady: () => boolean;
}

export interface MetricsServer {
    readonly url: string;
    /** With its port. */
    readonly host: string;
    readonly port: number;
    /** Lets what is being answered come to its end, for a second at most. */
    close(): Promise<void>;
}

interface Answer {
    readonly status: number;
    readonly type: string;
    readonly body: string;
}

const CLOSE_MS = 1000;
const PLAIN = "text/plain; charset=utf-8";
const compress = promisify(gzip);

/** @throws TransshipError PORT_IN_USE, ADDRESS_UNAVAILABLE */
export async function serveMetrics(address: ListenAddress, served: Served): Promise<MetricsServer> {
    const server = createServer((request, response) => {
        answer(request, served)
            .then((given) => send(request, response, given))
            .catch((error: unknown) => response.destroy(error as Error));
    });
    await listen(server, address);
    const { port } = server.address() as AddressInfo;
    const { host = "localhost" } = address;
    const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    return { url: `http://${authority}`, host: authority, port, close: () => close(server) };
}

async function answer({ method, url = "/" }: IncomingMessage, { exposition, isReady }: Served): Promise<Answer> {
    if (method !== "GET" && method !== "HEAD") {
        return { status: 405, type: PLAIN, body: "Only GET and HEAD.\n" };
    }
    switch (url.split("?", 1)[0]) {
        case "/metrics":
            return { status: 200, type: exposition.contentType, body: await exposition.text() };
        case "/healthz":
            return { status: 200, type: PLAIN, body: "alive\n" };
        case "/readyz":
            return isReady()
                ? { status: 200, type: PLAIN, body: "ready\n" }
                : { status: 503, type: PLAIN, body: "the first look is not over yet\n" };
        case "/":
            return { status: 200, type: PLAIN, body: "transship exporter: /metrics, /healthz, /readyz\n" };
        default:
            return { status: 404, type: PLAIN, body: "Not here: /metrics, /healthz and /readyz are.\n" };
    }
}

async function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): Promise<void> {
    const isCompressed = body.length > 1024 && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const bytes = isCompressed ? await compress(body) : Buffer.from(body);
    response.writeHead(status, {
        "content-type": type,
        "content-length": bytes.length,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        ...(isCompressed && { "content-encoding": "gzip" }),
        ...(status === 405 && { allow: "GET, HEAD" }),
    });
    response.end(request.method === "HEAD" ? undefined : bytes);
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
    return new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException) => reject(cannotListen(host ?? "this machine", port, error));
        server.once("error", fail);
        server.listen({ port, host }, () => {
            server.off("error", fail);
            resolve();
        });
    });
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): TransshipError {
    if (cause.code === "EADDRINUSE") {
        const message = `Port ${port} on ${host} is in use by another program: stop it, or choose another with --listen.`;
        return new TransshipError("PORT_IN_USE", message, { cause });
    }
    const why = cause.code === "EACCES" ? "this user may not use that port" : `${cause.code ?? cause.message}`;
    const message = `The exporter cannot listen on ${host}, port ${port} (${why}): choose another address or port.`;
    return new TransshipError("ADDRESS_UNAVAILABLE", message, { cause });
}

async function close(server: Server): Promise<void> {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    clearTimeout(force);
}
