import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { type Certificates, makeCertificates } from "../registry/certificates";
import { embedded } from "../support/embedded";
import { imageIndex, pushTree, sha256, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, poolFor, statusOf, sync } from "./world";

const refuse = (response: ServerResponse, status: number, code: string): boolean => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code, message: "no" }] }));
    return true;
};
const isBlobRead = ({ method }: IncomingMessage, { kind }: { readonly kind: string }) =>
    method === "GET" && kind === "blob";

describe("when the best place cannot be read", () => {
    it("takes the bytes from another copy of ours, and from the source only then", async () => {
        const tree = imageIndex();
        const asked: string[] = [];
        const hub = await embedded({ onRequest: ({ method, kind }) => void asked.push(`hub ${method} ${kind}`) });
        let sick = false;
        const first = await embedded({
            intercept: (request, response, route) => {
                asked.push(`first ${request.method} ${route.kind}`);
                return sick && isBlobRead(request, route) && refuse(response, 404, "BLOB_UNKNOWN");
            },
        });
        const [second, third] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(first.host, "mirror/acme/app", tree, { tag: "1" });
        await pushTree(second.host, "mirror/acme/app", tree, { tag: "1" });
        sick = true;
        asked.length = 0;
        const images = {
            app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["first", "second", "third"] },
        };
        const done = await sync(catalogFor({ hub, first, second, third }, images));
        expect(done.failures).toEqual([]);
        await resolveWholly(third.host, "mirror/acme/app", "1");
        expect(asked).toContain("first GET blob");
        expect(second.requests.count({ method: "GET", kind: "blob" })).toBe(tree.blobs.size);
        expect(asked.filter((one) => one.startsWith("hub"))).toEqual(["hub HEAD manifest"]);
    });

    it("carries a locked digest from another copy of ours while the source is down", async () => {
        const tree = imageIndex();
        let down = false;
        const hub = await embedded({ intercept: (_, response) => down && refuse(response, 503, "UNAVAILABLE") });
        const [first, second] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(first.host, "mirror/acme/app", tree, { tag: "1" });
        down = true;
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["first", "second"] } };
        const done = await sync(catalogFor({ hub, first, second }, images), {
            circumstances: { upstream: "locked", wishes: { app: { "1": { digest: tree.root } } } },
            environment: { retry: { attempts: 1 } },
        });
        expect(done.failures).toEqual([]);
        expect(done.judged.map(({ verdict }) => verdict)).toEqual(["unknown", "consistent", "consistent"]);
        await resolveWholly(second.host, "mirror/acme/app", "1");
    });

    it("takes a digest whose tag has moved on from the source by the digest alone", async () => {
        const [locked, fresh] = [imageIndex(), imageIndex()];
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", locked, { tag: "1" });
        await pushTree(hub.host, "acme/app", fresh, { tag: "1" });
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } };
        const done = await sync(catalogFor({ hub, ghcr: target }, images), {
            circumstances: { upstream: "locked", wishes: { app: { "1": { digest: locked.root } } } },
        });
        expect(done.failures).toEqual([]);
        expect(done.judged.map(({ verdict }) => verdict)).toEqual(["moved-upstream", "consistent"]);
        await resolveWholly(target.host, "mirror/acme/app", locked.root);
    });

    it("says so where a locked digest is nowhere any more", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", imageIndex(), { tag: "1" });
        const gone = sha256(Buffer.from("gone"));
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } };
        const done = await sync(catalogFor({ hub, ghcr: target }, images), {
            circumstances: { upstream: "locked", wishes: { app: { "1": { digest: gone } } } },
        });
        expect(done.failures.map(({ code }) => code)).toEqual(["MANIFEST_UNKNOWN"]);
        expect(done.failures[0]?.message).toMatch(/^could not carry app:1@ghcr: .*acme\/app@sha256:.* is not there/i);
    });
});

