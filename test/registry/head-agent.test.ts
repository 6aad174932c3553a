import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Agent, buildConnector } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { AbortHub } from "../../core/registry/http/abort-hub";
import { exchange } from "../../core/registry/http/exchange";
import { HeadAgent } from "../../core/registry/http/head-agent";

const undo: (() => unknown)[] = [];

afterEach(async () => {
    for (const task of undo.splice(0).reverse()) {
        await task();
    }
});

type Answer = (socket: Socket, request: string, number: number) => void;

/** A server of plain TCP, which answers as it is told; one entry in `requests` for each head it received. */
async function server(answer: Answer) {
    const requests: string[] = [];
    const sockets = new Set<Socket>();
    const listener = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => sockets.delete(socket));
        let received = "";
        socket.on("data", (chunk) => {
            received += chunk.toString("latin1");
            for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
                requests.push(received.slice(0, end));
                received = received.slice(end + 4);
                answer(socket, requests.at(-1) ?? "", requests.length);
            }
        });
    });
    let connections = 0;
    listener.on("connection", () => {
        connections += 1;
    });
    await once(listener.listen(0, "127.0.0.1"), "listening");
    undo.push(() => {
        for (const socket of sockets) {
            socket.destroy();
        }
        listener.close();
    });
    const origin = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    return { origin, requests, sockets, connections: () => connections };
}

function agent() {
    const connect = buildConnector({ timeout: 1000 });
    const made: Agent[] = [];
    const one = new HeadAgent(connect, () => {
        made.push(new Agent({ connect }));
        return made.at(-1) as Agent;
    });
    undo.push(() => one.destroy());
    return { agent: one, agents: made };
}

const hub = new AbortHub();

function head(one: HeadAgent, origin: string, more: object = {}, path = "/v2/a/manifests/1", over = hub) {
    const request = { origin, path, method: "HEAD", headers: { accept: "x" }, headersTimeout: 500, bodyTimeout: 500 };
    return exchange(one, { ...request, stream: false, lend: false, maxBody: 1000, ...more }, over);
}

