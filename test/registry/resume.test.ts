import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import type { OpenSource } from "../../core/registry";
import { startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { cuttingProxy } from "./cutting-proxy";
import { clientOf, collect, registryError } from "./scripted-server";
import { uploadServer } from "./upload-server";

const MIB = 1024 * 1024;
const SIZE = 8 * MIB;
const BYTES = randomBytes(SIZE);
const BLOB = { digest: digestOf(BYTES), size: SIZE };
/** What heads and the packets in hand when a connection broke may come to. */
const SLACK = MIB;

/** A source that tells where it was opened. How far it is read ahead is the socket's affair. */
function source(): { open: OpenSource; opened: number[] } {
    const opened: number[] = [];
    const open: OpenSource = async (offset) => {
        opened.push(offset);
        return (async function* () {
            for (let at = offset; at < SIZE; at += 65_536) {
                yield BYTES.subarray(at, Math.min(at + 65_536, SIZE));
            }
        })();
    };
    return { opened, open };
}

const wholeOf = async (client: ReturnType<typeof clientOf>): Promise<boolean> =>
    (await collect((await client.getBlob("a/b", BLOB.digest)).body)).equals(BYTES);

describe("an upload whose connection broke", () => {
    it("goes on where the registry stopped, and no byte goes twice", async () => {
        const registry = await embedded();
        const proxy = await cuttingProxy(registry, [3 * MIB]);
        const from = source();
        const client = clientOf(proxy, { kind: "distribution" });
        expect(await client.uploadBlob("a/b", BLOB, from.open)).toBe("uploaded");
        expect(await wholeOf(clientOf(registry))).toBe(true);
        expect(proxy.sent).toBeLessThan(SIZE + SLACK);
        expect(from.opened).toHaveLength(2);
        expect(from.opened[1]).toBeGreaterThan(2 * MIB);
        const asked = ["POST", "PUT", "GET", "PATCH"].map((method) =>
            registry.requests.count({ method, kind: "upload" }),
        );
        expect(asked).toEqual([1, 2, 1, 1]);
    });

    it("goes on as often as it advances, however often that is", async () => {
        const registry = await embedded();
        const proxy = await cuttingProxy(registry, [MIB, MIB, MIB, MIB, MIB, MIB, MIB]);
        const from = source();
        await clientOf(proxy, {}, { retry: { attempts: 2, baseMs: 5 } }).uploadBlob("a/b", BLOB, from.open);
        expect(await wholeOf(clientOf(registry))).toBe(true);
        expect(proxy.sent).toBeLessThan(SIZE + SLACK);
        expect(from.opened).toHaveLength(8);
    });

    it("starts anew where the registry has lost the session", async () => {
        const registry = await embedded({
            intercept: ({ method }, response, { kind }) => {
                if (method !== "GET" || kind !== "upload") {
                    return false;
                }
                registryError(response, 404, "BLOB_UPLOAD_UNKNOWN");
                return true;
            },
        });
        const proxy = await cuttingProxy(registry, [3 * MIB]);
        const from = source();
        await clientOf(proxy).uploadBlob("a/b", BLOB, from.open);
        expect(await wholeOf(clientOf(registry))).toBe(true);
        expect(from.opened).toEqual([0, 0]);
    });

    it("is not asked about at ghcr, which takes no chunks", async () => {
        const registry = await embedded();
        const proxy = await cuttingProxy(registry, [3 * MIB]);
        const from = source();
        await clientOf(proxy, { kind: "ghcr" }).uploadBlob("a/b", BLOB, from.open);
        expect(from.opened).toEqual([0, 0]);
        expect(registry.requests.count({ method: "GET", kind: "upload" })).toBe(0);
        expect(registry.requests.count({ method: "PATCH" })).toBe(0);
    });

    it("is done where the registry has the blob and only its answer was lost", async () => {
        let lost = false;
        const { server, blobs, log } = await uploadServer({
            after: (request, response) => {
                if (request.method === "PUT" && !lost) {
                    lost = true;
                    response.socket?.destroy();
                    return true;
                }
                return false;
            },
        });
        const from = source();
        await clientOf(server).uploadBlob("a/b", BLOB, from.open);
        expect(blobs.has(BLOB.digest)).toBe(true);
        expect(log).toEqual(["POST 0", `PUT ${SIZE}`, "GET 0", "HEAD 0"]);
        expect(from.opened).toEqual([0]);
    });

    it("goes on with a chunk at quay, whose status tells one byte too many", async () => {
        const { server, blobs, log } = await uploadServer({
            statusMore: 1,
            partial: 3 * MIB,
        });
        const from = source();
        await clientOf(server, { kind: "quay" }).uploadBlob("a/b", BLOB, from.open, { chunkBytes: 4 * MIB });
        expect(blobs.has(BLOB.digest)).toBe(true);
        expect(log).toEqual([
            "POST 0",
            `PATCH 0-${4 * MIB - 1}`,
            "GET 0",
            `PATCH ${3 * MIB}-${7 * MIB - 1}`,
            `PATCH ${7 * MIB}-${SIZE - 1}`,
            "PUT 0",
        ]);
    });

    it("starts anew where what the registry told of it was wrong", async () => {
        const { server, blobs, log } = await uploadServer({ statusMore: -5, lenient: true, partial: 3 * MIB });
        const from = source();
        await clientOf(server).uploadBlob("a/b", BLOB, from.open);
        expect(blobs.has(BLOB.digest)).toBe(true);
        expect(log.slice(-3)).toEqual(["PUT 0", "POST 0", `PUT ${SIZE}`]);
    });
});

describeWith(["docker-registry"], "an upload whose connection broke, at distribution 2.8", (programs) => {
    it("starts anew, since it gives up a session that took a part of a request", async () => {
        await at(programs["docker-registry"], async (registry) => {
            const proxy = await cuttingProxy(registry, [3 * MIB]);
            const from = source();
            await clientOf(proxy, { kind: "distribution" }).uploadBlob("a/b", BLOB, from.open);
            expect(await wholeOf(clientOf(registry))).toBe(true);
            expect(from.opened).toEqual([0, 0]);
        });
    });

    it("repeats a chunk, and no more, where a proxy before it had not passed that on", async () => {
        await at(programs["docker-registry"], async (registry) => {
            const proxy = await cuttingProxy(registry, [undefined, undefined, 0]);
            const from = source();
            const client = clientOf(proxy, { kind: "distribution" });
            await client.uploadBlob("a/b", BLOB, from.open, { chunkBytes: 2 * MIB });
            expect(await wholeOf(clientOf(registry))).toBe(true);
            expect(proxy.sent).toBeLessThan(SIZE + SLACK);
            expect(from.opened).toEqual([0, 4 * MIB]);
        });
    });
});

describeWith(["distribution"], "an upload whose connection broke, at distribution 3", (programs) => {
    it("goes on where it stopped, and no byte goes twice", async () => {
        await at(programs.distribution, async (registry) => {
            const proxy = await cuttingProxy(registry, [3 * MIB, 2 * MIB]);
            const from = source();
            // Asked before it has noticed the break, it tells less than it will have.
            const client = clientOf(proxy, { kind: "distribution" }, { retry: { baseMs: 200 } });
            await client.uploadBlob("a/b", BLOB, from.open);
            expect(await wholeOf(clientOf(registry))).toBe(true);
            expect(proxy.sent).toBeLessThan(SIZE + SLACK);
            expect(from.opened).toHaveLength(3);
        });
    });
});

async function at(program: string, story: (registry: { host: string }) => Promise<void>): Promise<void> {
    const registry = await startDockerRegistry(program);
    try {
        await story(registry);
    } finally {
        await registry.close();
    }
}
