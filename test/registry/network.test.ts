import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RegistryError } from "../../core/registry";
import { networkFailure } from "../../core/registry/http/network-failure";
import { describeWith } from "../support/require-program";
import { type Certificates, makeCertificates } from "./certificates";
import { clientOf, FakeClock, scripted } from "./scripted-server";

const DIGEST = `sha256:${"a".repeat(64)}`;
const cleanup: (() => void)[] = [];

afterEach(() => {
    for (const undo of cleanup.splice(0)) {
        undo();
    }
});

/** A bare TCP server. */
async function tcp(onSocket: (socket: Socket) => void): Promise<{ host: string; connections: number }> {
    const state = { host: "", connections: 0 };
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
        state.connections += 1;
        sockets.add(socket);
        socket.on("error", () => undefined);
        onSocket(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    state.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    cleanup.push(() => {
        for (const socket of sockets) {
            socket.destroy();
        }
        server.close();
    });
    return state;
}

async function failure(work: Promise<unknown>): Promise<RegistryError> {
    const error = await work.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RegistryError);
    return error as RegistryError;
}

/** A forward proxy that knows CONNECT; whatever is asked for, it connects to `port` where that is given. */
async function proxy(to?: number): Promise<{ asked: string[]; address: string }> {
    const asked: string[] = [];
    const forward = createHttpServer();
    forward.on("connect", (request, socket) => {
        asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
        const [host, port] = (request.url ?? "").split(":");
        const upstream = connect(to ?? Number(port), to === undefined ? host : "127.0.0.1", () => {
            socket.write("HTTP/1.1 200 OK\r\n\r\n");
            upstream.pipe(socket).pipe(upstream);
        });
        upstream.on("error", () => socket.destroy());
        socket.on("error", () => upstream.destroy());
        cleanup.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => forward.listen(0, "127.0.0.1", resolve));
    cleanup.push(() => {
        forward.close();
        forward.closeAllConnections();
    });
    return { asked, address: `127.0.0.1:${(forward.address() as AddressInfo).port}` };
}

describe("a registry that cannot be reached", () => {
    it("by an unknown name is one sentence, and DNS is not asked for every image", async () => {
        const client = clientOf({ host: "registry.invalid" }, { insecure: false });
        const error = await failure(client.headManifest("a/b", "1"));
        expect(error).toMatchObject({ code: "HOST_UNKNOWN", host: "registry.invalid", method: "HEAD" });
        expect(error.message).toBe(
            "Could not read registry.invalid/a/b:1: the host registry.invalid is not known to DNS; check its spelling and this machine's network.",
        );
        const requests = client.stats.requests;
        const second = await failure(client.headManifest("a/c", "2"));
        expect(second.message).toContain("registry.invalid/a/c:2");
        expect(client.stats.requests).toBe(requests);
    });

    it("since nothing listens is one sentence, after few attempts; the others fail at once, and are tried again later", async () => {
        const clock = new FakeClock();
        const down = await scripted(() => undefined);
        await down.close();
        const client = clientOf(down, {}, clock);
        const error = await failure(client.headManifest("a/b", "1"));
        expect(error.code).toBe("CONNECTION_REFUSED");
        expect(error.message).toContain(`nothing accepts connections at ${down.host}; check that the registry runs`);
        expect(client.stats.requests).toBe(3);
        await Promise.all(Array.from({ length: 50 }, (_, index) => failure(client.headManifest("a/b", `t${index}`))));
        expect(client.stats.requests).toBe(3);
        clock.time += 6000;
        await failure(client.headManifest("a/b", "1"));
        expect(client.stats.requests).toBeGreaterThan(3);
    });

    it("within the time for connecting is one sentence with that time", () => {
        const cause = Object.assign(new Error("Connect Timeout Error"), { code: "UND_ERR_CONNECT_TIMEOUT" });
        const request = {
            method: "HEAD",
            path: "/v2/a/b/manifests/1",
            subject: "manifest",
            access: "pull",
            repository: "a/b",
            reference: "1",
        } as const;
        const endpoint = { host: "h", origin: "https://h", insecure: false };
        const context = {
            endpoint,
            quirks: {} as never,
            request,
            url: "https://h/v2/",
            secrets: [],
            connectMs: 10_000,
            idleMs: 60_000,
            customCa: false,
            proxied: true,
            now: 0,
        };
        expect(networkFailure(cause, context).error).toMatchObject({
            code: "TIMEOUT",
            message:
                "Could not read h/a/b:1: h did not accept a connection within 10 s; check the network, or raise timeouts.connect; it is reached through the proxy that HTTPS_PROXY or HTTP_PROXY names.",
        });
    });

    it("since it says nothing ends after the idle time", async () => {
        const silent = await tcp(() => undefined);
        const client = clientOf(silent, { timeouts: { idle: 60 } }, { retry: { attempts: 2, baseMs: 1 } });
        const error = await failure(client.headManifest("a/b", "1"));
        expect(error.code).toBe("TIMEOUT");
        expect(error.message).toMatch(/silent for 0\.1 s; try again later, or raise timeouts\.idle/);
        expect(silent.connections).toBe(2);
    });

    it("in HTTP is told by what it is", async () => {
        const nonsense = await tcp((socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
        const error = await failure(clientOf(nonsense, {}, { retry: { attempts: 1 } }).headManifest("a/b", "1"));
        expect(error.message).toContain("did not answer in HTTP");
    });
});

describeWith(["openssl"], "TLS", () => {
    let certificates: Certificates;
    beforeAll(() => {
        certificates = makeCertificates();
    });
    afterAll(() => certificates.remove());

    const answer = (
        _request: unknown,
        response: { writeHead(status: number, headers: Record<string, string>): { end(): void } },
    ): void => {
        response.writeHead(200, { "docker-content-digest": DIGEST }).end();
    };
    const pem = ({ cert, key }: { cert: string; key: string }): { cert: string; key: string } => ({
        cert: certificates.read(cert),
        key: certificates.read(key),
    });

    it("works with an authority of one's own, named by ca", async () => {
        const server = await scripted(answer, pem(certificates.good));
        const client = clientOf(server, { insecure: false, ca: certificates.ca });
        expect((await client.headManifest("a/b", "1")).digest).toBe(DIGEST);
    });

    it.each([
        [
            "good",
            undefined,
            /signed by an authority that this machine does not trust; name its PEM file by the key "ca"/,
        ],
        ["selfSigned", undefined, /is self-signed; name its PEM file by the key "ca"/],
        ["selfSigned", "ca", /is self-signed; put that authority's PEM into the file that "ca" names/],
        ["expired", "ca", /has expired; renew it/],
        ["otherHost", "ca", /is for another host/],
    ] as const)(
        "with the certificate %s and ca %s is one sentence, without a second attempt",
        async (name, ca, expected) => {
            const server = await scripted(answer, pem(certificates[name]));
            const client = clientOf(server, { insecure: false, ca: ca && certificates.ca });
            const error = await failure(client.headManifest("a/b", "1"));
            expect(error.code).toBe("TLS_ERROR");
            expect(error.message).toMatch(expected);
            expect(error.message).toContain(server.host);
            expect(client.stats.requests).toBe(1);
            expect(server.seen).toEqual([]);
        },
    );

    it("spoken to a plain HTTP port names insecure", async () => {
        const server = await scripted(answer);
        const error = await failure(clientOf(server, { insecure: false }).headManifest("a/b", "1"));
        expect(error).toMatchObject({ code: "TLS_ERROR", message: expect.stringContaining('set "insecure: true"') });
    });

    it("left away at a TLS port names insecure", async () => {
        const server = await scripted(answer, pem(certificates.good));
        const error = await failure(clientOf(server, {}, { retry: { attempts: 1 } }).headManifest("a/b", "1"));
        expect(error.message).toContain('if it speaks TLS, remove "insecure: true"');
    });

    it("left away is also told by a server that says so in HTTP", async () => {
        const server = await scripted((_request, response) => {
            response.writeHead(400).end("Client sent an HTTP request to an HTTPS server.\n");
        });
        const error = await failure(clientOf(server).getManifest("a/b", "1"));
        expect(error).toMatchObject({ code: "TLS_ERROR", message: expect.stringContaining('remove "insecure: true"') });
    });

    it("works through a proxy, with the certificate checked for the registry's own name", async () => {
        const server = await scripted(answer, pem(certificates.otherHost));
        const { asked, address } = await proxy(server.port);
        const settings = { insecure: false, ca: certificates.ca };
        const client = clientOf({ host: "registry.example.com" }, settings, {
            env: { HTTPS_PROXY: `http://${address}` },
        });
        expect((await client.headManifest("a/b", "1")).digest).toBe(DIGEST);
        expect(asked).toEqual(["registry.example.com:443"]);
        expect(server.seen[0]?.headers.host).toBe("registry.example.com");
    });

    it("shows the client's certificate where one is named", async () => {
        const { cert, key } = pem(certificates.good);
        const options = {
            cert,
            key,
            ca: certificates.read(certificates.ca),
            requestCert: true,
            rejectUnauthorized: true,
        };
        const server = createTlsServer(options, (_request, response) => {
            response.writeHead(200, { "docker-content-digest": DIGEST }).end();
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        cleanup.push(() => {
            server.close();
            server.closeAllConnections();
        });
        const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
        const settings = { insecure: false, ca: certificates.ca };
        const client = clientOf({ host }, { ...settings, clientCert: certificates.client });
        expect((await client.headManifest("a/b", "1")).digest).toBe(DIGEST);
        const without = await failure(
            clientOf({ host }, settings, { retry: { attempts: 1 } }).headManifest("a/b", "1"),
        );
        expect(["TLS_ERROR", "NETWORK_ERROR"]).toContain(without.code);
    });

    it.each([["/nonexistent/ca.pem"], ["/etc/hostname"]])(
        "with %s for ca is one sentence that names it",
        async (ca) => {
            const client = clientOf({ host: "h" }, { insecure: false, ca });
            await expect(client.headManifest("a/b", "1")).rejects.toMatchObject({
                code: "TLS_ERROR",
                message: expect.stringContaining(`The file ${ca}, named by "ca" for h, cannot be used`),
            });
            expect(client.stats.requests).toBe(0);
        },
    );
});

describe("a proxy", () => {
    const answer = (
        _request: unknown,
        response: { writeHead(status: number, headers: Record<string, string>): { end(): void } },
    ): void => {
        response.writeHead(200, { "docker-content-digest": DIGEST }).end();
    };

    it("is not asked for what is on this machine", async () => {
        const server = await scripted(answer);
        const client = clientOf(server, {}, { env: { HTTP_PROXY: "http://127.0.0.1:1" } });
        expect((await client.headManifest("a/b", "1")).digest).toBe(DIGEST);
    });

    it("that refuses says so", async () => {
        const refusing = await tcp((socket) => {
            socket.once("data", () =>
                socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"),
            );
        });
        const env = { HTTPS_PROXY: `http://${refusing.host}` };
        const error = await failure(
            clientOf({ host: "registry.invalid" }, { insecure: false }, { env }).headManifest("a/b", "1"),
        );
        expect(error).toMatchObject({ code: "NETWORK_ERROR", message: expect.stringContaining("(407)") });
        expect(refusing.connections).toBe(1);
    });

    it("that HTTPS_PROXY names is asked for the rest, with its credentials, which no message shows", async () => {
        const { asked, address } = await proxy();
        const env = { HTTPS_PROXY: `http://me:proxypass@${address}`, NO_PROXY: "internal.example.com" };
        const client = clientOf({ host: "registry.invalid:443" }, { insecure: false }, { env, retry: { attempts: 1 } });
        const error = await failure(client.headManifest("a/b", "1"));
        expect(asked[0]).toBe(`registry.invalid:443 Basic ${Buffer.from("me:proxypass").toString("base64")}`);
        expect(error.message).toContain("it is reached through the proxy");
        expect(error.message).not.toContain("proxypass");
    });

    it("is left aside for the hosts of NO_PROXY", async () => {
        const { asked, address } = await proxy();
        const env = { HTTPS_PROXY: `http://${address}`, NO_PROXY: "other.invalid,.invalid" };
        const error = await failure(
            clientOf({ host: "registry.invalid" }, { insecure: false }, { env }).headManifest("a/b", "1"),
        );
        expect(error.code).toBe("HOST_UNKNOWN");
        expect(asked).toEqual([]);
    });
});
