import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Certificates, makeCertificates } from "../registry/certificates";
import { scripted } from "../registry/scripted-server";
import { embedded, temporaryFolder } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { deadPort, examine, forwardProxy, statusesOf, tcpServer } from "./examine";

const here = async () => [{ address: "127.0.0.1", family: 4 }];

describe("The doctor on names", () => {
    it("tells a name that DNS does not know, and asks nothing that depends on it", async () => {
        const checks = await examine("registry.invalid");
        expect(checks.name).toMatchObject({ status: "wrong", message: "registry.invalid is not known to DNS" });
        expect(checks.name.remedy).toContain("check its spelling");
        expect(statusesOf(checks)).toEqual(["name wrong", "proxy ok", "credentials ok"]);
        expect(checks.pull.message).toBe("not asked before name is right");
    });

    it("tells a resolver that gives no answer from a name that is not there", async () => {
        const lookup = () => Promise.reject(Object.assign(new Error("again"), { code: "EAI_AGAIN" }));
        const { name } = await examine("ghcr.io", { environment: { lookup } });
        expect(name).toMatchObject({ status: "wrong", message: "DNS gave no answer for ghcr.io (EAI_AGAIN)" });
        expect(name.remedy).toContain("/etc/resolv.conf");
    });

    it("tells where a name comes from, and warns where it leads to this machine", async () => {
        const hostsFile = join(await temporaryFolder(), "hosts");
        writeFileSync(hostsFile, "127.0.0.1 localhost # ghcr.io\n0.0.0.0 other.example GHCR.io\n");
        const environment = { lookup: here, hostsFile };
        const { name } = await examine("ghcr.io", { environment });
        expect(name).toMatchObject({ status: "warning", message: expect.stringContaining(`by ${hostsFile}`) });
        expect(name.remedy).toContain(`take the line out of ${hostsFile}`);
        const blocked = await examine("quay.io", { environment });
        expect(blocked.name.remedy).toContain("a resolver that blocks this name");
    });

    it("warns of a name that search domains complete, and takes addresses as they are", async () => {
        const lookup = async () => [{ address: "192.0.2.7", family: 4 }];
        const registry = { timeouts: { connect: 20 } };
        const { name } = await examine("registry:5000", { registry, environment: { lookup } });
        expect(name).toMatchObject({ status: "warning", remedy: expect.stringContaining("write its full name") });
        const host = `127.0.0.1:${await deadPort()}`;
        expect((await examine(host)).name).toMatchObject({
            status: "ok",
            message: expect.stringContaining("no name to"),
        });
    });
});

