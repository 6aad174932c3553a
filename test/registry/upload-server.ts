import type { ServerResponse } from "node:http";
import { digestOf } from "../../core/oci";
import { registryError, type ScriptedServer, type Seen, scripted } from "./scripted-server";

export interface UploadServer {
    readonly server: ScriptedServer;
    /** What was committed, by digest. */
    readonly blobs: Map<string, Buffer>;
    /** `POST 0`, `PATCH 0-9`, `PUT 12`: what was asked, with the range or the body's length. */
    readonly log: string[];
}

export interface UploadScript {
    /** Takes a request over: true when it has answered. */
    readonly intercept?: (request: Seen, response: ServerResponse, count: number) => boolean;
    /** Takes the answer over once the request was handled. */
    readonly after?: (request: Seen, response: ServerResponse) => boolean;
    /** Keeps so many bytes of the first body and breaks the connection. */
    readonly partial?: number;
    /** Bytes that the status of an upload tells beyond those that are there. */
    readonly statusMore?: number;
    /** Appends chunks wherever they say that they begin. */
    readonly lenient?: boolean;
    readonly minChunk?: number;
    /** Makes a `Location` of a session's number. */
    readonly location?: (origin: string, session: number) => string;
    readonly mountable?: readonly string[];
}

/** A registry's uploads as the specification has them, strict about the order of chunks. */
export async function uploadServer(script: UploadScript = {}): Promise<UploadServer> {
    const blobs = new Map<string, Buffer>();
    const sessions = new Map<string, Buffer>();
    const log: string[] = [];
    let count = 0;
    let whole = script.partial === undefined;
    const locate = script.location ?? ((_origin, session) => `/v2/a/b/blobs/uploads/${session}?_state=opaque`);
    const server: ScriptedServer = await scripted((request, response) => {
        count += 1;
        log.push(`${request.method} ${request.headers["content-range"] ?? request.body.length}`);
        if (script.intercept?.(request, response, count)) {
            return;
        }
        const url = new URL(request.url, server.origin);
        if (request.method === "POST") {
            const from = url.searchParams.get("from");
            if (from !== null && script.mountable?.includes(from)) {
                response.writeHead(201, { location: "/v2/x" }).end();
                return;
            }
            const id = sessions.size + 1;
            sessions.set(String(id), Buffer.alloc(0));
            const minimum = script.minChunk === undefined ? {} : { "oci-chunk-min-length": String(script.minChunk) };
            response.writeHead(202, { location: locate(server.origin, id), ...minimum }).end();
            return;
        }
        proceed(request, response, url);
    });

    function proceed(request: Seen, response: ServerResponse, url: URL): void {
        const id = url.pathname.split("/").at(-1) ?? "";
        if (request.method === "HEAD") {
            response.writeHead(blobs.has(id) ? 200 : 404).end();
            return;
        }
        const held = sessions.get(id);
        if (held === undefined) {
            registryError(response, 404, "BLOB_UPLOAD_UNKNOWN");
            return;
        }
        const headers = { location: locate(server.origin, Number(id)) };
        const range = (size: number): Record<string, string> => ({ ...headers, range: `0-${Math.max(0, size - 1)}` });
        if (request.method === "GET") {
            response.writeHead(204, range(held.length + (script.statusMore ?? 0))).end();
            return;
        }
        const start = Number(/^(\d+)-/.exec(request.headers["content-range"] ?? "")?.[1] ?? held.length);
        if (start !== held.length && script.lenient !== true) {
            response.writeHead(416, range(held.length)).end();
            return;
        }
        if (!whole && request.body.length > 0) {
            whole = true;
            sessions.set(id, request.body.subarray(0, script.partial));
            response.socket?.destroy();
            return;
        }
        const body = Buffer.concat([held, request.body]);
        if (request.method === "PATCH") {
            sessions.set(id, body);
            response.writeHead(202, range(body.length)).end();
            return;
        }
        const digest = url.searchParams.get("digest") ?? "";
        if (digestOf(body) !== digest) {
            registryError(response, 400, "DIGEST_INVALID");
            return;
        }
        sessions.delete(id);
        blobs.set(digest, body);
        if (script.after?.(request, response)) {
            return;
        }
        response.writeHead(201, { location: `/v2/a/b/blobs/${digest}`, "docker-content-digest": digest }).end();
    }
    return { server, blobs, log };
}
