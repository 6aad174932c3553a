import { describe, expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import { clientOf, collect, json, registryError, type Seen, scripted } from "./scripted-server";

const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const DIGEST = digestOf(BYTES);
const credentials = { me: { username: "me", password: "secret-pass" } };
const byConfig = { credentials: { pull: { from: "config", key: "me" }, push: { from: "config", key: "me" } } } as const;

describe("GET of a blob", () => {
    it("streams and checks it", async () => {
        const server = await scripted((_request, response) => void response.end(BYTES));
        const client = clientOf(server);
        const blob = await client.getBlob("a/b", DIGEST);
        expect((await collect(blob.body)).equals(BYTES)).toBe(true);
        expect(client.stats.bytesReceived).toBe(BYTES.length);
    });

    it.each([
        ["other bytes", Buffer.from("other"), undefined, "has the digest"],
        [
            "fewer bytes than its descriptor says",
            BYTES.subarray(0, 1000),
            BYTES.length,
            "ends after 1000 of its 300000 bytes",
        ],
        [
            "more bytes than its descriptor says",
            Buffer.concat([BYTES, BYTES]),
            BYTES.length,
            "is longer than its 300000 bytes",
        ],
    ])("refuses %s", async (_title, body, size, expected) => {
        const server = await scripted((_request, response) => void response.end(body));
        const blob = await clientOf(server).getBlob("a/b", DIGEST, { size });
        await expect(collect(blob.body)).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
            message: expect.stringContaining(expected),
        });
    });

    it("leaves the check to who asks for that", async () => {
        const server = await scripted((_request, response) => void response.end("other"));
        const blob = await clientOf(server).getBlob("a/b", DIGEST, { verify: false });
        expect((await collect(blob.body)).toString()).toBe("other");
    });

    it("that breaks off is a network error", async () => {
        const server = await scripted((_request, response, raw) => {
            response.writeHead(200, { "content-length": BYTES.length });
            response.write(BYTES.subarray(0, 1000), () => raw.socket.destroy());
        });
        const blob = await clientOf(server).getBlob("a/b", DIGEST);
        await expect(collect(blob.body)).rejects.toMatchObject({
            code: "NETWORK_ERROR",
            message: expect.stringContaining(DIGEST),
        });
    });

    it("left before its end frees the connection", async () => {
        const server = await scripted((_request, response) => {
            response.writeHead(200);
            response.write(BYTES);
        });
        const blob = await clientOf(server).getBlob("a/b", DIGEST);
        for await (const chunk of blob.body) {
            expect(chunk.length).toBeGreaterThan(0);
            break;
        }
        await server.close();
    });

    it("holds a fast server back for a slow reader, and loses nothing", async () => {
        const big = Buffer.alloc(8 * 1024 * 1024, "x");
        const server = await scripted((_request, response) => void response.end(big));
        const blob = await clientOf(server).getBlob("a/b", digestOf(big));
        let size = 0;
        for await (const chunk of blob.body) {
            size += chunk.length;
            if (size < 1_000_000) {
                await new Promise((resolve) => setTimeout(resolve, 5));
            }
        }
        expect(size).toBe(big.length);
    });

    it("of a part asks for that part", async () => {
        const server = await scripted((request, response) => {
            const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
            const part = BYTES.subarray(Number(start), end ? Number(end) + 1 : undefined);
            response.writeHead(206, {
                "content-range": `bytes ${start}-${Number(start) + part.length - 1}/${BYTES.length}`,
                "content-length": part.length,
            });
            response.end(part);
        });
        const client = clientOf(server);
        const part = await client.getBlob("a/b", DIGEST, { range: { start: 10, end: 19 } });
        expect(part.size).toBe(10);
        expect(await collect(part.body)).toEqual(BYTES.subarray(10, 20));
        const rest = await client.getBlob("a/b", DIGEST, { range: { start: 299_990 } });
        expect(await collect(rest.body)).toEqual(BYTES.subarray(299_990));
    });

    it.each([
        [{ start: 250_000 }, BYTES.subarray(250_000)],
        [{ start: 100, end: 99_999 }, BYTES.subarray(100, 100_000)],
    ])("of the part %j from a registry that gives everything is that part", async (range, expected) => {
        const server = await scripted((_request, response) => void response.end(BYTES));
        const part = await clientOf(server).getBlob("a/b", DIGEST, { range });
        expect(part.size).toBe(expected.length);
        expect((await collect(part.body)).equals(expected)).toBe(true);
    });

    it("of a part refuses another part", async () => {
        const server = await scripted((_request, response) => {
            response.writeHead(206, { "content-range": "bytes 0-9/100" }).end("0123456789");
        });
        await expect(clientOf(server).getBlob("a/b", DIGEST, { range: { start: 5 } })).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
        });
    });

    it("that is missing is BLOB_UNKNOWN, and a HEAD of it undefined", async () => {
        const server = await scripted((request, response) =>
            request.method === "HEAD" ? response.writeHead(404).end() : registryError(response, 404, "BLOB_UNKNOWN"),
        );
        const client = clientOf(server);
        await expect(client.getBlob("a/b", DIGEST)).rejects.toMatchObject({ code: "BLOB_UNKNOWN", status: 404 });
        expect(await client.headBlob("a/b", DIGEST)).toBeUndefined();
    });

    it("by HEAD tells its size", async () => {
        const server = await scripted(
            (_request, response) => void response.writeHead(200, { "content-length": "7" }).end(),
        );
        expect(await clientOf(server).headBlob("a/b", DIGEST)).toEqual({ size: 7 });
    });
});