const ok = (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 7\r\n\r\n");

describe("HEADs over connections of their own", () => {
    it("are sent one after the other over one connection, without undici's agent", async () => {
        const { origin, requests, connections } = await server(ok);
        const { agent: one, agents } = agent();
        for (const path of ["/v2/a", "/v2/b", "/v2/c"]) {
            expect(await head(one, origin, {}, path)).toMatchObject({ status: 200, headers: { "x-a": "1" } });
        }
        expect(requests.map((text) => text.split("\r\n"))).toEqual(
            ["/v2/a", "/v2/b", "/v2/c"].map((path) => [
                `HEAD ${path} HTTP/1.1`,
                `host: ${origin.slice("http://".length)}`,
                "connection: keep-alive",
                "accept: x",
            ]),
        );
        expect([connections(), agents.length]).toEqual([1, 0]);
    });

    it("get a connection each while they are under way together", async () => {
        const waiting: Socket[] = [];
        const { origin, connections } = await server((socket) => {
            waiting.push(socket);
            if (waiting.length === 5) {
                waiting.forEach(ok);
            }
        });
        const { agent: one } = agent();
        const answers = await Promise.all(Array.from({ length: 5 }, () => head(one, origin)));
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
        expect(connections()).toBe(5);
    });

    it("leave every other method to undici's agent", async () => {
        const { origin, requests } = await server((socket) =>
            socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"),
        );
        const { agent: one, agents } = agent();
        const { body } = await head(one, origin, { method: "GET" });
        expect([body.toString(), requests[0]?.split("\r\n")[0], agents.length]).toEqual([
            "hi",
            "GET /v2/a/manifests/1 HTTP/1.1",
            1,
        ]);
    });

    it("read an answer that comes in pieces, and skip what comes before it", async () => {
        const { origin } = await server(async (socket) => {
            const text =
                "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n";
            for (let at = 0; at < text.length; at += 10) {
                socket.write(text.slice(at, at + 10));
                await pause(1);
            }
        });
        const { agent: one } = agent();
        expect((await head(one, origin)).status).toBe(404);
    });

    it.each([
        ["says that it closes", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"],
        ["sends a body, which a HEAD has not", "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{a: 12}"],
        ["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n"],
        ["keeps connections for a second only", "HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\n\r\n"],
    ])("never use a connection again whose server %s", async (_, text) => {
        const { origin, connections } = await server((socket) => void socket.write(text));
        const { agent: one } = agent();
        expect((await head(one, origin)).status).toBe(200);
        expect((await head(one, origin)).status).toBe(200);
        expect(connections()).toBe(2);
    });

    it("take a new connection where the server has closed the old one", async () => {
        const { origin, sockets, connections } = await server(ok);
        const { agent: one } = agent();
        await head(one, origin);
        for (const socket of sockets) {
            socket.end();
        }
        await pause(20);
        expect((await head(one, origin)).status).toBe(200);
        expect(connections()).toBe(2);
    });

    it("do not take for an answer what comes before the question", async () => {
        const { origin, sockets, connections } = await server(ok);
        const { agent: one } = agent();
        await head(one, origin);
        for (const socket of sockets) {
            socket.write("HTTP/1.1 500 Nobody asked\r\n\r\n");
        }
        await pause(20);
        expect((await head(one, origin)).status).toBe(200);
        expect(connections()).toBe(2);
    });

    it.each<[string, Answer, string]>([
        ["hangs up", (socket) => void socket.end(), "UND_ERR_SOCKET"],
        ["breaks off in the middle", (socket) => void socket.end("HTTP/1.1 200 OK\r\nx-a:"), "UND_ERR_SOCKET"],
        ["resets the connection", (socket) => void socket.resetAndDestroy(), "ECONNRESET"],
        ["says nothing", () => {}, "UND_ERR_HEADERS_TIMEOUT"],
        ["speaks no HTTP", (socket) => void socket.write("220 mail ESMTP\r\n"), "HPE_INVALID_CONSTANT"],
        [
            "changes the protocol",
            (socket) => void socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
            "HPE_INVALID_STATUS",
        ],
    ])("fail where the server %s", async (_, answer, code) => {
        const { origin } = await server(answer);
        const { agent: one } = agent();
        await expect(head(one, origin, { headersTimeout: 100 })).rejects.toMatchObject({ code });
    });

    it("fail where nothing listens", async () => {
        const { origin, ...closed } = await server(ok);
        expect(closed.connections()).toBe(0);
        for (const task of undo.splice(0)) {
            await task();
        }
        const { agent: one } = agent();
        await expect(head(one, origin)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    });

    it.each([
        ["a path", "/v2/a HTTP/1.1\r\nx: y", {}],
        ["a path", "/v2/a b", {}],
        ["a header", "/v2/a", { headers: { authorization: "Bearer x\r\nhost: other" } }],
    ])("are not sent with %s that would be two things: %j", async (_, path, more) => {
        const { origin, requests } = await server(ok);
        const { agent: one } = agent();
        await expect(head(one, origin, more, path)).rejects.toMatchObject({ code: "UND_ERR_INVALID_ARG" });
        expect(requests).toEqual([]);
    });

    it("end with the caller's signal, those under way and those that were not yet connected", async () => {
        const { origin, sockets } = await server(() => {});
        const { agent: one } = agent();
        const abort = new AbortController();
        const over = new AbortHub(abort.signal);
        const first = head(one, origin, {}, "/v2/a", over);
        await pause(50);
        const second = head(one, origin, {}, "/v2/b", over);
        abort.abort(new Error("enough"));
        const reason = { cause: expect.objectContaining({ message: "enough" }) };
        await expect(first).rejects.toMatchObject(reason);
        await expect(second).rejects.toMatchObject(reason);
        await pause(50);
        expect(sockets.size).toBeLessThanOrEqual(1);
    });

    it("fail when the agent is destroyed, and its connections end", async () => {
        const { origin, sockets } = await server(() => {});
        const { agent: one } = agent();
        const under = head(one, origin);
        await pause(50);
        await Promise.all([expect(under).rejects.toMatchObject({ code: "UND_ERR_DESTROYED" }), one.destroy()]);
        await pause(20);
        expect(sockets.size).toBe(0);
        await expect(head(one, origin)).rejects.toMatchObject({ code: "UND_ERR_DESTROYED" });
    });
});
