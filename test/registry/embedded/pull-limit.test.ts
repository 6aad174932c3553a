import { describe, expect, it } from "vitest";
import type { EmbeddedRegistryOptions } from "../../../core/registry/embedded";
import { embedded } from "../../support/embedded";
import { pushTree, singleImage } from "../../support/images";
import { ask, basic } from "./wire";

const HOUR = 3600;
const PATH = "/v2/library/app/manifests/latest";

async function limited(options: Partial<EmbeddedRegistryOptions> = {}) {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const pullLimit = { limit: 10, windowSeconds: HOUR };
    const registry = await embedded({ pullLimit, now: () => now, ...options });
    return {
        registry,
        pass: (seconds: number) => {
            now += seconds * 1000;
        },
    };
}

describe("the pull limit of the embedded registry", () => {
    it("allows ten pulls an hour, counts down in Docker Hub's headers, and opens again", async () => {
        const { registry, pass } = await limited();
        await pushTree(registry.host, "library/app", singleImage(), { tag: "latest" });
        for (let left = 9; left >= 0; left--) {
            const { status, headers } = await ask(registry, "GET", PATH);
            expect([status, headers["ratelimit-limit"], headers["ratelimit-remaining"]]).toEqual([
                200,
                "10;w=3600",
                `${left};w=3600`,
            ]);
            expect(headers["docker-ratelimit-source"]).toBe("127.0.0.1");
            pass(60);
        }
        const refused = await ask(registry, "GET", PATH);
        expect([refused.status, refused.code]).toEqual([429, "TOOMANYREQUESTS"]);
        expect(refused.body.toString()).toContain("You have reached your unauthenticated pull rate limit.");
        expect(refused.headers["ratelimit-remaining"]).toBe("0;w=3600");
        expect(registry.pullsSpent).toBe(10);

        pass(HOUR - 10 * 60 - 1);
        expect((await ask(registry, "GET", PATH)).status).toBe(429);
        pass(1);
        expect((await ask(registry, "GET", PATH)).headers["ratelimit-remaining"]).toBe("9;w=3600");
    });

    it("tells a HEAD what is left and takes nothing for it, nor for blobs and tags", async () => {
        const { registry } = await limited();
        const tree = singleImage();
        await pushTree(registry.host, "library/app", tree, { tag: "latest" });
        await ask(registry, "GET", PATH);
        for (let time = 0; time < 30; time++) {
            const { status, headers } = await ask(registry, "HEAD", PATH);
            expect([status, headers["ratelimit-remaining"]]).toEqual([200, "9;w=3600"]);
        }
        for (const digest of tree.blobs.keys()) {
            expect((await ask(registry, "GET", `/v2/library/app/blobs/${digest}`)).status).toBe(200);
        }
        expect((await ask(registry, "GET", "/v2/library/app/tags/list")).status).toBe(200);
        expect((await ask(registry, "GET", "/v2/library/app/manifests/none")).status).toBe(404);
        expect(registry.pullsSpent).toBe(1);
    });

    it("answers a HEAD when nothing is left", async () => {
        const { registry } = await limited({ pullLimit: { limit: 1, windowSeconds: HOUR } });
        await pushTree(registry.host, "library/app", singleImage(), { tag: "latest" });
        await ask(registry, "GET", PATH);
        expect((await ask(registry, "GET", PATH)).status).toBe(429);
        const head = await ask(registry, "HEAD", PATH);
        expect([head.status, head.headers["ratelimit-remaining"]]).toEqual([200, "0;w=3600"]);
    });

    it("limits the anonymous alone", async () => {
        const users = { owner: "password" };
        const auth = { kind: "basic" as const, users, anonymousPull: true };
        const { registry } = await limited({ auth, pullLimit: { limit: 1, windowSeconds: HOUR } });
        const tree = singleImage();
        await pushTree(registry.host, "library/app", tree, {
            tag: "latest",
            auth: { username: "owner", password: "password" },
        });
        expect((await ask(registry, "GET", PATH)).status).toBe(200);
        expect((await ask(registry, "GET", PATH)).status).toBe(429);
        const known = await ask(registry, "GET", PATH, { headers: basic("owner", "password") });
        expect([known.status, known.headers["ratelimit-limit"]]).toEqual([200, undefined]);
    });

    it("has Docker Hub's window of six hours unless told otherwise, and no headers without a limit", async () => {
        const hub = await embedded({ pullLimit: { limit: 100 } });
        await pushTree(hub.host, "library/app", singleImage(), { tag: "latest" });
        expect((await ask(hub, "HEAD", PATH)).headers["ratelimit-limit"]).toBe("100;w=21600");
        const free = await embedded();
        await pushTree(free.host, "library/app", singleImage(), { tag: "latest" });
        expect((await ask(free, "HEAD", PATH)).headers["ratelimit-limit"]).toBeUndefined();
    });
});
