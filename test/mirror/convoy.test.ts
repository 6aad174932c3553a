import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, imageOf, noise, pushTree, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, type Host, poolFor, sync } from "./world";

const servers: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(() => {
    for (const { server, sockets } of servers.splice(0)) {
        for (const socket of sockets) {
            socket.destroy();
        }
        server.close();
    }
});

/** A registry's front door which stops reading as soon as an upload's body comes. */
async function swallowing(behind: Host): Promise<Host> {
    return frontDoor((client) => {
        const [host, port] = behind.host.split(":");
        const upstream = new (client.constructor as typeof Socket)();
        upstream.connect(Number(port), host as string);
        upstream.on("error", () => client.destroy()).pipe(client);
        client.on("data", (chunk: Buffer) => {
            if (/^PUT [^ ]*blobs\/uploads/m.test(chunk.toString("latin1"))) {
                client.pause();
                return;
            }
            upstream.write(chunk);
        });
        client.on("close", () => upstream.destroy());
    });
}

/** Takes connections and never answers. */
function silent(): Promise<Host> {
    return frontDoor((client) => client.resume());
}

async function frontDoor(serve: (client: Socket) => void): Promise<Host> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
        sockets.add(client);
        client.on("error", () => undefined);
        serve(client);
    });
    servers.push({ server, sockets });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return { host: `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}` };
}

function catalogOf(hub: Host, targets: Readonly<Record<string, Host>>, more = {}) {
    const image = { source: `${hub.host}/acme/app`, tags: ["1"], targets: Object.keys(targets) };
    return catalogFor({ hub, ...targets }, { app: image }, more);
}

/** One image with some MiB of incompressible layers. */
function largeImage(layers = 3, bytes = 4 * 1024 * 1024): ImageTree {
    return imageOf(Array.from({ length: layers }, (_, number) => noise(`large ${number}`, bytes)));
}

describe("one image to several targets", () => {
    it("reads each manifest and blob from the source once for three targets, whatever their sizes", async () => {
        for (const tree of [imageIndex({ attestations: true }), largeImage()]) {
            const hub = await embedded();
            const targets = { one: await embedded(), two: await embedded(), three: await embedded() };
            await pushTree(hub.host, "acme/app", tree, { tag: "1" });
            hub.requests.reset();
            const done = await sync(catalogOf(hub, targets));
            expect(done.failures).toEqual([]);
            expect(hub.requests.snapshot()).toEqual({
                "GET blob": tree.blobs.size,
                "GET manifest": tree.manifests.length,
                "HEAD manifest": 1,
            });
            for (const { host } of Object.values(targets)) {
                await resolveWholly(host, "mirror/acme/app", "1");
            }
        }
    });

    it("reads once what some of them need, each of which has another part of it already", async () => {
        const tree = imageIndex();
        const hub = await embedded();
        const targets = { one: await embedded(), two: await embedded(), three: await embedded() };
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const [child] = tree.manifests.filter(({ digest }) => digest !== tree.root);
        const part = { ...tree, root: child?.digest ?? "", manifests: child === undefined ? [] : [child] };
        await pushTree(targets.two.host, "mirror/acme/app", part, { tag: "part" });
        hub.requests.reset();
        const done = await sync(catalogOf(hub, targets));
        expect(done.failures).toEqual([]);
        expect(hub.requests.snapshot()).toEqual({
            "GET blob": tree.blobs.size,
            "GET manifest": tree.manifests.length,
            "HEAD manifest": 1,
        });
        expect(targets.two.requests.count({ method: "PUT", kind: "upload" })).toBeLessThanOrEqual(2 * tree.blobs.size);
    });

    it("carries to the others when one refuses, and reads nothing twice for it", async () => {
        const tree = imageIndex();
        const hub = await embedded();
        const refusing = await embedded({
            intercept: ({ method }, response) => {
                if (method !== "PUT") {
                    return false;
                }
                response.writeHead(403, { "content-type": "application/json" });
                response.end('{"errors":[{"code":"DENIED","message":"quota"}]}');
                return true;
            },
        });
        const targets = { one: await embedded(), two: refusing, three: await embedded() };
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        hub.requests.reset();
        const done = await sync(catalogOf(hub, targets));
        expect(done.failures.map(({ code, copy }) => `${copy.registry} ${code}`)).toEqual(["two DENIED"]);
        expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(tree.blobs.size);
        await resolveWholly(targets.one.host, "mirror/acme/app", "1");
        await resolveWholly(targets.three.host, "mirror/acme/app", "1");
    });

    it("does not wait for a target that takes the connection and no bytes", async () => {
        const tree = largeImage();
        const hub = await embedded();
        const behind = await embedded();
        const targets = { one: await embedded(), stalled: await swallowing(behind), three: await embedded() };
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const stop = new AbortController();
        const ended: string[] = [];
        const work = sync(catalogOf(hub, targets), {
            environment: { signal: stop.signal },
            signal: stop.signal,
            patienceMs: 200,
            maxBufferedBytes: 32 * 1024 * 1024,
            onCarried: ({ task, error }) => {
                ended.push(`${task.to.registry} ${error?.code ?? "carried"}`);
                if (ended.length === 2) {
                    stop.abort(new Error("enough"));
                }
            },
        });
        await expect(work).rejects.toThrow("enough");
        expect(ended.slice(0, 2).sort()).toEqual(["one carried", "three carried"]);
        expect(ended[2]).toBe("stalled ABORTED");
        await resolveWholly(targets.one.host, "mirror/acme/app", "1");
        await resolveWholly(targets.three.host, "mirror/acme/app", "1");
    }, 30_000);

    it("does not wait for a target that never answers once the carry has begun", async () => {
        const tree = singleImage();
        const hub = await embedded();
        const targets = { one: await embedded(), mute: await embedded(), three: await embedded() };
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const quiet = await silent();
        const catalog = catalogOf(hub, targets, { mute: { timeouts: { idle: "1s" } } });
        const order: string[] = [];
        // What the look saw is still true of the two others; the third went silent after it.
        const moved = JSON.parse(JSON.stringify(catalog).replaceAll(targets.mute.host, quiet.host)) as typeof catalog;
        const pool = poolFor(catalog, { retry: { attempts: 1 } });
        const later = poolFor(moved, { retry: { attempts: 1 } });
        const servers = [hub, ...Object.values(targets)];
        const wereAsked = () => servers.every(({ requests }) => requests.snapshot()["HEAD manifest"] !== undefined);
        const switching = { client: (name: string) => (wereAsked() ? later : pool).client(name) };
        await sync(catalog, {
            pool: switching as unknown as typeof pool,
            patienceMs: 200,
            onCarried: ({ task, error }) => order.push(`${task.to.registry} ${error?.code ?? "carried"}`),
        });
        expect(order.slice(0, 2).sort()).toEqual(["one carried", "three carried"]);
        expect(order[2]).toBe("mute TIMEOUT");
    }, 30_000);
});

