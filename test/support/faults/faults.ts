import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "./fault-proxy";
import type { Bytes, ProxiedExchange } from "./proxied-exchange";

/** A digest that nothing has. */
export const NO_DIGEST = `sha256:${"0".repeat(64)}`;
/** Milliseconds between two bytes of a slow-loris answer. */
export const LORIS_MS = 20;

const SENDS_BODY = new Set(["PUT", "PATCH"]);

/** An error of the registry's own kind; the request is read, as most servers do. */
export function answers(status: number, code: string, headers: () => Record<string, string> = () => ({})): Fault {
    return async ({ request, response }) => {
        for await (const _ of request) {
            // What it holds is of no interest.
        }
        response.writeHead(status, { "content-type": "application/json", ...headers() });
        response.end(request.method === "HEAD" ? undefined : JSON.stringify({ errors: [{ code, message: "no" }] }));
    };
}

/** RST as soon as the request's head is there. */
export const resetBefore: Fault = (exchange) => exchange.reset();

/** RST in the middle: of the request's body, else of the answer's body, else of its head. */
export const resetInside: Fault = async (exchange) => {
    const half = Math.floor(exchange.requestLength / 2);
    if (SENDS_BODY.has(exchange.asked.method) && half > 0) {
        await exchange.ask({ requestBody: (body) => resetAt(exchange, body, half) });
        return;
    }
    await halfOfAnswer(exchange);
    exchange.reset();
};

/** The registry has done its work, and the answer is lost; what was asked for arrives, and then the connection goes. */
export const resetAfterwards: Fault = async (exchange) => {
    if (exchange.asked.method === "GET" || exchange.asked.method === "HEAD") {
        await exchange.forward();
        // What the kernel holds is out before the RST, which would drop it.
        await pause(5);
    } else {
        (await exchange.ask()).resume();
    }
    exchange.reset();
};

/** A connection that ends in good order in the middle of the answer's body, or of its head where it has none. */
export const truncated: Fault = async (exchange) => {
    await halfOfAnswer(exchange);
    exchange.hangUp();
};

/** Half of a body that nobody can tell from a whole one: no Content-Length, and a right end. */
export const shortened: Fault = async (exchange) => {
    let length = 0;
    await exchange.forward({
        responseHeaders: (headers) => {
            length = Number(headers["content-length"]);
            delete headers["content-length"];
        },
        responseBody: (body) => first(body, Math.floor(length / 2)),
    });
};

/** One bit is another: of what is pushed, else of what is pulled. */
export const flipped: Fault = async (exchange) => {
    if (SENDS_BODY.has(exchange.asked.method)) {
        await exchange.forward({ requestBody: (body) => flip(body, Math.floor(exchange.requestLength / 2)) });
        return;
    }
    let length = 0;
    await exchange.forward({
        responseHeaders: (headers) => {
            length = Number(headers["content-length"]);
        },
        responseBody: (body) => flip(body, Math.floor(length / 2)),
    });
};

/** Half of what is pushed arrives, and its Content-Length says that it is all. */
export const cutShort: Fault = async (exchange) => {
    const half = Math.floor(exchange.requestLength / 2);
    await exchange.forward({
        requestHeaders: (headers) => {
            headers["content-length"] = half;
        },
        requestBody: (body) => first(body, half),
    });
};

export const wrongDigest: Fault = (exchange) =>
    exchange.forward({
        responseHeaders: (headers) => {
            headers["docker-content-digest"] = NO_DIGEST;
        },
    });

/** A Content-Length of ten bytes more than there are. */
export const lengthTooLong: Fault = async (exchange) => {
    await exchange.forward({
        responseHeaders: (headers) => {
            headers["content-length"] = Number(headers["content-length"] ?? 0) + 10;
        },
    });
    if (exchange.asked.method !== "HEAD") {
        exchange.hangUp();
    }
};

/** A Content-Length of ten bytes less: they follow as if they were the next answer. */
export const lengthTooShort: Fault = async (exchange) => {
    const answer = await exchange.ask();
    const head = exchange.headText(answer, (headers) => {
        headers["content-length"] = Number(headers["content-length"] ?? 10) - 10;
    });
    await exchange.raw(head);
    for await (const chunk of answer) {
        await exchange.raw(chunk as Buffer);
    }
};

