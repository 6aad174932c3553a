import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DockerRegistry, startDockerRegistry, TEST_USER } from "../support/docker-registry";
import { embeddedForFile } from "../support/embedded";
import { FaultProxy, type Rule } from "../support/faults/fault-proxy";
import * as faults from "../support/faults/faults";
import type { RequestKind } from "../support/faults/request-kind";
import { describeWith } from "../support/require-program";
import { type FaultGround, kindWith, prepareGround, runFaultCase } from "./fault-case";

const BASIC = `Basic ${Buffer.from(`${TEST_USER.username}:${TEST_USER.password}`).toString("base64")}`;
const open: FaultProxy[] = [];

afterEach(async () => {
    await Promise.all(open.splice(0).map((proxy) => proxy.close()));
});

describe("a token that expires in the middle", () => {
    let ground: FaultGround;
    const ahead = { source: 0, target: 0 };
    /** Every token that one side handed out until now is over. */
    const expire = (at: "source" | "target") => () => {
        ahead[at] += 3_600_000;
    };
    const auth = { username: "robot", password: "secret" };

    beforeAll(async () => {
        const bearer = { kind: "bearer", users: { robot: "secret" } } as const;
        const source = await embeddedForFile({ auth: bearer, now: () => Date.now() + ahead.source });
        const target = await embeddedForFile({ auth: bearer, now: () => Date.now() + ahead.target });
        // The walker has a way past the login: a proxy whose token is its own.
        const walk = await bearerProxy(target.host, auth);
        ground = await prepareGround(source.host, target.host, { auth, walk: walk.host });
        return () => walk.close();
    });

    it.each<["source" | "target", RequestKind]>([
        ["source", "get-manifest"],
        ["source", "get-blob"],
        ["target", "head-tag"],
        ["target", "head-manifest"],
        ["target", "get-manifest"],
        ["target", "head-blob"],
        ["target", "finish-upload"],
        ["target", "put-manifest"],
        ["target", "put-tag"],
    ])("is renewed: at the %s, %s", async (at, match) => {
        // The first HEAD of a tag has no token yet, and the second one a token that was made for it.
        const skip = match === "head-tag" ? 2 : 0;
        const rules = [{ match, fault: faults.after(expire(at)), skip, times: 1 }];
        const ended = await runFaultCase(ground, { at, rules, kind: kindWith(match) });
        expect(ended.injected).toBe(1);
        expect(ended.code, ended.sentence).toBe("ok");
        expect(ended.tag).toBe("next");
        const refused = ended[at].seen.findIndex(({ faulty }) => faulty);
        const renewed = ended[at].seen.slice(refused).filter(({ kind }) => kind === "token");
        expect(renewed.length).toBeGreaterThan(0);
    });

    it.each<[string, Rule["fault"], string, string]>([
        ["500", faults.answers(500, "UNKNOWN"), "ok", "SERVER_ERROR"],
        ["429", faults.answers(429, "TOOMANYREQUESTS"), "ok", "RATE_LIMITED"],
        ["reset before", faults.resetBefore, "ok", "NETWORK_ERROR"],
        ["reset inside", faults.resetInside, "ok", "NETWORK_ERROR"],
        ["truncated", faults.truncated, "ok", "NETWORK_ERROR"],
        ["shortened", faults.shortened, "PROTOCOL_ERROR", "PROTOCOL_ERROR"],
        ["401", faults.answers(401, "UNAUTHORIZED"), "UNAUTHORIZED", "UNAUTHORIZED"],
    ])("whose service fails is one sentence: %s", async (_, fault, once, always) => {
        for (const [times, code] of [
            [1, once],
            [Number.POSITIVE_INFINITY, always],
        ] as const) {
            const ended = await runFaultCase(ground, { at: "target", rules: [{ match: "token", fault, times }] });
            expect(ended.injected).toBeGreaterThan(0);
            expect(ended.code.replace("unknown ", ""), ended.sentence).toBe(code);
            expect(ended.tag).toBe(code === "ok" ? "next" : "previous");
            expect(ended.sentence).not.toMatch(/secret|\n/);
        }
    });
});

describeWith(["docker-registry"], "a redirect to another host", (programs) => {
    let ground: FaultGround;

    beforeAll(async () => {
        const servers: DockerRegistry[] = [];
        for (const _ of ["source", "target"]) {
            servers.push(await startDockerRegistry(programs["docker-registry"], { auth: true }));
        }
        const [source, target] = servers.map(({ host }) => host) as [string, string];
        const walk = await FaultProxy.start({ upstream: target, authorization: BASIC });
        ground = await prepareGround(source, target, { auth: TEST_USER, walk: walk.host });
        return () => Promise.all([...servers, walk].map((server) => server.close()));
    });

    /** A host that may do everything at the registry, and to whom nobody has to say who he is. */
    async function foreign(at: "source" | "target"): Promise<FaultProxy> {
        const proxy = await FaultProxy.start({ upstream: ground[at], authorization: BASIC });
        open.push(proxy);
        return proxy;
    }

    it.each<["source" | "target", RequestKind]>([
        ["source", "head-tag"],
        ["source", "get-manifest"],
        ["source", "get-blob"],
        ["target", "head-tag"],
        ["target", "head-manifest"],
        ["target", "head-blob"],
    ])("is followed without credentials: at the %s, %s", async (at, match) => {
        const other = await foreign(at);
        const ended = await runFaultCase(ground, {
            at,
            kind: kindWith(match),
            rules: [{ match, fault: faults.redirectTo(other.host) }],
        });
        expect(ended.code, ended.sentence).toBe("ok");
        expect(ended.tag).toBe("next");
        expect(other.seen.length).toBeGreaterThan(0);
        expect(other.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
        expect(ended[at].seen.some(({ authorization }) => authorization === BASIC)).toBe(true);
    });

    it("gets an upload's bytes without credentials, where the registry names it as the upload's place", async () => {
        const other = await foreign("target");
        const rules = [{ match: "start-upload", fault: faults.uploadsTo(other.host) }] as const;
        const ended = await runFaultCase(ground, { at: "target", rules, kind: "other" });
        expect(ended.code, ended.sentence).toBe("ok");
        expect(other.count("finish-upload")).toBe(ended.injected);
        expect(other.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    });

    it.each<RequestKind>(["start-upload", "finish-upload", "put-manifest", "put-tag"])(
        "is not followed by what writes, which says so: %s",
        async (match) => {
            const other = await foreign("target");
            const ended = await runFaultCase(ground, {
                at: "target",
                kind: kindWith(match),
                rules: [{ match, fault: faults.redirectTo(other.host) }],
            });
            expect(ended.code).toBe("PROTOCOL_ERROR");
            expect(ended.sentence).toContain(`redirects to http://${other.host}`);
            expect(ended.tag).toBe("previous");
            expect(other.seen).toEqual([]);
        },
    );
});

/** Lets everybody read at a registry that wants tokens; each request gets a fresh one. */
async function bearerProxy(
    upstream: string,
    { username, password }: { username: string; password: string },
): Promise<FaultProxy> {
    const proxy = await FaultProxy.start({ upstream });
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    proxy.arm({
        match: () => true,
        fault: async (exchange) => {
            const scope = encodeURIComponent(`repository:${exchange.asked.repository}:pull`);
            const url = `http://${upstream}/token?service=transship-embedded&scope=${scope}`;
            const answer = await fetch(url, { headers: { authorization: basic } });
            const { token } = (await answer.json()) as { token: string };
            await exchange.forward({
                requestHeaders: (headers) => {
                    headers.authorization = `Bearer ${token}`;
                },
            });
        },
    });
    return proxy;
}