describe("two images with one layer", () => {
    it("reads the layer once for both and both targets, and mounts it where it was not sent", async () => {
        const base = noise("base of both", 300_000);
        const trees = [1, 2].map((number) => imageOf([base, noise(`own ${number}`, 900)]));
        const hub = await embedded();
        const targets = { one: await embedded(), two: await embedded() };
        const images: Record<string, object> = {};
        for (const [number, tree] of trees.entries()) {
            await pushTree(hub.host, `acme/app-${number}`, tree, { tag: "1" });
            const source = `${hub.host}/acme/app-${number}`;
            images[`app-${number}`] = { source, tags: ["1"], targets: Object.keys(targets) };
        }
        hub.requests.reset();
        const done = await sync(catalogFor({ hub, ...targets }, images));
        expect(done.failures).toEqual([]);
        const blobs = new Map(trees.flatMap((tree) => [...tree.blobs]));
        const bytes = (of: Iterable<Buffer>) => [...of].reduce((sum, { length }) => sum + length, 0);
        expect(hub.requests.count({ method: "GET", kind: "blob" })).toBe(blobs.size);
        const unique = bytes(blobs.values());
        const shared = bytes(trees.flatMap((tree) => [...tree.blobs.values()])) - unique;
        expect(shared).toBeGreaterThanOrEqual(base.length);
        const freight = { unique, shared, sent: unique, mounted: shared, present: 0 };
        expect(done.freight).toEqual({ one: freight, two: freight });
    });
});

describe("a registry that cannot mount from itself", () => {
    const kinds = { ghcr: { kind: "ghcr" } };

    it("is asked for two blobs of an image, and for no other, where nothing is yet", async () => {
        const tree = largeImage(6, 1000);
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const done = await sync(catalogOf(hub, { ghcr: target }, kinds));
        expect(done.failures).toEqual([]);
        expect(target.requests.count({ method: "HEAD", kind: "blob" })).toBe(2);
        expect(target.requests.count({ method: "PUT", kind: "upload" })).toBe(tree.blobs.size);
    });

    it("gets no blob twice that an interrupted run had brought", async () => {
        const tree = largeImage(6, 1000);
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const [config, ...layers] = configFirst(tree);
        const arrived = new Map([config, ...layers.slice(2, 4)] as [string, Buffer][]);
        await pushTree(target.host, "mirror/acme/app", { ...tree, manifests: [], blobs: arrived });
        target.requests.reset();
        const done = await sync(catalogOf(hub, { ghcr: target }, kinds));
        expect(done.failures).toEqual([]);
        expect(target.requests.count({ method: "PUT", kind: "upload" })).toBe(tree.blobs.size - arrived.size);
    });
});

/** Blobs of a single image as its manifest lists them. */
function configFirst(tree: ImageTree): [string, Buffer][] {
    const manifest = JSON.parse(tree.manifests[0]?.bytes.toString("utf8") ?? "{}");
    const digests: string[] = [
        manifest.config.digest,
        ...manifest.layers.map(({ digest }: { digest: string }) => digest),
    ];
    return digests.map((digest) => [digest, tree.blobs.get(digest) as Buffer]);
}