describeWith(["openssl"], "a registry that cannot be used", () => {
    const quick = { environment: { retry: { attempts: 1 } } };
    let certificates: Certificates;

    beforeAll(() => {
        certificates = makeCertificates();
        return () => certificates.remove();
    });

    it("is told by one sentence, at either end, and stops no image of another registry", async () => {
        const open = await embedded();
        const locked = await embedded({
            auth: { kind: "bearer", users: { owner: "right", reader: "r" }, readers: ["reader"] },
        });
        const { cert, key } = certificates.selfSigned;
        const tls = await embedded({ tls: { cert: certificates.read(cert), key: certificates.read(key) } });
        const unused = await closedPort();
        const credentials = { from: "config", key: "wrong" };
        const reader = { from: "config", key: "reader" };
        await pushTree(open.host, "acme/app", singleImage(), { tag: "1" });
        const rest = { tags: ["1"] };
        const from = (registry: string, host: string) => ({ source: `${host}/acme/app`, targets: [registry], ...rest });
        const hosts = { hub: open, ghcr: await embedded(), locked, readonly: { host: `localhost:${locked.port}` } };
        const others = { unknown: { host: "registry.invalid" }, down: { host: unused }, cert: tls };
        const catalog = catalogFor(
            { ...hosts, ...others },
            {
                well: from("ghcr", open.host),
                "to-unknown": from("unknown", open.host),
                "to-down": from("down", open.host),
                "to-cert": from("cert", open.host),
                "to-locked": from("locked", open.host),
                "to-readonly": from("readonly", open.host),
            },
            {
                locked: { credentials },
                readonly: { credentials: reader },
                unknown: { insecure: false },
                cert: { insecure: false },
            },
        );
        const environment = {
            retry: { attempts: 1 },
            credentials: {
                wrong: { username: "owner", password: "wrong" },
                reader: { username: "reader", password: "r" },
            },
        };
        const done = await sync(catalog, { environment });
        await resolveWholly(hosts.ghcr.host, "mirror/acme/app", "1");
        const told = Object.fromEntries(
            done.judged.flatMap(({ image, role, state }) =>
                role === "target" && state.status === "unknown" ? [[image, `${state.code}: ${state.message}`]] : [],
            ),
        );
        expect(told["to-unknown"]).toMatch(/^HOST_UNKNOWN: .*mirror\/acme\/app.*registry\.invalid.*check/);
        expect(told["to-down"]).toMatch(
            /^CONNECTION_REFUSED: .*nothing accepts connections at .*check that the registry runs/,
        );
        expect(told["to-cert"]).toMatch(/^TLS_ERROR: .*self-signed; name its PEM file by the key "ca"/);
        expect(told["to-locked"]).toMatch(/^UNAUTHORIZED: .*refused the credentials from .*check that they are right/);
        // It may look, and is told when it is to write.
        expect(done.failures.map(({ copy }) => copy.image)).toEqual(["to-readonly"]);
        expect(done.failures[0]?.message).toMatch(
            /^could not carry to-readonly:1@readonly: .*does not let us .* with the credentials from .*give them the right to push/,
        );
        expect(done.failures[0]?.code).toBe("DENIED");
    });

    it("is a failure of each image whose source it is, which says why and what to do", async () => {
        const [open, target] = [await embedded(), await embedded()];
        await pushTree(open.host, "acme/app", singleImage(), { tag: "1" });
        const rest = { tags: ["1"], targets: ["ghcr"] };
        const unused = await closedPort();
        const catalog = catalogFor(
            { hub: open, ghcr: target, down: { host: unused } },
            {
                app: { source: `${open.host}/acme/app`, ...rest },
                lost: { source: `${unused}/mirror/acme/lost`, ...rest },
            },
        );
        const done = await sync(catalog, quick);
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(200);
        expect(done.failures).toHaveLength(1);
        expect(done.failures[0]?.message).toMatch(
            /^lost:1@ghcr cannot be carried: its authority down could not be asked: .*nothing accepts connections at .*check that the registry runs/,
        );
    });
});

describe("an abort in the middle", () => {
    it("writes nothing afterwards, leaves no tag on something incomplete, and the next run ends well", async () => {
        const controller = new AbortController();
        let writes = 0;
        const hub = await embedded();
        const target = await embedded({
            onRequest: ({ method }) => {
                if (method === "PUT" || method === "POST" || method === "PATCH") {
                    writes += 1;
                    if (writes === 12) {
                        controller.abort(new Error("enough"));
                    }
                }
            },
        });
        const images: Record<string, object> = {};
        for (let number = 0; number < 10; number += 1) {
            const repository = `acme/app-${number}`;
            await pushTree(hub.host, repository, imageIndex(), { tag: "1" });
            images[`app-${number}`] = { source: `${hub.host}/${repository}`, tags: ["1"], targets: ["ghcr"] };
        }
        const catalog = catalogFor({ hub, ghcr: target }, images);
        const { signal } = controller;
        const pool = poolFor(catalog, { signal });
        await expect(sync(catalog, { pool, signal })).rejects.toThrow("enough");
        // What was on the wire when it ended may still arrive.
        await new Promise((resolve) => setTimeout(resolve, 150));
        const written = writes;
        expect(written).toBeLessThan(60);
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(writes).toBe(written);
        for (const number of Object.keys(images).keys()) {
            if ((await statusOf(target, `mirror/acme/app-${number}`, "1")) === 200) {
                await resolveWholly(target.host, `mirror/acme/app-${number}`, "1");
            }
        }
        expect((await sync(catalog)).failures).toEqual([]);
        await resolveWholly(target.host, "mirror/acme/app-9", "1");
    });

    it("is told of each tag that it kept from being carried", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", singleImage(), { tag: "1" });
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"] } };
        const told: string[] = [];
        const controller = new AbortController();
        const run = sync(catalogFor({ hub, ghcr: target }, images), {
            signal: controller.signal,
            select: () => {
                controller.abort(new Error("the engine is gone"));
                return true;
            },
            onCarried: ({ error }) => void told.push(`${error?.code}: ${error?.message}`),
        });
        await expect(run).rejects.toThrow("the engine is gone");
        expect(told).toEqual(["ABORTED: could not carry app:1@ghcr: the engine is gone"]);
        expect(await statusOf(target, "mirror/acme/app", "1")).toBe(404);
    });
});

async function closedPort(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}
