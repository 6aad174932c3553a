import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { WireRequest } from "../../core/registry/http/exchange";
import { agent, send, server } from "./plain-server";

const put = (chunks: AsyncIterable<Uint8Array>, length: number): Partial<WireRequest> => ({
    method: "PUT",
    stream: false,
    headers: { "content-length": String(length) },
    body: chunks,
});

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
    for (let number = 0; number < count; number += 1) {
        yield Buffer.alloc(size, number);
    }
}

describe("a large body", () => {
    const created = "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n";

    it("arrives whole, and its connection serves the next", async () => {
        const state = await server((socket) => socket.write(created), true);
        const { one, made } = agent();
        for (let round = 0; round < 2; round += 1) {
            const { status } = await send(one, state.origin, put(pieces(40, 100_000), 4_000_000));
            expect(status).toBe(201);
        }
        expect([state.body, state.connections, made.length]).toEqual([8_000_000, 1, 0]);
    });

    it.each([
        ["shorter", 3, 400],
        ["longer", 5, 400],
    ])("that is %s than its length fails", async (_title, count, length) => {
        const { origin } = await server(() => undefined);
        await expect(send(agent().one, origin, put(pieces(count, 100), length))).rejects.toMatchObject({
            code: "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
        });
    });

    it("fails when the server takes no more of it, however long its answer might have taken", async () => {
        const { origin } = await server((socket) => socket.pause());
        const { one } = agent();
        const more = { ...put(pieces(400, 100_000), 40_000_000), headersTimeout: 60_000, bodyTimeout: 200 };
        await expect(send(one, origin, more)).rejects.toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT" });
    });

    it("may wait for its answer longer than for its bytes to be taken", async () => {
        const { origin } = await server((socket) => void setTimeout(() => socket.write(created), 600));
        const { one } = agent();
        const more = { ...put(pieces(4, 1000), 4000), headersTimeout: 60_000, bodyTimeout: 200 };
        expect((await send(one, origin, more)).status).toBe(201);
    });

    it("fails with what its source threw", async () => {
        const { origin } = await server(() => undefined);
        const broken = (async function* () {
            yield Buffer.alloc(10);
            throw new Error("the source broke");
        })();
        await expect(send(agent().one, origin, put(broken, 100))).rejects.toThrow("the source broke");
    });

    it("is not read any further once it was answered, and its source is left", async () => {
        let left = false;
        let given = 0;
        const { origin } = await server((socket) => {
            socket.pause();
            socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
        });
        const endless = (async function* () {
            try {
                for (;;) {
                    given += 1;
                    yield Buffer.alloc(100_000);
                }
            } finally {
                left = true;
            }
        })();
        expect((await send(agent().one, origin, put(endless, 1e9))).status).toBe(413);
        await expect.poll(() => left).toBe(true);
        expect(given).toBeLessThan(200);
    });

    it("fails where the other side takes no more of it, and waits for a source that is slow", async () => {
        const { origin } = await server((socket, _head, number) =>
            number === 1 ? socket.write(created) : socket.pause(),
        );
        const { one } = agent();
        const slow = (async function* () {
            yield Buffer.alloc(10);
            await pause(200);
            yield Buffer.alloc(10);
        })();
        expect((await send(one, origin, { ...put(slow, 20), headersTimeout: 60 })).status).toBe(201);
        const stalled = send(one, origin, { ...put(pieces(1000, 100_000), 1e8), headersTimeout: 100 });
        await expect(stalled).rejects.toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT" });
    });
});
