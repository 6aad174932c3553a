import { describe, expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import { type OpenSource, RegistryError } from "../../core/registry";
import { bytesOf, clientOf, registryError, scripted } from "./scripted-server";
import { uploadServer } from "./upload-server";

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
const BLOB = { digest: digestOf(BYTES), size: BYTES.length };

/** A source in pieces of 64 bytes that tells where it was opened. */
function source(bytes = BYTES): { open: OpenSource; opened: number[] } {
    const opened: number[] = [];
    return {
        opened,
        open: async (offset) => {
            opened.push(offset);
            const pieces: Uint8Array[] = [];
            for (let at = offset; at < bytes.length; at += 64) {
                pieces.push(bytes.subarray(at, at + 64));
            }
            return bytesOf(...pieces);
        },
    };
}

const broken = (): RegistryError =>
    new RegistryError("NETWORK_ERROR", "broke off", { host: "source", method: "GET", url: "https://source/" });

describe("a blob in one request", () => {
    it.each([
        ["a relative Location with a query", undefined],
        ["an absolute Location", (origin: string, id: number) => `${origin}/v2/a/b/blobs/uploads/${id}`],
        ["a Location relative to the request", (_origin: string, id: number) => `${id}?_state=x%2Fy`],
    ])("goes up by POST and PUT, with %s", async (_title, location) => {
        const { server, blobs, log } = await uploadServer({ location });
        const client = clientOf(server);
        expect(await client.uploadBlob("a/b", BLOB, source().open)).toBe("uploaded");
        expect(blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true);
        expect(log).toEqual(["POST 0", "PUT 1000"]);
        expect(server.seen[1]?.url).toContain(`digest=${encodeURIComponent(BLOB.digest)}`);
        expect(client.stats.bytesSent).toBe(1000);
    });

    it("may be empty", async () => {
        const { server, blobs, log } = await uploadServer();
        const digest = digestOf(Buffer.alloc(0));
        await clientOf(server).uploadBlob("a/b", { digest, size: 0 }, source(Buffer.alloc(0)).open);
        expect(blobs.has(digest)).toBe(true);
        expect(log).toEqual(["POST 0", "PUT 0"]);
    });

    it("starts anew, with a new session, where the connection broke or the registry failed", async () => {
        let faults = 2;
        const { server, blobs, log } = await uploadServer({
            intercept: (request, response) => {
                if (request.method !== "PUT" || faults === 0) {
                    return false;
                }
                faults -= 1;
                faults === 1 ? response.socket?.destroy() : response.writeHead(503).end();
                return true;
            },
        });
        const from = source();
        await clientOf(server).uploadBlob("a/b", BLOB, from.open);
        expect(blobs.has(BLOB.digest)).toBe(true);
        const asked = ["POST 0", "PUT 1000", "GET 0"];
        expect(log).toEqual([...asked, ...asked, "POST 0", "PUT 1000"]);
        expect(from.opened).toEqual([0, 0, 0]);
    });

    it("goes on where a source broke off, without a further request", async () => {
        const { server, blobs, log } = await uploadServer();
        const opened: number[] = [];
        await clientOf(server).uploadBlob("a/b", BLOB, async (offset) => {
            opened.push(offset);
            return (async function* () {
                yield BYTES.subarray(offset, offset + 300);
                if (offset + 300 < BYTES.length) {
                    throw broken();
                }
            })();
        });
        expect(opened).toEqual([0, 300, 600, 900]);
        expect(blobs.has(BLOB.digest)).toBe(true);
        expect(log).toEqual(["POST 0", "PUT 1000"]);
    });

    it.each([
        ["fails for good", async () => failing(new Error("disk is gone")), "disk is gone"],
        ["cannot be opened", async () => Promise.reject(new Error("no such file")), "no such file"],
        ["breaks off again and again", async () => failing(broken()), "broke off"],
    ] as [string, OpenSource, string][])(
        "is not pushed from a source that %s, whose own error is thrown",
        async (_title, open, message) => {
            const { server, blobs } = await uploadServer();
            await expect(clientOf(server).uploadBlob("a/b", BLOB, open)).rejects.toThrow(message);
            expect(blobs.size).toBe(0);
        },
    );

    it.each([
        ["fewer", BYTES.subarray(0, 500), "gave only 500 of its 1000 bytes"],
        ["more", Buffer.concat([BYTES, BYTES]), "gave more of its 1000 bytes"],
    ])("is not pushed from a source that gives %s bytes", async (_title, bytes, message) => {
        const { server, blobs } = await uploadServer();
        await expect(clientOf(server).uploadBlob("a/b", BLOB, source(bytes).open)).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
            message: expect.stringContaining(message),
        });
        expect(blobs.size).toBe(0);
    });

    it("is not finished when its source says at its end that the digest was wrong", async () => {
        const { server, blobs } = await uploadServer({ intercept: () => false });
        const open: OpenSource = async () =>
            (async function* () {
                yield BYTES;
                throw new RegistryError("DIGEST_MISMATCH", "wrong at the source", {
                    host: "s",
                    method: "GET",
                    url: "",
                });
            })();
        await expect(clientOf(server).uploadBlob("a/b", BLOB, open)).rejects.toThrow("wrong at the source");
        expect(blobs.size).toBe(0);
    });

    it("of other bytes than its digest says is refused by the registry", async () => {
        const { server } = await uploadServer();
        const wrong = Buffer.alloc(1000, 1);
        await expect(clientOf(server).uploadBlob("a/b", BLOB, source(wrong).open)).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
            registryCode: "DIGEST_INVALID",
        });
    });

    it("without a Location is a protocol error", async () => {
        const server = await scripted((_request, response) => void response.writeHead(202).end());
        await expect(clientOf(server).uploadBlob("a/b", BLOB, source().open)).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            message: expect.stringContaining("Location"),
        });
    });

    it("goes to another host without Authorization where the Location leads there", async () => {
        const store = await scripted((_request, response) => void response.writeHead(201).end());
        const server = await scripted((request, response) => {
            if (request.headers.authorization === undefined) {
                response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
                return;
            }
            response.writeHead(202, { location: `${store.origin}/put?sig=1` }).end();
        });
        const me = { from: "config", key: "me" } as const;
        const client = clientOf(
            server,
            { credentials: { pull: me, push: me } },
            { credentials: { me: { username: "u", password: "pppp" } } },
        );
        await client.uploadBlob("a/b", BLOB, source().open);
        expect(store.seen[0]?.headers.authorization).toBeUndefined();
        expect(store.seen[0]?.url).toBe(`/put?sig=1&digest=${encodeURIComponent(BLOB.digest)}`);
        expect(store.seen[0]?.body.equals(BYTES)).toBe(true);
    });
});

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
    yield* [];
    throw error;
}