describe("The doctor on connections", () => {
    it("tells a port that nothing listens at", async () => {
        const checks = await examine(`127.0.0.1:${await deadPort()}`);
        expect(checks.connect).toMatchObject({
            status: "wrong",
            message: expect.stringContaining("nothing accepts connections"),
            remedy: "check that the registry runs, and that the port is right",
        });
        expect(statusesOf(checks)).toEqual(["name ok", "proxy ok", "connect wrong", "credentials ok"]);
    });

    it("reaches a host by the one of its addresses that answers", async () => {
        const { port } = await embedded();
        const lookup = async () => [
            { address: "::1", family: 6 },
            { address: "127.0.0.1", family: 4 },
        ];
        const checks = await examine(`registry.example.com:${port}`, { environment: { lookup } });
        expect(checks.connect).toMatchObject({ status: "ok", message: expect.stringContaining("127.0.0.1 port") });
        expect(checks.api.status).toBe("ok");
    });

    it("tells what is no registry by what it answers", async () => {
        const answers = async (status: number, headers: Record<string, string> = {}) => {
            const server = await scripted((_request, response) => response.writeHead(status, headers).end("<p>"));
            return (await examine(server.host)).api;
        };
        const html = { "content-type": "text/html" };
        expect(await answers(200, html)).toMatchObject({
            status: "wrong",
            message: expect.stringContaining("something else"),
        });
        expect(await answers(404, html)).toMatchObject({
            status: "wrong",
            remedy: expect.stringContaining("check host"),
        });
        expect(await answers(302, { location: "https://h.example/x?sig=secret" })).toMatchObject({
            status: "wrong",
            message: expect.stringMatching(/sends requests for \/v2\/ to https:\/\/h\.example\/x\?sig=REDACTED/),
        });
        expect(await answers(503)).toMatchObject({
            status: "wrong",
            message: expect.stringContaining("itself fails (503)"),
        });
        expect(await answers(429)).toMatchObject({ status: "unknown", remedy: "try again later" });
        expect(await answers(200, { "content-type": "application/json" })).toMatchObject({ status: "ok" });
    });

    it("tells what speaks no HTTP at all", async () => {
        const ssh = await examine(await tcpServer((socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n")));
        expect(ssh.api).toMatchObject({ status: "wrong", message: expect.stringContaining("does not speak HTTP") });
        const closing = await examine(await tcpServer((socket) => socket.destroy()));
        expect(closing.api).toMatchObject({
            status: "wrong",
            message: expect.stringMatching(/does not speak HTTP|no answer/),
        });
    });

    it.each([
        [600_000, "10 minutes ahead of"],
        [-7_200_000, "2 hours behind"],
    ])("warns of a clock that is %s ms off", async (off, words) => {
        const { host } = await embedded();
        const { clock, api } = await examine(host, { environment: { now: () => Date.now() + off } });
        expect(clock).toMatchObject({ status: "warning", message: expect.stringContaining(words) });
        expect(clock.remedy).toContain("NTP");
        expect(api.status).toBe("ok");
        expect((await examine(host)).clock.status).toBe("ok");
    });
});

describeWith(["openssl"], "The doctor on TLS", () => {
    let certificates: Certificates;
    beforeAll(() => {
        certificates = makeCertificates();
    });
    afterAll(() => certificates.remove());

    type Name = "good" | "lasting" | "selfSigned" | "expired" | "otherHost";
    const serve = (name: Name) =>
        scripted((_request, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"), {
            cert: certificates.read(certificates[name].cert),
            key: certificates.read(certificates[name].key),
        });
    const tlsOf = async (name: Name, ca = true, environment = {}) => {
        const { host } = await serve(name);
        return examine(host, { registry: { insecure: false, ...(ca ? { ca: certificates.ca } : {}) }, environment });
    };

    it("tells by whom a certificate is, and until when", async () => {
        const { tls, api } = await tlsOf("lasting");
        expect(tls).toMatchObject({ status: "ok" });
        expect(tls.message).toMatch(
            /^TLSv1\.3, a certificate by "test authority" until \d{4}-\d{2}-\d{2}, in \d{2} days$/,
        );
        expect(api.status).toBe("ok");
    });

    it("warns where it ends within thirty days", async () => {
        expect((await tlsOf("good")).tls).toMatchObject({
            status: "warning",
            message: expect.stringContaining("in 1 day"),
        });
        const now = () => Date.now() + 80 * 24 * 3_600_000;
        const { tls } = await tlsOf("lasting", true, { now });
        expect(tls).toMatchObject({ status: "warning", remedy: expect.stringContaining("renew it") });
    });

    it.each([
        ["good", false, "signed by an authority that this machine does not trust", 'name its PEM file by the key "ca"'],
        ["selfSigned", false, "is self-signed", 'name its PEM file by the key "ca"'],
        ["selfSigned", true, "is self-signed", 'put that authority\'s PEM into the file that "ca" names'],
        ["expired", true, "has expired", "renew it"],
        ["otherHost", true, "is for another host", "use the name it was made for"],
    ] as const)("tells what is wrong with the certificate %s (ca: %s)", async (name, ca, message, remedy) => {
        const checks = await tlsOf(name, ca);
        expect(checks.tls).toMatchObject({ status: "wrong", message: expect.stringContaining(message) });
        expect(checks.tls.remedy).toContain(remedy);
        expect(statusesOf(checks)).toEqual([
            "name ok",
            "proxy ok",
            "connect ok",
            "tls wrong",
            "clock ok",
            "api ok",
            "credentials ok",
        ]);
    });

    it("tells plain HTTP and TLS apart, whichever was expected", async () => {
        const { host } = await embedded();
        const plain = await examine(host, { registry: { insecure: false } });
        expect(plain.tls).toMatchObject({ status: "wrong", remedy: expect.stringContaining('"insecure: true"') });
        const secured = await serve("good");
        const { api } = await examine(secured.host);
        expect(api).toMatchObject({ status: "wrong", remedy: expect.stringContaining('remove "insecure: true"') });
    });

    it("tells a file of certificates that is not there", async () => {
        const { host } = await serve("good");
        const { tls } = await examine(host, { registry: { insecure: false, ca: "/nonexistent/ca.pem" } });
        expect(tls).toMatchObject({ status: "wrong", message: expect.stringContaining("/nonexistent/ca.pem") });
        expect(tls.remedy).toBe("correct the registry's ca or clientCert");
    });

    it("goes through a proxy, and judges the certificate by the registry's own name", async () => {
        const server = await serve("otherHost");
        const { asked, address } = await forwardProxy({ to: server.port });
        const environment = { env: { HTTPS_PROXY: `http://me:proxypass@${address}` } };
        const checks = await examine("registry.example.com", {
            registry: { insecure: false, ca: certificates.ca },
            environment,
        });
        expect(checks.proxy).toMatchObject({
            status: "ok",
            message: `goes by the proxy ${address} that HTTPS_PROXY names`,
        });
        expect(checks.name).toMatchObject({ status: "ok", message: expect.stringContaining("the proxy resolves it") });
        expect([checks.connect.status, checks.tls.status, checks.api.status]).toEqual(["ok", "warning", "ok"]);
        expect(asked[0]).toBe(`registry.example.com:443 Basic ${Buffer.from("me:proxypass").toString("base64")}`);
        expect(JSON.stringify(checks)).not.toContain("proxypass");
    });
});

describe("The doctor on proxies", () => {
    const through = (address: string, env: Record<string, string> = {}, host = "registry.invalid") =>
        examine(host, {
            registry: { insecure: false },
            environment: { env: { HTTPS_PROXY: `http://${address}`, ...env } },
        });

    it.each([
        [407, "put user and password of the proxy into the variable"],
        [403, "let the proxy allow this host"],
        [502, "look at the proxy's own log"],
    ])("tells why it opens no tunnel: %s", async (refuse, remedy) => {
        const { address } = await forwardProxy({ refuse });
        const { proxy, connect } = await through(address);
        expect(proxy.status).toBe("ok");
        expect(connect).toMatchObject({ status: "wrong", message: expect.stringContaining(`(${refuse})`) });
        expect(connect.remedy).toContain(remedy);
    });

    it("tells one that cannot be reached, and a variable that names none", async () => {
        const dead = `127.0.0.1:${await deadPort()}`;
        const { proxy } = await through(dead);
        expect(proxy).toMatchObject({ status: "wrong", message: expect.stringContaining("ECONNREFUSED") });
        expect(proxy.remedy).toContain("correct HTTPS_PROXY");
        const nonsense = await through("", { HTTPS_PROXY: "proxy.example:3128" });
        expect(nonsense.proxy).toMatchObject({ status: "wrong", message: "HTTPS_PROXY is no address of a proxy" });
    });

    it.each([
        ["registry.invalid", "registry.invalid"],
        ["other.example, .invalid", ".invalid"],
        ["*", "*"],
        ["registry.invalid:443", "registry.invalid:443"],
    ])("leaves it aside for NO_PROXY %s", async (list, entry) => {
        const { asked, address } = await forwardProxy({ refuse: 500 });
        const { proxy, name } = await through(address, { NO_PROXY: list });
        expect(proxy.message).toBe(`HTTPS_PROXY names a proxy, and NO_PROXY has ${entry}`);
        expect(name.status).toBe("wrong");
        expect(asked).toEqual([]);
    });

    it("asks it where NO_PROXY means others, and warns of a range, which it does not read", async () => {
        const { asked, address } = await forwardProxy({ refuse: 403 });
        await through(address, { NO_PROXY: "registry.invalid:5000,notregistry.invalid,gistry.invalid" });
        expect(asked).toEqual(["registry.invalid:443"]);
        const { proxy } = await through(address, { no_proxy: "10.0.0.0/8,fd00::/8" }, "10.1.2.3");
        expect(proxy).toMatchObject({ status: "warning", message: expect.stringContaining("the range 10.0.0.0/8") });
        expect((await through(address, { no_proxy: "11.0.0.0/8" }, "10.1.2.3")).proxy.status).toBe("ok");
    });
});
