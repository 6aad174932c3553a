import { describe, expect, it } from "vitest";
import { RegistryPool, type RegistrySettings } from "../../core/registry";
import { json, scripted } from "./scripted-server";

const DIGEST = `sha256:${"a".repeat(64)}`;

/** A registry with a token service that counts what is under way at a time. */
async function busyRegistry(delayMs = 5) {
    const state = { most: 0, active: 0, tokens: 0 };
    const server = await scripted(async (request, response) => {
        if (request.url.startsWith("/token")) {
            state.tokens += 1;
            json(response, 200, { token: "t" });
            return;
        }
        if (request.headers.authorization === undefined) {
            response.writeHead(401, { "www-authenticate": `Bearer realm="${server.origin}/token"` }).end();
            return;
        }
        state.active += 1;
        state.most = Math.max(state.most, state.active);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        state.active -= 1;
        response.writeHead(200, { "docker-content-digest": DIGEST }).end();
    });
    return { server, state };
}

function settings(name: string, host: string, more: Partial<RegistrySettings> = {}): RegistrySettings {
    const credentials = { pull: { from: "anonymous" }, push: { from: "anonymous" } } as const;
    return { name, host, kind: "other", insecure: true, credentials, ...more };
}

describe("a pool", () => {
    it("lets clients of one host and one person share tokens, connections and the lower limit", async () => {
        const { server, state } = await busyRegistry();
        const pool = new RegistryPool(
            [settings("one", server.host), settings("two", server.host, { concurrency: 3 })],
            { env: {} },
        );
        try {
            const work = (name: string) =>
                Array.from({ length: 30 }, (_, index) => pool.client(name).headManifest("a/b", `t${index}`));
            await Promise.all([...work("one"), ...work("two")]);
            expect(state.tokens).toBe(1);
            expect(state.most).toBeLessThanOrEqual(3);
            expect(server.connections).toBeLessThanOrEqual(4);
            const stats = pool.stats();
            expect((stats.one?.requests ?? 0) + (stats.two?.requests ?? 0)).toBe(server.seen.length);
        } finally {
            await pool.close();
        }
    });

    it("keeps the tokens of two persons apart", async () => {
        const { server, state } = await busyRegistry();
        const me = { from: "config", key: "me" } as const;
        const pool = new RegistryPool(
            [settings("one", server.host), settings("two", server.host, { credentials: { pull: me, push: me } })],
            {
                env: {},
                credentials: { me: { username: "u", password: "p" } },
            },
        );
        try {
            await pool.client("one").headManifest("a/b", "1");
            await pool.client("two").headManifest("a/b", "1");
            expect(state.tokens).toBe(2);
        } finally {
            await pool.close();
        }
    });

    it("knows only the registries it was made with", () => {
        const pool = new RegistryPool([settings("one", "127.0.0.1:1")], { env: {} });
        expect(() => pool.client("tow")).toThrow(
            expect.objectContaining({
                code: "REGISTRY_UNKNOWN",
                message: 'There is no registry "tow": those known are one.',
            }),
        );
        expect(pool.client("one")).toBe(pool.client("one"));
    });
});

describe("the concurrency of one host", () => {
    it("grows from 8 to its ceiling while answers are quick", async () => {
        const { server, state } = await busyRegistry(3);
        const pool = new RegistryPool([settings("one", server.host, { concurrency: 20 })], { env: {} });
        try {
            await Promise.all(
                Array.from({ length: 300 }, (_, index) => pool.client("one").headManifest("a/b", `t${index}`)),
            );
            expect(state.most).toBeGreaterThan(8);
            expect(state.most).toBeLessThanOrEqual(20);
            expect(server.connections).toBeLessThanOrEqual(21);
        } finally {
            await pool.close();
        }
    });

    it("shrinks under 429, and everything is answered in the end", async () => {
        let active = 0;
        let refused = 0;
        const server = await scripted(async (_request, response) => {
            active += 1;
            await new Promise((resolve) => setTimeout(resolve, 3));
            const tooMany = active > 6;
            active -= 1;
            refused += tooMany ? 1 : 0;
            response.writeHead(tooMany ? 429 : 200, { "docker-content-digest": DIGEST }).end();
        });
        const pool = new RegistryPool([settings("one", server.host)], { env: {}, retry: { baseMs: 20, attempts: 20 } });
        try {
            await Promise.all(
                Array.from({ length: 200 }, (_, index) => pool.client("one").headManifest("a/b", `t${index}`)),
            );
            expect(refused).toBeGreaterThan(0);
            expect(refused).toBeLessThan(120);
        } finally {
            await pool.close();
        }
    });
});