describe("a redirect to another host", () => {
    async function withStore(location: (store: string) => string, storeAnswer?: (request: Seen) => number) {
        const store = await scripted((request, response) => {
            const status = storeAnswer?.(request) ?? 200;
            response.writeHead(status).end(status === 200 ? BYTES : "<Error><Code>AccessDenied</Code></Error>");
        });
        const registry = await scripted((request, response) => {
            if (request.headers.authorization === undefined) {
                response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
                return;
            }
            response.writeHead(307, { location: location(store.origin) }).end();
        });
        return { registry, store };
    }

    it("is followed without any Authorization", async () => {
        const { registry, store } = await withStore((origin) => `${origin}/data?X-Amz-Signature=topsecret`);
        const client = clientOf(registry, byConfig, { credentials });
        const blob = await client.getBlob("a/b", DIGEST);
        expect((await collect(blob.body)).equals(BYTES)).toBe(true);
        expect(registry.seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
        expect(store.seen).toHaveLength(1);
        expect(store.seen[0]?.headers.authorization).toBeUndefined();
        expect(store.seen[0]?.headers.cookie).toBeUndefined();
        expect(store.seen[0]?.url).toBe("/data?X-Amz-Signature=topsecret");
        expect(client.stats).toMatchObject({ requests: 3, redirects: 1 });
    });

    it("keeps the Range", async () => {
        const { registry, store } = await withStore((origin) => `${origin}/data`);
        const part = await clientOf(registry, byConfig, { credentials }).getBlob("a/b", DIGEST, {
            range: { start: 1, end: 2 },
        });
        expect(await collect(part.body)).toEqual(BYTES.subarray(1, 3));
        expect(store.seen[0]?.headers.range).toBe("bytes=1-2");
    });

    it("to an address that has run out is asked for anew, and never shown", async () => {
        let left = 1;
        const { registry, store } = await withStore(
            (origin) => `${origin}/data?sig=topsecret`,
            () => (left-- > 0 ? 403 : 200),
        );
        const blob = await clientOf(registry, byConfig, { credentials }).getBlob("a/b", DIGEST);
        expect((await collect(blob.body)).equals(BYTES)).toBe(true);
        expect(store.seen).toHaveLength(2);

        const refused = await withStore(
            (origin) => `${origin}/data?sig=topsecret`,
            () => 400,
        );
        const error = await clientOf(refused.registry, byConfig, { credentials })
            .getBlob("a/b", DIGEST)
            .catch((reason: Error) => reason);
        expect(error).toMatchObject({ code: "PROTOCOL_ERROR", url: expect.stringContaining("sig=REDACTED") });
        expect(`${(error as Error).message}${JSON.stringify(error)}`).not.toMatch(/topsecret|secret-pass/);
    });

    it.each([
        ["in a circle", (origin: string) => `${origin}/v2/a/b/blobs/${DIGEST}?again`],
        ["to itself", (origin: string) => `${origin}/v2/a/b/blobs/${DIGEST}`],
        ["to no web address", () => "file:///etc/passwd"],
    ])("%s ends", async (_title, location) => {
        let origin = "";
        const server = await scripted(
            (_request, response) => void response.writeHead(307, { location: location(origin) }).end(),
        );
        origin = server.origin;
        await expect(clientOf(server).getBlob("a/b", DIGEST)).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            status: 307,
        });
        expect(server.seen.length).toBeLessThan(12);
    });

    it("of a manifest is followed too, without Authorization", async () => {
        const manifest = Buffer.from("{}");
        const other = await scripted(
            (_request, response) =>
                void response.writeHead(200, { "docker-content-digest": digestOf(manifest) }).end(manifest),
        );
        const server = await scripted(
            (_request, response) =>
                void response.writeHead(302, { location: `${other.origin}/v2/a/b/manifests/1` }).end(),
        );
        expect((await clientOf(server).getManifest("a/b", "1")).digest).toBe(digestOf(manifest));
        expect(other.seen[0]?.headers.authorization).toBeUndefined();
    });

    it("that wants to know us learns nothing", async () => {
        const other = await scripted((_request, response) => {
            response.setHeader("www-authenticate", "Basic realm=give-me");
            json(response, 401, {});
        });
        const server = await scripted(
            (_request, response) => void response.writeHead(307, { location: other.origin }).end(),
        );
        await expect(clientOf(server, byConfig, { credentials }).getBlob("a/b", DIGEST)).rejects.toMatchObject({
            code: "UNAUTHORIZED",
        });
        expect(other.seen.map((one) => one.headers.authorization)).toEqual([undefined]);
    });
});
