import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { type ClientEnvironment, RegistryClient, type RegistrySettings } from "../../core/registry";

export interface Seen {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: Buffer;
}

export interface ScriptedServer {
    readonly host: string;
    readonly origin: string;
    readonly port: number;
    /** Every request in the order of its arrival. */
    readonly seen: Seen[];
    connections: number;
    close(): Promise<void>;
}

export type Handler = (request: Seen, response: ServerResponse, raw: IncomingMessage) => unknown;

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
    for (const close of open.splice(0).reverse()) {
        await close();
    }
});

/** A real server on 127.0.0.1 that answers as the test says; closed when the test ends. */
export async function scripted(handler: Handler, tls?: { cert: string; key: string }): Promise<ScriptedServer> {
    const listener = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
        const chunks: Buffer[] = [];
        try {
            for await (const chunk of raw) {
                chunks.push(chunk as Buffer);
            }
        } catch {
            return;
        }
        const request = {
            method: raw.method ?? "",
            url: raw.url ?? "",
            headers: raw.headers,
            body: Buffer.concat(chunks),
        };
        state.seen.push(request);
        await handler(request, response, raw);
    };
    const server = tls ? createTlsServer(tls, listener) : createServer(listener);
    server.on("connection", () => {
        state.connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const host = `127.0.0.1:${port}`;
    const state: ScriptedServer = {
        host,
        origin: `${tls ? "https" : "http"}://${host}`,
        port,
        seen: [],
        connections: 0,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
    open.push(() => state.close());
    return state;
}

/** A clock that moves only by sleeping, so that pauses of minutes take no time and can be asserted. */
export class FakeClock {
    time = 1_700_000_000_000;
    readonly slept: number[] = [];
    readonly now = (): number => this.time;
    readonly sleep = async (ms: number): Promise<void> => {
        this.slept.push(ms);
        this.time += ms;
        await new Promise((resolve) => setImmediate(resolve));
    };
}

/** A client of a scripted server: plain HTTP, anonymous, no variables and no home of the machine's. */
export function clientOf(
    server: { host: string },
    settings: Partial<RegistrySettings> = {},
    env: ClientEnvironment = {},
): RegistryClient {
    const client = new RegistryClient(
        {
            name: "test",
            host: server.host,
            kind: "other",
            insecure: true,
            credentials: { pull: { from: "anonymous" }, push: { from: "anonymous" } },
            ...settings,
        },
        { env: {}, home: "/nonexistent", random: () => 0.5, retry: { baseMs: 5 }, ...env },
    );
    open.push(() => client.close());
    return client;
}

export function json(
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
): void {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
}

export function registryError(
    response: ServerResponse,
    status: number,
    code: string,
    message = code.toLowerCase(),
): void {
    json(response, status, { errors: [{ code, message }] });
}

export async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

export async function* bytesOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
        yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    }
}