describe("a blob in chunks", () => {
    it("goes up by POST, PATCHes with Content-Range, and PUT", async () => {
        const { server, blobs, log } = await uploadServer();
        const from = source();
        await clientOf(server).uploadBlob("a/b", BLOB, from.open, { chunkBytes: 400 });
        expect(blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true);
        expect(log).toEqual(["POST 0", "PATCH 0-399", "PATCH 400-799", "PATCH 800-999", "PUT 0"]);
        expect(from.opened).toEqual([0]);
    });

    it("keeps the registry's own minimum", async () => {
        const { server, blobs, log } = await uploadServer({ minChunk: 600 });
        await clientOf(server).uploadBlob("a/b", BLOB, source().open, { chunkBytes: 100 });
        expect(blobs.has(BLOB.digest)).toBe(true);
        expect(log).toEqual(["POST 0", "PATCH 0-599", "PATCH 600-999", "PUT 0"]);
    });

    it("is one request where it is no larger than a chunk", async () => {
        const { server, log } = await uploadServer();
        await clientOf(server).uploadBlob("a/b", BLOB, source().open, { chunkBytes: 1000 });
        expect(log).toEqual(["POST 0", "PUT 1000"]);
    });

    it("is one request at ghcr, which refuses chunks", async () => {
        const { server, log } = await uploadServer();
        await clientOf(server, { kind: "ghcr" }).uploadBlob("a/b", BLOB, source().open, { chunkBytes: 100 });
        expect(log).toEqual(["POST 0", "PUT 1000"]);
    });

    it("goes on where the registry stands after a fault", async () => {
        const { server, blobs, log } = await uploadServer({
            intercept: (request, response, count) => {
                if (request.method === "PATCH" && count === 3) {
                    response.socket?.destroy();
                    return true;
                }
                return false;
            },
        });
        const from = source();
        await clientOf(server).uploadBlob("a/b", BLOB, from.open, { chunkBytes: 400 });
        expect(blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true);
        expect(log).toEqual([
            "POST 0",
            "PATCH 0-399",
            "PATCH 400-799",
            "GET 0",
            "PATCH 400-799",
            "PATCH 800-999",
            "PUT 0",
        ]);
        expect(from.opened).toEqual([0, 400]);
    });

    it("starts anew where the session was lost", async () => {
        const { server, blobs } = await uploadServer({
            intercept: (_request, response, count) => {
                if (count === 3) {
                    registryError(response, 404, "BLOB_UPLOAD_UNKNOWN");
                    return true;
                }
                return false;
            },
        });
        await clientOf(server).uploadBlob("a/b", BLOB, source().open, { chunkBytes: 400 });
        expect(blobs.has(BLOB.digest)).toBe(true);
    });

    it("ends where the registry keeps nothing of what it takes", async () => {
        const { server } = await uploadServer({
            intercept: (request, response) => {
                if (request.method !== "PATCH") {
                    return false;
                }
                response.writeHead(202, { location: "/v2/a/b/blobs/uploads/1", range: "0-0" }).end();
                return true;
            },
        });
        await expect(
            clientOf(server).uploadBlob("a/b", BLOB, source().open, { chunkBytes: 400 }),
        ).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            message: expect.stringContaining("keeps none of them"),
        });
    });

    it("is what a proxy gets that finds the whole too large", async () => {
        const size = 17 * 1024 * 1024;
        const big = Buffer.alloc(size, 7);
        const { server, blobs, log } = await uploadServer({
            intercept: (request, response) => {
                if (request.method !== "PUT" || request.body.length === 0) {
                    return false;
                }
                response.writeHead(413).end();
                return true;
            },
        });
        await clientOf(server).uploadBlob("a/b", { digest: digestOf(big), size }, async (offset) =>
            bytesOf(big.subarray(offset)),
        );
        expect(blobs.size).toBe(1);
        expect(log.map((line) => line.split(" ")[0])).toEqual(["POST", "PUT", "POST", "PATCH", "PATCH", "PUT"]);
    });
});

