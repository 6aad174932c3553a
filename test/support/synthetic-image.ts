import { createCipheriv, createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../core/oci";

const BLOCK = 1024 * 1024;
const TYPES = "application/vnd.oci.image";

interface SyntheticLayer {
    readonly digest: string;
    readonly size: number;
    readonly seed: number;
}

/** An image whose layers are made while they are read: gigabytes that are nowhere. */
export interface SyntheticImage {
    readonly manifest: Buffer;
    readonly config: Buffer;
    readonly layers: readonly SyntheticLayer[];
}

/** @param sizes of the layers, in MiB */
export function syntheticImage(sizes: readonly number[]): SyntheticImage {
    const layers = sizes.map((mib, seed) => {
        const hash = createHash("sha256");
        for (let block = 0; block < mib; block += 1) {
            hash.update(blockOf(seed, block));
        }
        return { digest: `sha256:${hash.digest("hex")}`, size: mib * BLOCK, seed };
    });
    const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux" }));
    const manifest = Buffer.from(
        JSON.stringify({
            schemaVersion: 2,
            mediaType: `${TYPES}.manifest.v1+json`,
            config: { mediaType: `${TYPES}.config.v1+json`, digest: digestOf(config), size: config.length },
            layers: layers.map(({ digest, size }) => ({ mediaType: `${TYPES}.layer.v1.tar`, digest, size })),
        }),
    );
    return { manifest, config, layers };
}

/** Bytes that are nowhere alike, so that a piece in a wrong place is seen. */
const NOISE = createCipheriv("aes-256-ctr", Buffer.alloc(32), Buffer.alloc(16)).update(Buffer.alloc(8 * BLOCK));

function blockOf(seed: number, number: number): Buffer {
    const start = ((seed * 1009 + number) * 851_957) % (7 * BLOCK);
    return NOISE.subarray(start, start + BLOCK);
}

export interface SyntheticServer {
    readonly host: string;
    /** Bytes of layers, sent by a source or received by a target. */
    bytes: number;
    /** Digests of what a target has received and hashed. */
    readonly received: Set<string>;
    close(): void;
}

async function listen(
    handler: (request: IncomingMessage, response: ServerResponse, state: SyntheticServer) => Promise<void>,
): Promise<SyntheticServer> {
    const server = createServer((request, response) => {
        handler(request, response, state).catch(() => response.destroy());
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const close = () => {
        server.closeAllConnections();
        server.close();
    };
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const state: SyntheticServer = { host, bytes: 0, received: new Set(), close };
    return state;
}

/** Serves the image, read only. */
export function startSyntheticSource({ manifest, config, layers }: SyntheticImage): Promise<SyntheticServer> {
    return listen(async (request, response, state) => {
        const path = request.url ?? "";
        const give = (bytes: Buffer, type: string): void => {
            const headers = { "content-type": type, "docker-content-digest": digestOf(bytes) };
            response.writeHead(200, { ...headers, "content-length": bytes.length });
            response.end(request.method === "HEAD" ? undefined : bytes);
        };
        const layer = layers.find(({ digest }) => path.endsWith(digest));
        if (path.includes("/manifests/")) {
            give(manifest, `${TYPES}.manifest.v1+json`);
        } else if (layer !== undefined) {
            response.writeHead(200, { "content-length": layer.size });
            for (let sent = 0; sent < layer.size && !response.destroyed; sent += BLOCK) {
                state.bytes += BLOCK;
                if (!response.write(blockOf(layer.seed, sent / BLOCK))) {
                    await once(response, "drain");
                }
            }
            response.end();
        } else if (path.endsWith(digestOf(config))) {
            give(config, "application/octet-stream");
        } else {
            refuse(response);
        }
    });
}

/**
 * Takes uploads, hashes them and keeps nothing of them.
 *
 * @param beforeReading called before each upload is read
 */
export function startSyntheticTarget(beforeReading?: (state: SyntheticServer) => unknown): Promise<SyntheticServer> {
    const manifests = new Map<string, Buffer>();
    return listen(async (request, response, state) => {
        const url = new URL(request.url ?? "", "http://x");
        const digest = url.searchParams.get("digest");
        const reference = url.pathname.split("/").at(-1) ?? "";
        if (request.method === "POST") {
            response.writeHead(202, { location: `${url.pathname}1` }).end();
        } else if (request.method === "PUT" && digest !== null) {
            await beforeReading?.(state);
            const actual = await receive(request, state);
            state.received.add(actual);
            response.writeHead(actual === digest ? 201 : 400).end();
        } else if (request.method === "PUT") {
            const bytes = Buffer.concat((await request.toArray()) as Buffer[]);
            manifests.set(reference, bytes).set(digestOf(bytes), bytes);
            response.writeHead(201, { "docker-content-digest": digestOf(bytes) }).end();
        } else if (manifests.has(reference)) {
            const bytes = manifests.get(reference) as Buffer;
            const headers = { "content-type": `${TYPES}.manifest.v1+json`, "docker-content-digest": digestOf(bytes) };
            response.writeHead(200, { ...headers, "content-length": bytes.length });
            response.end(request.method === "HEAD" ? undefined : bytes);
        } else {
            refuse(response);
        }
    });
}

async function receive(request: IncomingMessage, state: SyntheticServer): Promise<string> {
    const hash: Hash = createHash("sha256");
    for await (const chunk of request) {
        hash.update(chunk as Buffer);
        state.bytes += (chunk as Buffer).length;
    }
    return `sha256:${hash.digest("hex")}`;
}

function refuse(response: ServerResponse): void {
    const body = JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "not here" }] });
    response.writeHead(404, { "content-type": "application/json" }).end(body);
}
