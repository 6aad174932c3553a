import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Agent, buildConnector } from "undici";
import { afterEach } from "vitest";
import { AbortHub } from "../../core/registry/http/abort-hub";
import { BodyAgent } from "../../core/registry/http/body-agent";
import type { BodyStream } from "../../core/registry/http/body-stream";
import { exchange, type WireRequest } from "../../core/registry/http/exchange";

const undo: (() => unknown)[] = [];

afterEach(async () => {
    for (const task of undo.splice(0).reverse()) {
        await task();
    }
});

type Answer = (socket: Socket, head: string, number: number) => void;

/**
 * A server of plain TCP which answers each head as it is told; `body` counts the bytes that followed the heads.
 *
 * @param afterBody it answers when it has read the body
 */
export async function server(answer: Answer, afterBody = false) {
    const state = { heads: [] as string[], body: 0, connections: 0, sockets: new Set<Socket>() };
    const listener = createServer((socket) => {
        state.connections += 1;
        state.sockets.add(socket);
        socket.on("error", () => {});
        let text = "";
        let left = 0;
        socket.on("data", (chunk) => {
            text += chunk.toString("latin1");
            for (;;) {
                const taken = Math.min(left, text.length);
                left -= taken;
                state.body += taken;
                text = text.slice(taken);
                if (taken > 0 && left === 0 && afterBody) {
                    answer(socket, state.heads.at(-1) ?? "", state.heads.length);
                }
                const end = text.indexOf("\r\n\r\n");
                if (left > 0 || end < 0) {
                    return;
                }
                const head = text.slice(0, end);
                text = text.slice(end + 4);
                left = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
                state.heads.push(head);
                if (left === 0 || !afterBody) {
                    answer(socket, head, state.heads.length);
                }
            }
        });
    });
    await once(listener.listen(0, "127.0.0.1"), "listening");
    undo.push(() => {
        for (const socket of state.sockets) {
            socket.destroy();
        }
        listener.close();
    });
    return Object.assign(state, { origin: `http://127.0.0.1:${(listener.address() as AddressInfo).port}` });
}

export function agent() {
    const made: Agent[] = [];
    const one = new BodyAgent(buildConnector, { timeout: 1000 }, () => {
        made.push(new Agent());
        return made.at(-1) as Agent;
    });
    undo.push(() => one.destroy());
    return { one, made };
}

const hub = new AbortHub();

export function send(one: BodyAgent, origin: string, more: Partial<WireRequest> = {}, over = hub) {
    const timeouts = { headersTimeout: 500, bodyTimeout: 500 };
    const request = { origin, path: "/v2/a/blobs/x", method: "GET", headers: {}, maxBody: 1000, ...timeouts };
    return exchange(one, { ...request, stream: true, lend: false, ...more }, over);
}

export async function read(stream: BodyStream | undefined): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of stream as BodyStream) {
        pieces.push(piece);
    }
    return Buffer.concat(pieces);
}
