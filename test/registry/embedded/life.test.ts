import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { get } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type RequestEvent, startEmbeddedRegistry } from "../../../core/registry/embedded";
import { embedded, temporaryFolder } from "../../support/embedded";
import { noise, pushTree, sha256, singleImage } from "../../support/images";
import { describeWith } from "../../support/require-program";
import { ask, pushBlob } from "./wire";

describe("starting and closing the embedded registry", () => {
    it("says in one sentence that its port is in use, and leaves the store free", async () => {
        const other = createServer();
        await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
        const { port } = other.address() as AddressInfo;
        const root = await temporaryFolder();
        await expect(startEmbeddedRegistry({ root, port })).rejects.toMatchObject({
            name: "TransshipError",
            code: "PORT_IN_USE",
            message: `Port ${port} on 127.0.0.1 is in use by another program: stop it, or choose another port for the registry.`,
        });
        await new Promise((resolve) => other.close(resolve));
        const registry = await embedded({ root, port });
        expect([registry.port, registry.host, registry.url]).toEqual([
            port,
            `127.0.0.1:${port}`,
            `http://127.0.0.1:${port}`,
        ]);
    });

    it("says in one sentence that its address is not this machine's", async () => {
        const root = await temporaryFolder();
        await expect(startEmbeddedRegistry({ root, host: "192.0.2.1" })).rejects.toMatchObject({
            code: "ADDRESS_UNAVAILABLE",
        });
    });

    it("says in one sentence that its folder cannot be used", async () => {
        const file = join(await temporaryFolder(), "file");
        await writeFile(file, "");
        const root = join(file, "store");
        await expect(startEmbeddedRegistry({ root })).rejects.toMatchObject({
            code: "STORAGE_UNWRITABLE",
            message: expect.stringContaining(`${root} cannot be used (ENOTDIR)`),
        });
    });

    it("closes at once under open connections and uploads, may be closed twice, and frees its port", async () => {
        const root = await temporaryFolder();
        const registry = await embedded({ root });
        const idle = connect(registry.port, "127.0.0.1");
        const closed = new Promise((resolve) => idle.on("close", resolve));
        const { headers } = await ask(registry, "POST", "/v2/app/blobs/uploads/");
        const upload = connect(registry.port, "127.0.0.1");
        upload.on("error", () => {});
        upload.write(`PATCH ${headers.location} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nsome`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        const start = Date.now();
        await Promise.all([registry.close(), registry.close()]);
        // A handler that had to be given up would cost a second.
        expect(Date.now() - start).toBeLessThan(900);
        await closed;
        await (await startEmbeddedRegistry({ root, port: registry.port })).close();
    });

    it("leaves nothing that keeps a process alive", async () => {
        const root = await temporaryFolder();
        const room = join(__dirname, "../../../core/registry/embedded/index.ts");
        const program = `
            const { startEmbeddedRegistry } = require(${JSON.stringify(room)});
            startEmbeddedRegistry({ root: ${JSON.stringify(root)}, pullLimit: { limit: 1 } }).then(async (registry) => {
                await fetch(registry.url + "/v2/");
                await registry.close();
                console.log("closed");
            });`;
        const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "-e", program], {
            timeout: 15_000,
        });
        // Reaching this line means that the process ended by itself, within the time.
        expect(stdout).toBe("closed\n");
    });
});

describe("watching the embedded registry", () => {
    it("counts requests by method and kind, tells of each, and forgets on reset", async () => {
        const events: RequestEvent[] = [];
        const lines: string[] = [];
        const registry = await embedded({ onRequest: (event) => events.push(event), log: (line) => lines.push(line) });
        const tree = singleImage({ layers: 1 });
        await pushTree(registry.host, "app", tree, { tag: "latest" });
        expect(registry.requests.snapshot()).toEqual({ "POST upload": 2, "PUT manifest": 1, "PUT upload": 2 });
        registry.requests.reset();
        events.length = 0;
        await ask(registry, "GET", "/v2/");
        await ask(registry, "HEAD", "/v2/app/manifests/latest");
        await ask(registry, "HEAD", "/v2/app/manifests/none");
        await ask(registry, "GET", `/v2/app/blobs/${[...tree.blobs.keys()][0]}`);
        await ask(registry, "GET", "/v2/app/tags/list");
        await ask(registry, "GET", "/nothing");
        expect(registry.requests.byKind).toEqual({ ping: 1, manifest: 2, blob: 1, tags: 1, other: 1 });
        expect(registry.requests.byMethod).toEqual({ GET: 4, HEAD: 2 });
        expect(registry.requests.count({ method: "HEAD", kind: "manifest" })).toBe(2);
        expect(registry.requests.total).toBe(6);
        expect(events[1]).toEqual({
            method: "HEAD",
            kind: "manifest",
            target: "/v2/app/manifests/latest",
            repository: "app",
            reference: "latest",
        });
        expect(lines).toContain("HEAD /v2/app/manifests/none 404");
    });

    it("lets a test answer instead", async () => {
        const registry = await embedded({
            intercept: (_request, response, route) => {
                if (route.reference === "broken") {
                    response.writeHead(503, { "retry-after": "1" }).end();
                    return true;
                }
                return false;
            },
        });
        const answer = await ask(registry, "GET", "/v2/app/manifests/broken");
        expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
        expect((await ask(registry, "GET", "/v2/app/manifests/other")).status).toBe(404);
    });

    it("differs from the specification where it is told to", async () => {
        const registry = await embedded({ quirks: { noDigestHeader: true, noMount: true } });
        await pushTree(registry.host, "app", singleImage(), { tag: "latest" });
        const head = await ask(registry, "HEAD", "/v2/app/manifests/latest");
        expect([head.status, head.headers["docker-content-digest"]]).toEqual([200, undefined]);
        const blob = noise("quirk");
        await pushBlob(registry, "app", sha256(blob), blob);
        const mount = await ask(registry, "POST", `/v2/b/blobs/uploads/?mount=${sha256(blob)}&from=app`);
        expect(mount.status).toBe(202);
    });
});

describeWith(["openssl"], "the embedded registry over TLS", ({ openssl }) => {
    it("shows its certificate, and points to its token endpoint by https", async () => {
        const folder = await temporaryFolder();
        const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
        const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
        const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert];
        await promisify(execFile)(openssl, [...request, ...subject]);
        const tls = { cert: await readFile(cert), key: await readFile(key) };
        const registry = await embedded({ tls, auth: { kind: "bearer", users: {} } });
        const challenge = await new Promise((resolve, reject) => {
            const options = {
                host: "localhost",
                family: 4,
                port: registry.port,
                path: "/v2/",
                ca: tls.cert,
                agent: false,
            };
            get(options, (response) => {
                response.resume();
                resolve(response.headers["www-authenticate"]);
            }).on("error", reject);
        });
        expect(challenge).toContain(`realm="https://localhost:${registry.port}/token"`);
        const unfinished = connect(registry.port, "127.0.0.1");
        await new Promise((resolve) => unfinished.on("connect", resolve));
        const closed = new Promise((resolve) => unfinished.on("close", resolve));
        await registry.close();
        await closed;
    });
});
