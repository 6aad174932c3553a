import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reconciliation } from "../../core/mirror";
import { type Certificates, makeCertificates } from "../registry/certificates";
import { scripted } from "../registry/scripted-server";
import { type DockerRegistryOptions, startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { FAMILIES, type ImageTree, noise, pushTree, sha256, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, rawBlob, rawManifest, statusOf, sync } from "./world";

const COPY = "mirror/acme/base";
const FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
const layer = noise("a Windows base layer", 50_000);

/** An image as Microsoft's were: its base layer is only at the publisher's address. */
function windowsImage(...urls: readonly string[]): ImageTree {
    const tree = singleImage({ seed: "windows", family: "docker", platform: "windows/amd64" });
    const body = JSON.parse(tree.manifests[0]?.bytes.toString() ?? "") as { layers: object[] };
    const base = { mediaType: FOREIGN, digest: sha256(layer), size: layer.length, urls };
    const bytes = Buffer.from(JSON.stringify({ ...body, layers: [base, ...body.layers] }, null, 3));
    const mediaType = FAMILIES.docker.manifest;
    return { ...tree, root: sha256(bytes), manifests: [{ digest: sha256(bytes), bytes, mediaType }] };
}

const image = (hub: Host, more: object = {}) => ({
    base: { source: `${hub.host}/acme/base`, tags: ["1"], targets: ["ghcr"], ...more },
});

describe("non-distributable layers", () => {
    it("stay at their addresses, and that is told", async () => {
        const tree = windowsImage("https://example.invalid/layer");
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/base", tree, { tag: "1" });
        const done = await sync(catalogFor({ hub, ghcr: target }, image(hub)));
        expect(done.failures).toEqual([]);
        expect(done.results).toMatchObject([{ foreignLayers: { count: 1, carried: false } }]);
        expect((await rawManifest(target, COPY, "1")).digest).toBe(tree.root);
        expect(await rawBlob(target, COPY, sha256(layer))).toBeUndefined();
    });

    it("are told of also where the target had the image before, and only its tag was missing", async () => {
        const tree = windowsImage("https://example.invalid/layer");
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/base", tree, { tag: "1" });
        await pushTree(target.host, COPY, tree);
        const done = await sync(catalogFor({ hub, ghcr: target }, image(hub)));
        expect(done.results).toMatchObject([{ foreignLayers: { count: 1, carried: false } }]);
    });

    it("go along with foreignLayers: carry, from the source where it has them", async () => {
        const tree = windowsImage("https://example.invalid/layer");
        const [hub, target] = [await embedded(), await embedded()];
        const blobs = new Map([...tree.blobs, [sha256(layer), layer] as const]);
        await pushTree(hub.host, "acme/base", { ...tree, blobs }, { tag: "1" });
        const done = await sync(catalogFor({ hub, ghcr: target }, image(hub, { foreignLayers: "carry" })));
        expect(done.failures).toEqual([]);
        expect(done.results).toMatchObject([{ foreignLayers: { count: 1, carried: true } }]);
        expect((await rawBlob(target, COPY, sha256(layer)))?.equals(layer)).toBe(true);
        expect((await rawManifest(target, COPY, "1")).digest).toBe(tree.root);
    });

    it("are never read over plain HTTP, and the error says what to do", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        const web = await scripted((_request, response) => response.end(layer));
        await pushTree(hub.host, "acme/base", windowsImage(`${web.origin}/layer`), { tag: "1" });
        const done = await sync(catalogFor({ hub, ghcr: target }, image(hub, { foreignLayers: "carry" })));
        expect(done.failures.map(({ code }) => code)).toEqual(["FOREIGN_LAYER"]);
        expect(done.failures[0]?.message).toContain("https://");
        expect(done.failures[0]?.message).toContain('"foreignLayers: skip"');
        expect(web.seen).toEqual([]);
        expect(await statusOf(target, COPY, "1")).toBe(404);
    });

    it("that a target wants to have are named in its refusal, with the key that brings them", async () => {
        const tree = windowsImage("https://example.invalid/layer");
        const hub = await embedded();
        await pushTree(hub.host, "acme/base", tree, { tag: "1" });
        const target = await embedded({
            intercept: (request, response, route) => {
                if (request.method !== "PUT" || route.kind !== "manifest") {
                    return false;
                }
                request.resume();
                response.writeHead(400, { "content-type": "application/json" });
                response.end('{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown"}]}');
                return true;
            },
        });
        const done = await sync(catalogFor({ hub, ghcr: target }, image(hub)));
        expect(done.failures[0]?.message).toContain('try "foreignLayers: carry"');
    });
});

