import { describe, expect, it } from "vitest";
import type { EmbeddedAuth } from "../../../core/registry/embedded";
import { embedded } from "../../support/embedded";
import { pushTree, singleImage } from "../../support/images";
import { ask, basic } from "./wire";

const USERS = { owner: "owner-password", reader: "reader:with:colons" };
const owner = { username: "owner", password: USERS.owner };

function settings(kind: EmbeddedAuth["kind"], more: Partial<EmbeddedAuth> = {}): { auth: EmbeddedAuth } {
    return { auth: { kind, users: USERS, readers: ["reader"], ...more } };
}

async function tokenFor(registry: { port: number }, scope: string, headers: Record<string, string> = {}) {
    const path = `/token?service=transship-embedded&scope=${encodeURIComponent(scope)}`;
    const answer = await ask(registry, "GET", path, { headers });
    const { token } = JSON.parse(answer.body.toString()) as { token?: string };
    return { ...answer, headers: { authorization: `Bearer ${token}` } };
}

describe("Basic authentication of the embedded registry", () => {
    it("asks for credentials, takes the right ones and refuses wrong ones", async () => {
        const registry = await embedded(settings("basic"));
        const asked = await ask(registry, "GET", "/v2/");
        expect([asked.status, asked.code]).toEqual([401, "UNAUTHORIZED"]);
        expect(asked.headers["www-authenticate"]).toMatch(/^Basic realm="/);
        expect((await ask(registry, "GET", "/v2/", { headers: basic("owner", USERS.owner) })).status).toBe(200);
        expect((await ask(registry, "GET", "/v2/", { headers: basic("reader", USERS.reader) })).status).toBe(200);
        for (const [user, password] of [
            ["owner", "wrong"],
            ["nobody", USERS.owner],
            ["constructor", ""],
            ["", ""],
        ] as const) {
            expect((await ask(registry, "GET", "/v2/", { headers: basic(user, password) })).status).toBe(401);
        }
        await pushTree(registry.host, "app", singleImage(), { tag: "latest", auth: owner });
        expect((await ask(registry, "HEAD", "/v2/app/manifests/latest")).status).toBe(401);
    });

    it("lets everybody pull when told to, but asks at the ping, where clients learn how to push", async () => {
        const registry = await embedded(settings("basic", { anonymousPull: true }));
        await pushTree(registry.host, "app", singleImage(), { tag: "latest", auth: owner });
        expect((await ask(registry, "GET", "/v2/app/manifests/latest")).status).toBe(200);
        expect((await ask(registry, "GET", "/v2/")).status).toBe(401);
        expect((await ask(registry, "POST", "/v2/app/blobs/uploads/")).status).toBe(401);
        // containers/image sends an empty name and password when it has none.
        const none = await ask(registry, "GET", "/v2/app/manifests/latest", { headers: basic("", "") });
        expect(none.status).toBe(200);
        const wrong = await ask(registry, "GET", "/v2/app/manifests/latest", { headers: basic("owner", "wrong") });
        expect(wrong.status).toBe(401);
    });

    it("denies a reader's push with 403", async () => {
        const registry = await embedded(settings("basic"));
        const headers = basic("reader", USERS.reader);
        const push = await ask(registry, "POST", "/v2/app/blobs/uploads/", { headers });
        expect([push.status, push.code]).toEqual([403, "DENIED"]);
    });
});

describe("Bearer authentication of the embedded registry", () => {
    it("challenges with realm, service and the scope that is needed", async () => {
        const registry = await embedded(settings("bearer"));
        const challenge = async (method: string, path: string) => {
            const { status, headers } = await ask(registry, method, path);
            expect(status).toBe(401);
            return headers["www-authenticate"];
        };
        const start = `Bearer realm="${registry.url}/token",service="transship-embedded"`;
        expect(await challenge("GET", "/v2/")).toBe(start);
        expect(await challenge("HEAD", "/v2/a/b/manifests/x")).toBe(`${start},scope="repository:a/b:pull"`);
        expect(await challenge("POST", "/v2/a/b/blobs/uploads/")).toBe(`${start},scope="repository:a/b:pull,push"`);
        expect(await challenge("DELETE", "/v2/a/b/manifests/x")).toBe(`${start},scope="repository:a/b:delete"`);
        const mount = "/v2/a/blobs/uploads/?mount=sha256:0&from=b";
        expect(await challenge("POST", mount)).toBe(`${start},scope="repository:a:pull,push repository:b:pull"`);
    });

    it("pushes and pulls with tokens", async () => {
        const registry = await embedded(settings("bearer"));
        const tree = singleImage();
        await pushTree(registry.host, "team/app", tree, { tag: "latest", auth: owner });
        const { headers } = await tokenFor(registry, "repository:team/app:pull", basic("reader", USERS.reader));
        const get = await ask(registry, "GET", "/v2/team/app/manifests/latest", { headers });
        expect(get.headers["docker-content-digest"]).toBe(tree.root);
        expect(registry.requests.count({ kind: "token" })).toBe(2);
    });

    it("binds a token to its repository and actions", async () => {
        const registry = await embedded(settings("bearer"));
        const { headers } = await tokenFor(registry, "repository:app:pull", basic("owner", USERS.owner));
        const other = await ask(registry, "GET", "/v2/other/manifests/x", { headers });
        expect([other.status, other.headers["www-authenticate"]]).toEqual([
            401,
            expect.stringContaining('error="insufficient_scope"'),
        ]);
        expect((await ask(registry, "POST", "/v2/app/blobs/uploads/", { headers })).status).toBe(401);
        expect((await ask(registry, "GET", "/v2/app/manifests/x", { headers })).code).toBe("NAME_UNKNOWN");
    });

    it("gives an anonymous token for pulls alone, and only when told to", async () => {
        const open = await embedded(settings("bearer", { anonymousPull: true }));
        await pushTree(open.host, "app", singleImage(), { tag: "latest", auth: owner });
        const { headers } = await tokenFor(open, "repository:app:pull,push");
        expect((await ask(open, "GET", "/v2/app/manifests/latest", { headers })).status).toBe(200);
        expect((await ask(open, "POST", "/v2/app/blobs/uploads/", { headers })).status).toBe(401);
        const closed = await embedded(settings("bearer"));
        const useless = await tokenFor(closed, "repository:app:pull");
        expect((await ask(closed, "GET", "/v2/app/manifests/x", { headers: useless.headers })).status).toBe(401);
    });

    it("refuses wrong credentials at the token endpoint, forged and old tokens at the registry", async () => {
        let now = 1_000_000;
        const registry = await embedded({ ...settings("bearer", { tokenSeconds: 60 }), now: () => now });
        const scope = "repository:app:pull";
        expect((await tokenFor(registry, scope, basic("owner", "wrong"))).code).toBe("UNAUTHORIZED");
        const { headers } = await tokenFor(registry, scope, basic("owner", USERS.owner));
        const [body] = headers.authorization.split(".");
        for (const forged of [`${body}.AAAA`, `${body}.`, "Bearer x", "Bearer e30.e30"]) {
            const answer = await ask(registry, "GET", "/v2/app/manifests/x", { headers: { authorization: forged } });
            expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
        }
        now += 59_000;
        expect((await ask(registry, "GET", "/v2/app/manifests/x", { headers })).status).toBe(404);
        now += 1_000;
        expect((await ask(registry, "GET", "/v2/app/manifests/x", { headers })).status).toBe(401);
    });

    it("denies a reader's push with 403 when the token cannot be widened", async () => {
        const registry = await embedded(settings("bearer"));
        const { headers } = await tokenFor(registry, "repository:app:pull,push", basic("reader", USERS.reader));
        const push = await ask(registry, "POST", "/v2/app/blobs/uploads/", { headers });
        expect([push.status, push.code]).toEqual([403, "DENIED"]);
    });
});
