import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ForwardProxy } from "../../bench/servers/forward-proxy";

const MIB = 1024 * 1024;

/** Answers each byte `a` with one byte at once, and `b` with 8 MiB. */
function start(): Promise<Server> {
    const server = createServer({ noDelay: true }, (socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (bytes) => {
            for (const byte of bytes) {
                socket.write(byte === 97 ? "a" : Buffer.alloc(8 * MIB));
            }
        });
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Sends and waits for that many bytes; milliseconds from before the connection was asked for. */
function exchange(host: string, sent: string, wanted: number): Promise<number> {
    const began = performance.now();
    const [address = "", port = ""] = host.split(":");
    return new Promise((resolve, reject) => {
        let got = 0;
        const socket = connect({ host: address, port: Number(port), noDelay: true }, () => socket.write(sent));
        socket.on("error", reject);
        socket.on("data", (bytes) => {
            got += bytes.length;
            if (got >= wanted) {
                socket.destroy();
                resolve(performance.now() - began);
            }
        });
    });
}

describe("The proxy that delays", () => {
    let server: Server;
    let upstream: string;
    let proxy: ForwardProxy;

    beforeEach(async () => {
        server = await start();
        upstream = `127.0.0.1:${(server.address() as AddressInfo).port}`;
        proxy = await ForwardProxy.start();
    });

    afterEach(async () => {
        await proxy.close();
        server.close();
    });

    it("lets a connection and an answer each take a round trip", async () => {
        const host = await proxy.forward(upstream, 50);
        const took = await exchange(host, "a", 1);
        expect(took).toBeGreaterThanOrEqual(195);
        expect(took).toBeLessThan(1_000);
    });

    it("lets bytes flow on meanwhile, and loses none", async () => {
        const host = await proxy.forward(upstream, 50);
        // 128 pieces of 64 KiB one after the other would take 6 seconds and more.
        expect(await exchange(host, "b", 8 * MIB)).toBeLessThan(3_000);
        expect((await proxy.passed()).fromServer).toBe(8 * MIB);
    });

    it("counts bytes in both directions, from 0 on for each server", async () => {
        await exchange(await proxy.forward(upstream, 0), "aaa", 3);
        expect(await proxy.passed()).toEqual({ toServer: 3, fromServer: 3 });
        await proxy.forward(upstream, 0);
        expect(await proxy.passed()).toEqual({ toServer: 0, fromServer: 0 });
    });
});
