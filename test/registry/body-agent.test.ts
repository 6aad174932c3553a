import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AbortHub } from "../../core/registry/http/abort-hub";
import type { BodyStream } from "../../core/registry/http/body-stream";
import { giveBack } from "../../core/registry/http/lent-buffers";
import { agent, read, send, server } from "./plain-server";

const CONTENT = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7 + (index >> 9)) & 255));
const whole = (socket: Socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${CONTENT.length}\r\n\r\n`);
    socket.write(CONTENT);
};

describe("a large answer", () => {
    it.each([false, true])("comes whole, one after the other over one connection (lent: %s)", async (lend) => {
        const state = await server(whole);
        const { one, made } = agent();
        for (let round = 0; round < 3; round += 1) {
            const { status, stream } = await send(one, state.origin, { lend });
            const seen: Buffer[] = [];
            for await (const piece of stream as BodyStream) {
                seen.push(Buffer.from(piece));
                giveBack(piece);
            }
            expect([status, Buffer.concat(seen).equals(CONTENT)]).toEqual([200, true]);
        }
        expect([state.connections, state.heads.length, made.length]).toEqual([1, 3, 0]);
    });

    it("keeps its bytes for whoever keeps its pieces, while others are read", async () => {
        const { origin } = await server(whole);
        const { one } = agent();
        const [first, second] = await Promise.all([send(one, origin), send(one, origin, { lend: true })]);
        const kept = await read(first.stream);
        const lent = await read(second.stream);
        expect([kept.equals(CONTENT), lent.equals(CONTENT)]).toEqual([true, true]);
    });

    it.each([1, 7, 1000])("is put together from chunks that arrive in pieces of %i bytes", async (size) => {
        const text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nx: y\r\n\r\n";
        const { origin, heads } = await server(async (socket) => {
            for (let at = 0; at < text.length; at += size) {
                socket.write(text.slice(at, at + size));
                await pause(0);
            }
        });
        const { one } = agent();
        for (let round = 0; round < 2; round += 1) {
            expect(String(await read((await send(one, origin)).stream))).toBe("hello world");
        }
        expect(heads.length).toBe(2);
    });

    it("ends with its connection where it tells no length", async () => {
        const { origin } = await server((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nall there is"));
        expect(String(await read((await send(agent().one, origin)).stream))).toBe("all there is");
    });

    it.each([
        ["is cut off", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", { code: "UND_ERR_SOCKET" }],
        ["has two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ncontent-length: 8\r\n\r\n", { code: /HPE_/ }],
        [
            "is cut off in chunks",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nshort",
            { code: "UND_ERR_SOCKET" },
        ],
        ["has a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", { code: /HPE_/ }],
        ["is no HTTP", "220 ready\r\n\r\n", { code: /HPE_/ }],
    ])("fails where it %s", async (_title, text, { code }) => {
        const { origin } = await server((socket) => socket.end(text));
        const failure = await send(agent().one, origin)
            .then(({ stream }) => read(stream))
            .then(String, (error: { code: string }) => error.code);
        expect(failure).toMatch(code);
    });

    it("fails where it falls silent, and not where its reader is slow", async () => {
        const { origin } = await server((socket, _head, number) =>
            number === 1 ? whole(socket) : socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"),
        );
        const { one } = agent();
        const slow = await send(one, origin, { bodyTimeout: 60 });
        await pause(200);
        expect((await read(slow.stream)).equals(CONTENT)).toBe(true);
        const { stream } = await send(one, origin, { bodyTimeout: 60 });
        await expect(read(stream)).rejects.toMatchObject({ code: "UND_ERR_BODY_TIMEOUT" });
    });

    it("is held back while nobody reads it", async () => {
        let written = 0;
        const { origin } = await server((socket) => {
            socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
            const more = (): void => {
                written += 65_536;
                socket.write(Buffer.alloc(65_536), () => setImmediate(more));
            };
            more();
        });
        const { stream } = await send(agent().one, origin);
        await pause(300);
        const before = written;
        await pause(200);
        // The system's own buffers hold some megabytes.
        expect([written - before, written < 64_000_000]).toEqual([0, true]);
        await stream?.return();
    });

    it("that nobody wants ends its connection, and whoever waits for its next piece hears it", async () => {
        const { origin, sockets } = await server((socket) =>
            socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
        );
        const { stream } = await send(agent().one, origin);
        const next = stream?.next();
        await stream?.return();
        expect(await next).toEqual({ done: true, value: undefined });
        await pause(50);
        expect([...sockets].every((socket) => socket.destroyed || socket.readableEnded)).toBe(true);
    });

    it("ends at once with the caller's signal", async () => {
        const { origin } = await server((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"));
        const controller = new AbortController();
        const { stream } = await send(agent().one, origin, {}, new AbortHub(controller.signal));
        const reading = read(stream);
        controller.abort(new Error("enough"));
        await expect(reading).rejects.toThrow("aborted");
    });
});

it("whatever is small goes through undici's agent", async () => {
    const { origin } = await server((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"));
    const { one, made } = agent();
    expect(String((await send(one, origin, { stream: false })).body)).toBe("hi");
    expect(made.length).toBe(1);
});