describeWith(["openssl"], "non-distributable layers at an address", () => {
    let certificates: Certificates;

    beforeAll(() => {
        certificates = makeCertificates();
    });
    afterAll(() => certificates.remove());

    /** Trusts the test's authority; what it asks for goes to real servers. */
    async function carry(urls: (origin: string) => string[], bytes: Buffer) {
        const { cert, key } = certificates.good;
        const tls = { cert: certificates.read(cert), key: certificates.read(key) };
        const web = await scripted((request, response) => {
            if (request.url === "/moved") {
                response.writeHead(302, { location: "/layer?signature=secret" }).end();
            } else {
                response.writeHead(request.url.startsWith("/layer") ? 200 : 404).end(bytes);
            }
        }, tls);
        const hub = await embedded({ auth: { kind: "basic", users: { robot: "secret" } } });
        const auth = { username: "robot", password: "secret" };
        const tree = windowsImage(...urls(web.origin));
        await pushTree(hub.host, "acme/base", tree, { tag: "1", auth });
        const target = await embedded();
        const dispatcher = new Agent({ connect: { ca: certificates.read(certificates.ca) } });
        const login = { hub: { credentials: { from: "config", key: "robot" } } };
        const catalog = catalogFor({ hub, ghcr: target }, image(hub, { foreignLayers: "carry" }), login);
        const environment = { dispatcher, credentials: { robot: auth }, retry: { attempts: 1 } };
        const done = await sync(catalog, { environment });
        await dispatcher.destroy();
        return { done, web, target, tree };
    }

    it("are read from there, over a redirect and from the second where the first has none, without credentials", async () => {
        const { done, web, target } = await carry((origin) => [`${origin}/gone`, `${origin}/moved`], layer);
        expect(done.failures).toEqual([]);
        expect((await rawBlob(target, COPY, sha256(layer)))?.equals(layer)).toBe(true);
        expect(web.seen.map(({ url }) => url)).toEqual(["/gone", "/moved", "/layer?signature=secret"]);
        expect(web.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, undefined]);
    });

    it("are checked: other bytes end in an error, and no tag", async () => {
        const { done, target } = await carry((origin) => [`${origin}/layer`], noise("other bytes", layer.length));
        expect(done.failures.map(({ code }) => code)).toEqual(["FOREIGN_LAYER"]);
        expect(await rawBlob(target, COPY, sha256(layer))).toBeUndefined();
        expect(await statusOf(target, COPY, "1")).toBe(404);
    });
});

describeWith(["docker-registry"], "non-distributable layers and distribution", (programs) => {
    async function carryTo(options: DockerRegistryOptions, check: (registry: Host, done: Reconciliation) => unknown) {
        const registry = await startDockerRegistry(programs["docker-registry"], options);
        try {
            const hub = await embedded();
            await pushTree(hub.host, "acme/base", windowsImage("https://example.invalid/layer"), { tag: "1" });
            await check(registry, await sync(catalogFor({ hub, ghcr: registry }, image(hub))));
        } finally {
            await registry.close();
        }
    }

    it("stay at their addresses where it allows them", () =>
        carryTo({ foreignUrls: true }, async (registry, done) => {
            expect(done.failures).toEqual([]);
            expect((await rawManifest(registry, COPY, "1")).digest).toBe(
                windowsImage("https://example.invalid/layer").root,
            );
        }));

    it("are what its refusal is about where it does not, which its own words do not tell", () =>
        carryTo({}, async (registry, done) => {
            expect(done.failures[0]?.message).toContain("validation.manifests.urls.allow");
            expect(await statusOf(registry, COPY, "1")).toBe(404);
        }));
});