describe("a mount", () => {
    it("is one request and no bytes", async () => {
        const { server, log } = await uploadServer({ mountable: ["a/from"] });
        const from = source();
        expect(await clientOf(server).uploadBlob("a/b", BLOB, from.open, { mountFrom: ["a/from"] })).toBe("mounted");
        expect(server.seen[0]?.url).toBe(
            `/v2/a/b/blobs/uploads/?mount=${encodeURIComponent(BLOB.digest)}&from=a%2Ffrom`,
        );
        expect(log).toEqual(["POST 0"]);
        expect(from.opened).toEqual([]);
    });

    it("that is refused goes on with the session that was opened", async () => {
        const { server, blobs, log } = await uploadServer();
        expect(await clientOf(server).uploadBlob("a/b", BLOB, source().open, { mountFrom: ["a/from"] })).toBe(
            "uploaded",
        );
        expect(blobs.has(BLOB.digest)).toBe(true);
        expect(log).toEqual(["POST 0", "PUT 1000"]);
    });

    it("tries the candidates in their order", async () => {
        const { server, log } = await uploadServer({ mountable: ["a/two"] });
        expect(await clientOf(server).uploadBlob("a/b", BLOB, source().open, { mountFrom: ["a/one", "a/two"] })).toBe(
            "mounted",
        );
        expect(log).toEqual(["POST 0", "POST 0"]);
    });

    it("from what we may not read is an upload", async () => {
        const { server, blobs } = await uploadServer({
            intercept: (request, response) => {
                if (!request.url.includes("from=")) {
                    return false;
                }
                registryError(response, 403, "DENIED");
                return true;
            },
        });
        expect(await clientOf(server).uploadBlob("a/b", BLOB, source().open, { mountFrom: ["x/y"] })).toBe("uploaded");
        expect(blobs.size).toBe(1);
    });
});
