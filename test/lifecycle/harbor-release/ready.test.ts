import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readyHooks } from "../../../core/lifecycle/harbor-release/ready";
import { Session } from "../../../core/lifecycle/session";
import { UNKNOWN } from "../../../core/lifecycle/unknown";

const servers: Server[] = [];
afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

interface Answer {
    readonly status?: number;
    readonly body: unknown;
}

const HEALTHY: Answer = { body: { status: "healthy", components: [{ name: "core", status: "healthy" }] } };
const ILL: Answer = {
    body: {
        status: "unhealthy",
        components: [
            { name: "core", status: "healthy" },
            { name: "redis", status: "unhealthy", error: "password is secret" },
        ],
    },
};

/** Answers one after the other; the last one again and again. */
async function harbor(...answers: readonly Answer[]): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
        const { body, status = 200 } = answers[Math.min(asked.length, answers.length - 1)] as Answer;
        asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "nobody"}`);
        response.writeHead(status, { connection: "close" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A clock that a wait moves. */
function hooks() {
    let clock = 0;
    const waits: number[] = [];
    const sleep = async (ms: number) => {
        waits.push(ms);
        clock += ms;
    };
    return { waits, ...readyHooks(() => new Session(), { now: () => clock, sleep }) };
}

const inputs = (url: string, more = {}) => ({ url, namespace: "registry", revision: 1, timeoutSeconds: 60, ...more });

describe("Harbor's readiness", () => {
    it("is there at once where Harbor is healthy, asked as nobody", async () => {
        const { asked, url } = await harbor(HEALTHY);
        const { create, waits } = hooks();
        expect(await create(inputs(url))).toEqual({ id: url, outs: inputs(url) });
        expect(asked).toEqual(["GET /api/v2.0/health nobody"]);
        expect(waits).toEqual([]);
    });

    it("is waited for: parts that are ill, an ingress that knows no Harbor yet", async () => {
        const { asked, url } = await harbor({ status: 404, body: "default backend - 404" }, ILL, HEALTHY);
        const { create, waits } = hooks();
        await create(inputs(url));
        expect(asked).toHaveLength(3);
        expect(waits).toEqual([5000, 5000]);
    });

    it.each<[string, Answer, string]>([
        ["parts that stay ill", ILL, "not healthy: redis"],
        [
            "a page that is none of Harbor's",
            { body: "<html>login</html>" },
            "it answered 200, which is none of Harbor's",
        ],
        ["another service's error", { status: 404, body: "no" }, "it answered 404"],
    ])("that does not come is one sentence: %s", async (_what, answer, why) => {
        const { url } = await harbor(answer);
        const failed = hooks().create(inputs(url));
        await expect(failed).rejects.toMatchObject({ code: "HARBOR_NOT_READY" });
        const { message } = await failed.catch((error) => error);
        expect(message).toContain(`Harbor at ${url} is not ready after 60 s (`);
        expect(message).toContain(why);
        expect(message).toContain("kubectl --namespace registry get pods,ingress,certificate");
        expect(message).toContain("say ready: false.");
        expect(message).not.toContain("secret");
    });

    it("where nothing answers is the same sentence", async () => {
        const { url } = await harbor(HEALTHY);
        await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
        await expect(hooks().create(inputs(url, { timeoutSeconds: 5 }))).rejects.toThrow("no answer (ECONNREFUSED)");
    });

    it("is waited for anew where the release or the address is another, and for nothing else", async () => {
        const { diff, update } = hooks();
        const { asked, url } = await harbor(ILL, HEALTHY);
        const now = inputs(url);
        expect(await diff("id", now, now)).toEqual({ changes: false });
        expect(await diff("id", now, { ...now, timeoutSeconds: 9 })).toEqual({ changes: false });
        expect(await diff("id", now, { ...now, revision: 2 })).toEqual({ changes: true });
        expect(await diff("id", now, { ...now, revision: UNKNOWN })).toEqual({ changes: true });
        expect(await diff("id", now, { ...now, url: "https://other" })).toEqual({ changes: true });
        expect(await update("id", now, { ...now, revision: 2 })).toEqual({ outs: { ...now, revision: 2 } });
        expect(asked).toHaveLength(2);
    });

    it("asks nothing at a refresh, at a preview or at the end", async () => {
        const { asked, url } = await harbor(ILL);
        const { check, read, ...rest } = hooks();
        const now = inputs(url);
        expect(await read("id", now)).toEqual({ id: "id", props: now, inputs: now });
        expect(await check({}, now)).toEqual({ inputs: now });
        await rest.delete();
        expect(asked).toEqual([]);
    });
});
