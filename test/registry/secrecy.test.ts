import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import { bytesOf, clientOf, json, registryError, scripted } from "./scripted-server";

const CANARY = "canary-7f3a9b21c4";
const TOKEN = "canary-token-55aa12";

/** Everything of an error that could reach a log. */
function shown(error: unknown): string {
    const all = [
        inspect(error, { depth: 10, showHidden: true }),
        String((error as Error).stack),
        JSON.stringify(error),
    ];
    return all.join("\n");
}

describe("secrets", () => {
    it("show in no error, whatever the registry answers, and in no client that is printed", async () => {
        const me = { from: "config", key: "me" } as const;
        let mode = 0;
        const server = await scripted((request, response) => {
            const authorization = request.headers.authorization ?? "";
            if (request.url.startsWith("/token")) {
                // A service that repeats what it was sent, as some proxies' debug pages do.
                mode === 0
                    ? json(response, 401, { details: `no: ${authorization} ${CANARY}` })
                    : json(response, 200, { token: TOKEN });
                return;
            }
            if (authorization === "") {
                response
                    .writeHead(401, { "www-authenticate": `Bearer realm="${server.origin}/token",service="s"` })
                    .end();
                return;
            }
            const said = `you sent ${authorization} for https://u:${CANARY}@store/x?X-Amz-Signature=${CANARY}&token=${TOKEN}`;
            const statuses = [401, 401, 403, 404, 500, 429, 400];
            registryError(response, statuses[mode % statuses.length] ?? 500, `CODE_${TOKEN}`, said);
        });
        const seen: string[] = [];
        for (; mode < 7; mode += 1) {
            const credentials = { me: { username: "me", password: CANARY } };
            const client = clientOf(
                server,
                { credentials: { pull: me, push: me } },
                { credentials, retry: { attempts: 1 } },
            );
            const digest = digestOf(Buffer.from("x"));
            for (const work of [
                () => client.getManifest("a/b", "1"),
                () => client.headManifest("a/b", "1"),
                () => client.getBlob("a/b", digest),
                () => client.uploadBlob("a/b", { digest, size: 1 }, async () => bytesOf("x")),
                () => client.putManifest("a/b", "1", Buffer.from("{}"), "application/json"),
                () => client.ping(),
            ]) {
                const error = await work().then(
                    () => undefined,
                    (reason: unknown) => reason,
                );
                expect(error).toBeInstanceOf(Error);
                seen.push(shown(error));
            }
            seen.push(
                inspect(client, { depth: 10, showHidden: true }),
                JSON.stringify(client),
                JSON.stringify(client.stats),
            );
        }
        const basic = Buffer.from(`me:${CANARY}`).toString("base64");
        for (const text of seen) {
            expect(text).not.toContain(CANARY);
            expect(text).not.toContain(TOKEN);
            expect(text).not.toContain(basic);
        }
    });
});

describe("what the client loads", () => {
    const root = join(__dirname, "..", "..");

    it.each(["dispatcher/agent.js", "core/connect.js"])(
        "finds undici's %s where it takes it from, far cheaper than the whole",
        (file) => {
            expect(existsSync(createRequire(__filename).resolve(`undici/lib/${file}`))).toBe(true);
        },
    );

    it("is no undici until the first request", () => {
        const script = `
            require("tsx/cjs");
            const { RegistryPool } = require("./core/registry");
            const pool = new RegistryPool([{ name: "x", host: "ghcr.io", kind: "ghcr" }]);
            pool.client("x");
            console.log(Object.keys(require.cache).filter((file) => /node_modules.undici|aws-sdk|cockatiel/.test(file)).length);`;
        expect(execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" }).trim()).toBe("0");
    });
});
