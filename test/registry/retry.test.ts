import { describe, expect, it } from "vitest";
import { clientOf, FakeClock, type Handler, json, registryError, scripted } from "./scripted-server";

const DIGEST = `sha256:${"a".repeat(64)}`;

function ok(): Handler {
    return (_request, response) => {
        response.writeHead(200, {
            "docker-content-digest": DIGEST,
            "content-type": "application/json",
            "content-length": "2",
        });
        response.end();
    };
}

/** The given answers in turn, then 200. */
function first(...answers: Handler[]): Handler {
    const then = ok();
    let count = 0;
    return (request, response, raw) => (answers[count++] ?? then)(request, response, raw);
}

const status =
    (code: number, headers: Record<string, string> = {}): Handler =>
    (_request, response) => {
        response.writeHead(code, headers);
        response.end();
    };

describe("retries", () => {
    it("wait as long as Retry-After says, in seconds", async () => {
        const clock = new FakeClock();
        const server = await scripted(first(status(429, { "retry-after": "7" }), status(503, { "retry-after": "2" })));
        const client = clientOf(server, {}, clock);
        expect((await client.headManifest("a/b", "1")).digest).toBe(DIGEST);
        expect(clock.slept).toEqual([7000, 2000]);
        expect(client.stats).toMatchObject({ requests: 3, retries: 2, rateLimited: 1 });
    });

    it("wait until the date that Retry-After names", async () => {
        const clock = new FakeClock();
        const date = new Date(clock.time + 30_000).toUTCString();
        const server = await scripted(first(status(429, { "retry-after": date })));
        await clientOf(server, {}, clock).headManifest("a/b", "1");
        expect(clock.slept).toEqual([30_000]);
    });

    it("pause exponentially where the registry says nothing", async () => {
        const clock = new FakeClock();
        const server = await scripted(first(status(500), status(502), status(504)));
        await clientOf(
            server,
            {},
            { ...clock, now: clock.now, sleep: clock.sleep, retry: { baseMs: 100 } },
        ).headManifest("a/b", "1");
        expect(clock.slept).toEqual([100, 200, 400]);
    });

    it("hold the whole host back by one request's Retry-After", async () => {
        const clock = new FakeClock();
        const times: number[] = [];
        const answers = first(status(429, { "retry-after": "60" }));
        const server = await scripted((request, response, raw) => {
            times.push(clock.time);
            return answers(request, response, raw);
        });
        // The clock stands for some real time while somebody sleeps: whoever did not wait would be seen in it.
        const sleep = async (ms: number): Promise<void> => {
            const until = clock.time + ms;
            await new Promise((resolve) => setTimeout(resolve, 100));
            clock.time = Math.max(clock.time, until);
        };
        const client = clientOf(server, { concurrency: 1 }, { now: clock.now, sleep });
        const begin = clock.time;
        await Promise.all(["1", "2", "3"].map((tag) => client.headManifest("a/b", tag)));
        expect(times[0]).toBe(begin);
        expect(times.slice(1).map((time) => time >= begin + 60_000)).toEqual([true, true, true]);
    });

    it("end after the attempts that are allowed, with what the registry said", async () => {
        const clock = new FakeClock();
        const server = await scripted((_request, response) => registryError(response, 503, "UNAVAILABLE", "back soon"));
        const client = clientOf(server, {}, { now: clock.now, sleep: clock.sleep, retry: { attempts: 3 } });
        await expect(client.getManifest("a/b", "1")).rejects.toMatchObject({
            code: "SERVER_ERROR",
            status: 503,
            registryCode: "UNAVAILABLE",
            message: expect.stringContaining('503 UNAVAILABLE, "back soon"'),
        });
        expect(server.seen).toHaveLength(3);
    });

    it("end at once where Retry-After is longer than the time that is allowed", async () => {
        const clock = new FakeClock();
        const server = await scripted(status(429, { "retry-after": "3600" }));
        await expect(clientOf(server, {}, clock).headManifest("a/b", "1")).rejects.toMatchObject({
            code: "RATE_LIMITED",
            retryAfterMs: 3_600_000,
        });
        expect(server.seen).toHaveLength(1);
        expect(clock.slept).toEqual([]);
    });

    it("follow a connection that was reset", async () => {
        const server = await scripted(
            first(
                (_request, _response, raw) => void raw.socket.resetAndDestroy(),
                (_request, _response, raw) => void raw.socket.end(),
            ),
        );
        const client = clientOf(server);
        expect((await client.headManifest("a/b", "1")).digest).toBe(DIGEST);
        expect(client.stats).toMatchObject({ requests: 3, retries: 2 });
    });

    it("do not follow what another attempt would not change", async () => {
        const server = await scripted((_request, response) => registryError(response, 400, "TAG_INVALID", "bad tag"));
        await expect(clientOf(server).getManifest("a/b", "1")).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            status: 400,
        });
        expect(server.seen).toHaveLength(1);
    });

    it("of a DELETE whose answer was lost take the 404 for done", async () => {
        const server = await scripted(first((_request, _response, raw) => void raw.socket.destroy(), status(404)));
        await clientOf(server).deleteManifest("a/b", DIGEST);
        expect(server.seen.map((one) => one.method)).toEqual(["DELETE", "DELETE"]);
    });
});

describe("a pull limit that is used up", () => {
    const toomany = {
        errors: [
            {
                code: "TOOMANYREQUESTS",
                message: "You have reached your pull rate limit. https://www.docker.com/increase-rate-limit",
            },
        ],
    };

    it("is not retried, and no further pull is sent until it may have passed", async () => {
        const clock = new FakeClock();
        const server = await scripted((request, response) =>
            request.method === "GET" ? json(response, 429, toomany) : ok()(request, response, undefined as never),
        );
        const client = clientOf(server, { kind: "dockerhub" }, clock);
        for (const tag of ["1", "2"]) {
            await expect(client.getManifest("a/b", tag)).rejects.toMatchObject({
                code: "PULL_LIMIT",
                status: 429,
                message: expect.stringMatching(new RegExp(`a/b:${tag}.*credentials`)),
            });
        }
        expect(server.seen).toHaveLength(1);
        await client.headManifest("a/b", "1");
        clock.time += 61_000;
        await expect(client.getManifest("a/b", "1")).rejects.toMatchObject({ code: "PULL_LIMIT" });
        expect(server.seen).toHaveLength(3);
    });

    it.each([
        "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating",
        "Too Many Requests. Please see https://docs.docker.com/docker-hub/download-rate-limit/",
    ])("is told in plain text too: %s", async (text) => {
        const server = await scripted((_request, response) => void response.writeHead(429).end(text));
        await expect(clientOf(server).getManifest("a/b", "1")).rejects.toMatchObject({ code: "PULL_LIMIT" });
        expect(server.seen).toHaveLength(1);
    });

    it("is not what a bare 429 means, which is against abuse: that is tried again", async () => {
        const bare: Parameters<typeof scripted>[0] = (_request, response) =>
            void response.writeHead(429, { "content-type": "text/plain" }).end("Too Many Requests (HAP429).\n");
        const server = await scripted(first(bare, bare));
        await clientOf(server).headManifest("a/b", "1");
        expect(server.seen).toHaveLength(3);
    });

    it("is told by the headers where there is no body", async () => {
        const server = await scripted(
            status(429, { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600" }),
        );
        const client = clientOf(server);
        await expect(client.headManifest("a/b", "1")).rejects.toMatchObject({ code: "PULL_LIMIT" });
        expect(server.seen).toHaveLength(1);
        expect(client.rateLimit).toEqual({ limit: 100, remaining: 0, windowSeconds: 21600 });
    });
});
