import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { ClientEnvironment, RegistrySettings } from "../../core/registry";
import { clientOf, FakeClock, json, registryError, type ScriptedServer, type Seen, scripted } from "./scripted-server";

const DIGEST = `sha256:${"a".repeat(64)}`;

interface TokenServer {
    readonly server: ScriptedServer;
    readonly tokens: () => Seen[];
    readonly heads: () => Seen[];
}

interface TokenRegistryOptions {
    /** What the token service answers; `undefined` for the default. */
    readonly token?: (request: Seen, response: ServerResponse) => void;
    /** Whether a token is good for a request. */
    readonly accepts?: (token: string, request: Seen) => boolean;
    readonly challenge?: (request: Seen) => string;
}

/** A registry that wants a Bearer token, and its token service on the same port. */
async function tokenRegistry(options: TokenRegistryOptions = {}): Promise<TokenServer> {
    const server: ScriptedServer = await scripted((request, response) => {
        if (request.url.startsWith("/token")) {
            const give = options.token ?? ((one, answer) => json(answer, 200, { token: `t${tokenOf(one)}` }));
            give(request, response);
            return;
        }
        const [scheme, token] = (request.headers.authorization ?? "").split(" ");
        const accepts = options.accepts ?? (() => true);
        if (scheme !== "Bearer" || token === undefined || !accepts(token, request)) {
            const challenge =
                options.challenge?.(request) ??
                `Bearer realm="${server.origin}/token",service="reg",scope="repository:${repositoryOf(request)}:pull"`;
            response.setHeader("www-authenticate", challenge);
            registryError(response, 401, "UNAUTHORIZED");
            return;
        }
        response.writeHead(request.method === "HEAD" ? 200 : 201, {
            "docker-content-digest": DIGEST,
            "content-type": "application/json",
            location: "/v2/x",
        });
        response.end();
    });
    return {
        server,
        tokens: () => server.seen.filter((one) => one.url.startsWith("/token")),
        heads: () => server.seen.filter((one) => one.url.startsWith("/v2/")),
    };
}

function tokenOf(request: Seen): string {
    return new URL(request.url, "http://x").searchParams
        .getAll("scope")
        .join("+")
        .replace(/[^a-z0-9]/gi, "-");
}

function repositoryOf(request: Seen): string {
    return /^\/v2\/(.+?)\/(?:manifests|blobs)\//.exec(request.url)?.[1] ?? "";
}

const scopesAsked = (requests: Seen[]): string[] =>
    requests.map((one) => new URL(one.url, "http://x").searchParams.getAll("scope").join(" "));

function env(credentials = { username: "me", password: "pass word:1" }): ClientEnvironment {
    return { credentials: { me: credentials } };
}
const byConfig: Partial<RegistrySettings> = {
    credentials: { pull: { from: "config", key: "me" }, push: { from: "config", key: "me" } },
};

