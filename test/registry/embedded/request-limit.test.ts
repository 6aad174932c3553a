import { expect, it } from "vitest";
import { embedded } from "../../support/embedded";
import { ask } from "./wire";

it("the limit against abuse is a bare 429 in plain text for requests of any kind, and passes with its window", async () => {
    let now = 0;
    const requestLimit = { limit: 2, windowSeconds: 60, retryAfter: 7 };
    const registry = await embedded({ pullLimit: { limit: 10 }, requestLimit, now: () => now });
    expect((await ask(registry, "GET", "/v2/")).status).toBe(200);
    expect((await ask(registry, "HEAD", "/v2/a/b/manifests/1")).status).toBe(404);
    const { status, headers, body } = await ask(registry, "GET", "/v2/a/b/manifests/1");
    expect([status, headers["content-type"], headers["retry-after"], headers["ratelimit-limit"]]).toEqual([
        429,
        "text/plain",
        "7",
        undefined,
    ]);
    expect(body.toString()).toBe("Too Many Requests (HAP429).\n");
    now = 60_000;
    expect((await ask(registry, "GET", "/v2/")).status).toBe(200);
});