/** The upload is cancelled at the registry, which then says itself that it knows nothing of it. */
export const sessionLost: Fault = async (exchange) => {
    const noBody = { "content-length": "0" };
    const { authorization } = exchange.request.headers;
    const url = `http://${exchange.proxy.options.upstream}${exchange.asked.target}`;
    const headers = { ...noBody, ...(authorization && { authorization }) };
    await fetch(url, { method: "DELETE", headers });
    await exchange.forward();
};

/** Two addresses that lead to each other. */
export const redirectLoop: Fault = ({ request, response, asked }) => {
    request.resume();
    const [path = "", query = ""] = asked.target.split("?");
    const other = new URLSearchParams(query);
    other.set("loop", other.get("loop") === "a" ? "b" : "a");
    response.writeHead(307, { location: `${path}?${other}` }).end();
};

/** The same path at another host, as registries do for blobs. @param host a `FaultProxy` before the same registry */
export function redirectTo(host: string): Fault {
    return ({ request, response, asked }) => {
        request.resume();
        response.writeHead(307, { location: `http://${host}${asked.target}` }).end();
    };
}

/** An upload that goes on at another host. */
export function uploadsTo(host: string): Fault {
    return (exchange) =>
        exchange.forward({
            responseHeaders: (headers) => {
                const location = new URL(String(headers.location), `http://${exchange.proxy.host}`);
                headers.location = `http://${host}${location.pathname}${location.search}`;
            },
        });
}

/** A byte every 20 ms: the answer's body, or its head where it has none. Never silent, and never done. */
export const slowLoris: Fault = async (exchange) => {
    const answer = await exchange.ask();
    const head = exchange.headText(answer);
    if (exchange.asked.method === "GET") {
        await exchange.raw(head);
        for await (const chunk of answer) {
            await drip(exchange, chunk as Buffer);
        }
    } else {
        answer.resume();
        await drip(exchange, Buffer.from(head));
    }
    exchange.hangUp();
};

/** Does something first, and lets the request go on. */
export function after(work: () => void): Fault {
    return (exchange) => {
        work();
        return exchange.forward();
    };
}

/** Takes the request's head, and neither reads on nor answers. */
export const stalls: Fault = ({ request }) => void request.pause();

async function halfOfAnswer(exchange: ProxiedExchange): Promise<void> {
    const answer = await exchange.ask();
    const head = exchange.headText(answer);
    const length = Number(answer.headers["content-length"] ?? 0);
    if (exchange.asked.method !== "GET" || length === 0) {
        answer.resume();
        await exchange.raw(head.slice(0, head.length / 2));
        return;
    }
    await exchange.raw(head);
    for await (const chunk of first(answer, Math.floor(length / 2))) {
        await exchange.raw(chunk);
    }
    // Both ends of a loopback share a machine: this is enough for the client to have read what came.
    await pause(5);
}

async function drip(exchange: ProxiedExchange, bytes: Buffer): Promise<void> {
    for (const byte of bytes) {
        await exchange.raw(Buffer.of(byte));
        await pause(LORIS_MS);
    }
}

/** The first bytes; what follows is read and dropped. */
async function* first(body: Bytes, length: number): Bytes {
    let left = length;
    for await (const chunk of body) {
        if (left > 0) {
            yield chunk.subarray(0, left);
            left -= chunk.length;
        }
    }
}

async function* resetAt(exchange: ProxiedExchange, body: Bytes, length: number): Bytes {
    let left = length;
    for await (const chunk of body) {
        yield chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0) {
            exchange.reset();
            throw new Error("reset in the middle of the request");
        }
    }
}

async function* flip(body: Bytes, at: number): Bytes {
    let offset = 0;
    for await (const chunk of body) {
        if (at >= offset && at < offset + chunk.length) {
            chunk[at - offset] = (chunk[at - offset] as number) ^ 1;
        }
        offset += chunk.length;
        yield chunk;
    }
}