describe("tokens", () => {
    it("are asked for once by a hundred requests to one repository, after one 401 in all", async () => {
        const { server, tokens, heads } = await tokenRegistry();
        const client = clientOf(server);
        await Promise.all(Array.from({ length: 100 }, (_, index) => client.headManifest("a/b", `t${index}`)));
        expect(tokens()).toHaveLength(1);
        expect(heads()).toHaveLength(101);
        expect(client.stats).toMatchObject({ requests: 102, tokens: 1, retries: 0, byMethod: { HEAD: 101, GET: 1 } });
    });

    it("cost a further repository one token and no 401", async () => {
        const { server, tokens, heads } = await tokenRegistry();
        const client = clientOf(server);
        for (const repository of ["a/b", "a/c", "a/b"]) {
            await client.headManifest(repository, "1");
        }
        expect(scopesAsked(tokens())).toEqual(["repository:a/b:pull", "repository:a/c:pull"]);
        expect(heads()).toHaveLength(4);
        expect(tokens()[0]?.url).toContain("service=reg");
    });

    it("are asked for with the credentials, which the registry itself never sees", async () => {
        const { server, tokens, heads } = await tokenRegistry();
        await clientOf(server, byConfig, env()).headManifest("a/b", "1");
        expect(tokens()[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:pass word:1").toString("base64")}`);
        expect(heads().map((one) => one.headers.authorization)).toEqual([undefined, "Bearer trepository-a-b-pull"]);
    });

    it.each([
        [{ access_token: "abc", expires_in: 300 }, 289_000, 291_000],
        [{ token: "abc" }, 49_000, 51_000],
    ])("last as long as %j says, less a margin", async (answer, before, after) => {
        const clock = new FakeClock();
        const { server, tokens } = await tokenRegistry({ token: (_request, response) => json(response, 200, answer) });
        const client = clientOf(server, {}, clock);
        const begin = clock.time;
        await client.headManifest("a/b", "1");
        clock.time = begin + before;
        await client.headManifest("a/b", "1");
        expect(tokens()).toHaveLength(1);
        clock.time = begin + after;
        await client.headManifest("a/b", "1");
        expect(tokens()).toHaveLength(2);
    });

    it("by an identity token are asked for with POST and a form", async () => {
        const { server, tokens } = await tokenRegistry({
            token: (_request, response) => json(response, 200, { access_token: "abc" }),
        });
        const credentials = { me: { identityToken: "refresh-me" } };
        await clientOf(server, byConfig, { credentials }).headManifest("a/b", "1");
        expect(tokens()[0]?.method).toBe("POST");
        expect(Object.fromEntries(new URLSearchParams(tokens()[0]?.body.toString()))).toEqual({
            grant_type: "refresh_token",
            refresh_token: "refresh-me",
            service: "reg",
            scope: "repository:a/b:pull",
            client_id: "transship",
        });
    });

    it("that were taken back are renewed", async () => {
        let good = "one";
        const { server, tokens } = await tokenRegistry({
            token: (_request, response) => json(response, 200, { token: good }),
            accepts: (token) => token === good,
        });
        const client = clientOf(server);
        await client.headManifest("a/b", "1");
        good = "two";
        await Promise.all(Array.from({ length: 20 }, (_, index) => client.headManifest("a/b", `t${index}`)));
        expect(tokens()).toHaveLength(2);
    });

    it("for a scope of the registry's own are asked for as it says", async () => {
        const { server, tokens } = await tokenRegistry({
            accepts: (token) => token.includes("metadata"),
            challenge: () =>
                `Bearer realm="${server.origin}/token",scope="repository:a/b:pull,metadata",error="insufficient_scope"`,
        });
        const client = clientOf(server);
        await client.headManifest("a/b", "1");
        await client.headManifest("a/b", "2");
        expect(scopesAsked(tokens())).toEqual(["repository:a/b:pull", "repository:a/b:pull,metadata"]);
    });

    it("that are never good enough end in one sentence, after few requests", async () => {
        const { server } = await tokenRegistry({ accepts: () => false });
        await expect(clientOf(server, byConfig, env()).headManifest("a/b", "1")).rejects.toMatchObject({
            code: "UNAUTHORIZED",
            status: 401,
            message: expect.stringMatching(/refused the credentials from the configuration's key me .*a\/b:1/),
        });
        expect(server.seen.length).toBeLessThanOrEqual(4);
    });

    it("that a token service refuses say which credentials it were", async () => {
        const { server, tokens } = await tokenRegistry({
            token: (_request, response) => json(response, 401, { details: "incorrect username or password" }),
        });
        const error = await clientOf(server, byConfig, env())
            .headManifest("a/b", "1")
            .catch((reason: Error) => reason);
        expect(error).toMatchObject({
            code: "UNAUTHORIZED",
            message: expect.stringContaining("incorrect username or password"),
        });
        expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("pass word");
        expect(tokens()).toHaveLength(1);
    });

    it("are asked for again where their service is busy", async () => {
        let busy = 1;
        const clock = new FakeClock();
        const { server, tokens } = await tokenRegistry({
            token: (_request, response) =>
                busy-- > 0
                    ? response.writeHead(429, { "retry-after": "3" }).end()
                    : json(response, 200, { token: "x" }),
        });
        await clientOf(server, {}, clock).headManifest("a/b", "1");
        expect(tokens()).toHaveLength(2);
        expect(clock.slept).toContain(3000);
    });

    it.each([["no JSON"], ['{"hello":1}']])("that are none (%j) are a protocol error", async (body) => {
        const { server } = await tokenRegistry({ token: (_request, response) => void response.end(body) });
        await expect(clientOf(server).headManifest("a/b", "1")).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            message: expect.stringContaining(`${server.origin}/token`),
        });
    });

    it("for pushing go with the credentials for pushing, and serve the reads of the same person", async () => {
        const { server, tokens } = await tokenRegistry();
        const settings: Partial<RegistrySettings> = {
            credentials: { pull: { from: "config", key: "reader" }, push: { from: "config", key: "writer" } },
        };
        const credentials = { reader: { username: "r", password: "1" }, writer: { username: "w", password: "2" } };
        const client = clientOf(server, settings, { credentials });
        await client.headManifest("a/b", "1");
        await client.putManifest("a/b", DIGEST.replace(/a+$/, ""), Buffer.from("{}"), "x").catch(() => undefined);
        await client.putManifest("a/b", "1", Buffer.from("{}"), "application/json").catch(() => undefined);
        await client.deleteManifest("a/b", DIGEST);
        const users = tokens().map((one) =>
            Buffer.from(one.headers.authorization?.slice(6) ?? "", "base64").toString(),
        );
        expect(users).toEqual(["r:1", "w:2", "w:2"]);
        expect(scopesAsked(tokens())).toEqual([
            "repository:a/b:pull",
            "repository:a/b:pull,push",
            "repository:a/b:pull,push,delete",
        ]);

        const same = clientOf(server, byConfig, env());
        await same.putManifest("a/c", "1", Buffer.from("{}"), "application/json").catch(() => undefined);
        const before = tokens().length;
        await same.headManifest("a/c", "1");
        expect(tokens()).toHaveLength(before);
    });

    it("for a mount cover both repositories", async () => {
        const { server, tokens } = await tokenRegistry();
        const result = await clientOf(server, byConfig, env()).uploadBlob(
            "a/to",
            { digest: DIGEST, size: 1 },
            async () => [] as never,
            {
                mountFrom: ["a/from"],
            },
        );
        expect(result).toBe("mounted");
        expect(scopesAsked(tokens())).toEqual(["repository:a/to:pull,push repository:a/from:pull"]);
    });
});

describe("ghcr's anonymous tokens", () => {
    it("are asked for once for all repositories", async () => {
        const { server, tokens } = await tokenRegistry();
        const client = clientOf(server, { kind: "ghcr" });
        await Promise.all(Array.from({ length: 50 }, (_, index) => client.headManifest(`o/r${index}`, "1")));
        expect(tokens()).toHaveLength(1);
    });

    it("are asked for by repository where one did not open it, and only there", async () => {
        const { server, tokens } = await tokenRegistry({
            accepts: (token, request) => repositoryOf(request) !== "o/private" || token.includes("private"),
        });
        const client = clientOf(server, { kind: "ghcr" });
        await client.headManifest("o/a", "1");
        await client.headManifest("o/private", "1");
        await client.headManifest("o/private", "2");
        expect(scopesAsked(tokens())).toEqual(["repository:o/a:pull", "repository:o/private:pull"]);
    });

    it("are by repository with credentials", async () => {
        const { server, tokens } = await tokenRegistry();
        const client = clientOf(server, { kind: "ghcr", ...byConfig }, env());
        await client.headManifest("o/a", "1");
        await client.headManifest("o/b", "1");
        expect(tokens()).toHaveLength(2);
    });
});

describe("Basic", () => {
    async function basicRegistry(): Promise<ScriptedServer> {
        const expected = `Basic ${Buffer.from("me:pass word:1").toString("base64")}`;
        return scripted((request, response) => {
            if (request.headers.authorization !== expected) {
                response.setHeader("www-authenticate", 'Basic realm="reg"');
                registryError(response, 401, "UNAUTHORIZED");
                return;
            }
            response.writeHead(200, { "docker-content-digest": DIGEST }).end();
        });
    }

    it("is found out by one 401 and then sent at once", async () => {
        const server = await basicRegistry();
        const client = clientOf(server, byConfig, env());
        await Promise.all(Array.from({ length: 30 }, (_, index) => client.headManifest(`a/${index}`, "1")));
        expect(server.seen).toHaveLength(31);
    });

    it("is sent at once to ECR", async () => {
        const server = await basicRegistry();
        await clientOf(server, { kind: "ecr", ...byConfig }, env()).headManifest("a/b", "1");
        expect(server.seen).toHaveLength(1);
    });

    it("refused is one sentence, without the password", async () => {
        const server = await basicRegistry();
        const error = await clientOf(server, byConfig, env({ username: "me", password: "wrong-one" }))
            .getManifest("a/b", "1")
            .catch((reason: Error) => reason);
        expect(error).toMatchObject({
            code: "UNAUTHORIZED",
            message: expect.stringContaining("check that they are right"),
        });
        expect(String((error as Error).stack)).not.toContain("wrong-one");
        expect(server.seen).toHaveLength(2);
    });

    it("without credentials is one sentence that says so", async () => {
        const server = await basicRegistry();
        await expect(clientOf(server).headManifest("a/b", "1")).rejects.toMatchObject({
            code: "UNAUTHORIZED",
            message: expect.stringContaining("without credentials"),
        });
        expect(server.seen).toHaveLength(1);
    });
});

describe("a registry that asks for nothing", () => {
    it("gets nothing, though credentials are there, until a write is refused", async () => {
        const server = await scripted((request, response) => {
            if (request.method === "PUT" && request.headers.authorization === undefined) {
                response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
                return;
            }
            // No digest: the PUT's bytes have another one.
            const [status, headers] = request.method === "PUT" ? [201, {}] : [200, { "docker-content-digest": DIGEST }];
            response.writeHead(status, headers).end();
        });
        const client = clientOf(server, byConfig, env());
        await client.headManifest("a/b", "1");
        await client.headManifest("a/b", "1");
        expect(server.seen.map((one) => one.headers.authorization)).toEqual([undefined, undefined]);
        await client.putManifest("a/b", "1", Buffer.from("{}"), "application/json");
        expect(server.seen.slice(2).map((one) => one.headers.authorization !== undefined)).toEqual([false, true]);
    });

    it("and has nothing yet lets nobody wait for the answers to others", async () => {
        const held: (() => void)[] = [];
        const server = await scripted((_, response) => {
            held.push(() => response.writeHead(404).end());
            // The first is answered at once, the others only when four of them are there.
            if (server.seen.length === 1 || held.length === 4) {
                for (const answer of held.splice(0)) {
                    answer();
                }
            }
        });
        const client = clientOf(server);
        const heads = Array.from({ length: 9 }, (_, index) => client.headManifest("a/b", `t${index}`));
        const ends = await Promise.allSettled(heads);
        expect(ends.filter(({ status }) => status === "rejected")).toHaveLength(9);
        expect(server.seen).toHaveLength(9);
    });

    it("only where nothing is gets one token for all that are challenged together", async () => {
        const { server, tokens } = await tokenRegistry();
        const target = await scripted((request, response) => {
            if (request.url.startsWith("/v2/a/none/")) {
                response.writeHead(404).end();
            } else if (request.headers.authorization === undefined) {
                const challenge = `Bearer realm="${server.origin}/token",service="reg"`;
                response.writeHead(401, { "www-authenticate": challenge }).end();
            } else {
                response.writeHead(200, { "docker-content-digest": DIGEST }).end();
            }
        });
        const there = clientOf(target);
        await expect(there.headManifest("a/none", "1")).rejects.toMatchObject({ status: 404 });
        await Promise.all(Array.from({ length: 20 }, (_, index) => there.headManifest("a/b", `t${index}`)));
        expect(tokens()).toHaveLength(1);
        // No more than twenty are under way when the first challenge comes, and each is challenged once at most.
        expect(target.seen.length).toBeLessThanOrEqual(1 + 20 + 20);
    });

    it("says 403 for what it does not allow, with what to do", async () => {
        const server = await scripted((_request, response) =>
            registryError(response, 403, "DENIED", "permission_denied: write_package"),
        );
        await expect(clientOf(server).putManifest("a/b", "1", Buffer.from("{}"), "x/y")).rejects.toMatchObject({
            code: "DENIED",
            registryCode: "DENIED",
            message: expect.stringContaining("permission_denied: write_package"),
        });
    });
});

describe("a token for several repositories", () => {
    const names = Array.from({ length: 40 }, (_, index) => `a/r${index}`);
    const opens = (token: string, request: Seen): boolean =>
        `${token}-`.includes(`-${repositoryOf(request).replace("/", "-")}-`);

    it("is asked for where the kind's token service gives one: as few requests as scopes fit", async () => {
        const { server, tokens, heads } = await tokenRegistry({ accepts: opens });
        const client = clientOf(server, { kind: "harbor" });
        client.expect(names);
        await Promise.all([...names, "a/r0", "a/late"].map((name) => client.headManifest(name, "1")));
        expect(scopesAsked(tokens()).map((scopes) => scopes.split(" ").length)).toEqual([16, 16, 8, 1]);
        expect(tokens()[0]?.url).toContain("scope=repository%3Aa%2Fr0%3Apull&scope=repository%3Aa%2Fr1%3Apull");
        // One 401 told of the token service, and no other request was refused.
        expect(heads()).toHaveLength(43);
    });

    it("is none for a kind of which it is not known, nor for a push", async () => {
        for (const kind of ["other", "gar", "acr"] as const) {
            const { server, tokens } = await tokenRegistry({ accepts: opens });
            const client = clientOf(server, { kind });
            client.expect(names);
            await Promise.all(names.slice(0, 3).map((name) => client.headManifest(name, "1")));
            expect(tokens()).toHaveLength(3);
        }
        const { server, tokens } = await tokenRegistry();
        const client = clientOf(server, { kind: "distribution", ...byConfig }, env());
        client.expect(names);
        await client.putManifest("a/r0", "1", Buffer.from("{}"), "x/y").catch(() => undefined);
        expect(scopesAsked(tokens())).toEqual(["repository:a/r0:pull,push"]);
    });

    it("names no more than a line of a request holds", async () => {
        const long = Array.from({ length: 16 }, (_, index) => `a/${"x".repeat(200)}${index}`);
        const { server, tokens } = await tokenRegistry();
        const client = clientOf(server, { kind: "dockerhub" });
        client.expect(long);
        await Promise.all(long.map((name) => client.headManifest(name, "1")));
        expect(scopesAsked(tokens()).map((scopes) => scopes.split(" ").length)).toEqual([9, 7]);
    });

    it("is given up where the service understands one scope alone: each gets its own, and all are answered", async () => {
        const { server, tokens } = await tokenRegistry({
            token: (request, response) => {
                const [first = ""] = new URL(request.url, "http://x").searchParams.getAll("scope");
                json(response, 200, { token: `t${first.replace(/[^a-z0-9]/gi, "-")}` });
            },
            accepts: opens,
        });
        const client = clientOf(server, { kind: "distribution" });
        client.expect(names);
        for (const name of names) {
            await client.headManifest(name, "1");
        }
        // The first batch showed it.
        expect(scopesAsked(tokens()).filter((scopes) => scopes.includes(" "))).toHaveLength(1);
        expect(tokens()).toHaveLength(40);
    });

    it.each([400, 403, 404, 414])("that the service refuses with %i is asked for one by one", async (status) => {
        const { server, tokens } = await tokenRegistry({
            token: (request, response) => {
                const scopes = new URL(request.url, "http://x").searchParams.getAll("scope");
                const isRefused = scopes.length > 1 && scopes.some((scope) => scope.includes("a/r3:"));
                json(response, isRefused ? status : 200, { token: `t${tokenOf(request)}` });
            },
            accepts: opens,
        });
        const client = clientOf(server, { kind: "quay" });
        client.expect(names.slice(0, 20));
        await Promise.all(names.slice(0, 20).map((name) => client.headManifest(name, "1")));
        // Sixteen together and then by themselves, and the four others together.
        expect(tokens()).toHaveLength(1 + 16 + 1);
    });

    it("that lacks the right to one repository leaves the others alone", async () => {
        const { server, tokens } = await tokenRegistry({
            accepts: (token, request) => repositoryOf(request) !== "a/r5" && opens(token, request),
        });
        const client = clientOf(server, { kind: "harbor", ...byConfig }, env());
        client.expect(names.slice(0, 8));
        const ends = await Promise.allSettled(names.slice(0, 8).map((name) => client.headManifest(name, "1")));
        expect(ends.map(({ status }) => status).filter((status) => status === "rejected")).toHaveLength(1);
        expect(ends[5]).toMatchObject({ reason: { code: "UNAUTHORIZED" } });
        expect(scopesAsked(tokens()).map((scopes) => scopes.split(" ").length)).toEqual([8, 1]);
    });

    it("is not asked for again and again where the credentials are wrong", async () => {
        const { server, tokens } = await tokenRegistry({
            token: (_request, response) => registryError(response, 401, "UNAUTHORIZED"),
        });
        const client = clientOf(server, { kind: "harbor", ...byConfig }, env());
        client.expect(names.slice(0, 8));
        const ends = await Promise.allSettled(names.slice(0, 8).map((name) => client.headManifest(name, "1")));
        expect(ends.every(({ status }) => status === "rejected")).toBe(true);
        expect(tokens().length).toBeLessThanOrEqual(8);
    });
});
