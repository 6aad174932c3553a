import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmbeddedRegistry } from "../../../core/registry/embedded";
import { embedded, temporaryFolder } from "../../support/embedded";
import { artifact, imageIndex, noise, pushTree, sha256, singleImage } from "../../support/images";
import { ask, pushBlob } from "./wire";

interface StoredImage {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
}

const SERVER = join(__dirname, "server-process.ts");

async function serverProcess(root: string): Promise<{ child: ChildProcess; port: number }> {
    const child = spawn(process.execPath, ["--import", "tsx", SERVER, root], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { child, port: Number(line.toString()) };
}

async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
}

async function filesBelow(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe("the store of the embedded registry", () => {
    it("serves after a restart all that was acknowledged, referrers and odd tags too", async () => {
        const root = await temporaryFolder();
        const image = imageIndex({ attestations: true });
        const signature = artifact({ subject: image, annotations: { by: "us" } });
        const tags = ["1.0", "Latest", "latest", `${"A".repeat(127)}a`, "_x.-"];
        const first = await embedded({ root });
        for (const tag of tags) {
            await pushTree(first.host, "team/app/deep", image, { tag });
        }
        await pushTree(first.host, "team/app", image, { tag: "other" });
        await pushTree(first.host, "team/app/deep", signature);
        await ask(first, "DELETE", "/v2/team/app/deep/manifests/1.0");
        const listed = await ask(first, "GET", `/v2/team/app/deep/referrers/${image.root}`);
        await first.close();

        const second = await embedded({ root });
        const { body } = await ask(second, "GET", "/v2/team/app/deep/tags/list");
        expect(JSON.parse(body.toString())).toEqual({ name: "team/app/deep", tags: tags.slice(1).sort() });
        for (const { digest, bytes } of image.manifests) {
            const manifest = await ask(second, "GET", `/v2/team/app/deep/manifests/${digest}`);
            expect(manifest.body.equals(bytes)).toBe(true);
        }
        for (const [digest, bytes] of image.blobs) {
            expect((await ask(second, "GET", `/v2/team/app/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        }
        const again = await ask(second, "GET", `/v2/team/app/deep/referrers/${image.root}`);
        expect(again.body.toString()).toBe(listed.body.toString());
        expect(again.body.toString()).toContain(signature.root);
    });

    it("keeps a shared blob after a restart until its last repository lets go", async () => {
        const root = await temporaryFolder();
        const bytes = noise("shared");
        const digest = sha256(bytes);
        const first = await embedded({ root });
        await pushBlob(first, "a", digest, bytes);
        await pushBlob(first, "b", digest, bytes);
        await first.close();
        const second = await embedded({ root });
        await ask(second, "DELETE", `/v2/a/blobs/${digest}`);
        expect((await ask(second, "GET", `/v2/b/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        await ask(second, "DELETE", `/v2/b/blobs/${digest}`);
        expect(await filesBelow(join(root, "blobs"))).toEqual([]);
    });

    it("shows no tag and no blob of an upload whose server was killed, and all that came before", async () => {
        const root = await temporaryFolder();
        const { child, port } = await serverProcess(root);
        const before = singleImage();
        await pushTree(`127.0.0.1:${port}`, "app", before, { tag: "before" });
        const blob = noise("killed", 8_000_000);
        const digest = sha256(blob);
        const { headers } = await ask({ port }, "POST", "/v2/app/blobs/uploads/");
        const half = request({
            host: "127.0.0.1",
            port,
            method: "PUT",
            path: `${headers.location}?digest=${digest}`,
            headers: { "content-length": String(blob.length) },
            agent: false,
        });
        half.on("error", () => {});
        await new Promise((resolve) => half.write(blob.subarray(0, 5_000_000), resolve));
        await expect.poll(() => filesBelow(join(root, "uploads"))).toHaveLength(1);
        await kill(child);

        const registry = await embedded({ root });
        expect((await ask(registry, "HEAD", `/v2/app/blobs/${digest}`)).status).toBe(404);
        const tags = await ask(registry, "GET", "/v2/app/tags/list");
        expect(JSON.parse(tags.body.toString())).toEqual({ name: "app", tags: ["before"] });
        expect(await filesBelow(join(root, "uploads"))).toEqual([]);
        for (const [known, bytes] of before.blobs) {
            expect((await ask(registry, "GET", `/v2/app/blobs/${known}`)).body.equals(bytes)).toBe(true);
        }
    });

    it("is whole whenever its server is killed under load: each tag has its manifest, each manifest its blobs", async () => {
        const root = await temporaryFolder();
        const acknowledged = new Map<string, string>();
        for (let round = 0; round < 3; round++) {
            const { child, port } = await serverProcess(root);
            let running = true;
            const pushers = Array.from({ length: 6 }, async (_, pusher) => {
                for (let number = 0; running; number++) {
                    const tree = singleImage({ layers: 1 });
                    const tag = `r${round}-p${pusher}-${number}`;
                    try {
                        await pushTree(`127.0.0.1:${port}`, `app${pusher % 2}`, tree, { tag });
                        acknowledged.set(`app${pusher % 2} ${tag}`, tree.root);
                    } catch {
                        return;
                    }
                }
            });
            const before = acknowledged.size;
            await expect.poll(() => acknowledged.size, { timeout: 10_000, interval: 7 }).toBeGreaterThan(before + 8);
            await kill(child);
            running = false;
            await Promise.all(pushers);
        }
        expect(acknowledged.size).toBeGreaterThan(24);
        const registry = await embedded({ root });
        for (const [place, digest] of acknowledged) {
            const [name, tag] = place.split(" ");
            const head = await ask(registry, "HEAD", `/v2/${name}/manifests/${tag}`);
            expect([place, head.headers["docker-content-digest"]]).toEqual([place, digest]);
        }
        for (const name of ["app0", "app1"]) {
            const { body } = await ask(registry, "GET", `/v2/${name}/tags/list`);
            for (const tag of (JSON.parse(body.toString()) as { tags: string[] }).tags) {
                const manifest = await ask(registry, "GET", `/v2/${name}/manifests/${tag}`);
                const { config, layers } = JSON.parse(manifest.body.toString()) as StoredImage;
                for (const { digest } of [config, ...layers]) {
                    const blob = await ask(registry, "GET", `/v2/${name}/blobs/${digest}`);
                    expect(sha256(blob.body)).toBe(digest);
                }
            }
        }
    });
});

describe("who owns a store", () => {
    it("refuses a second server on one store with one sentence, in this process and in another", async () => {
        const root = await temporaryFolder();
        const here = await embedded({ root });
        await expect(startEmbeddedRegistry({ root })).rejects.toMatchObject({
            code: "STORAGE_IN_USE",
            message: expect.stringMatching(`${root} is in use by process ${process.pid}`),
        });
        await here.close();
        const { child } = await serverProcess(root);
        await expect(startEmbeddedRegistry({ root })).rejects.toMatchObject({
            code: "STORAGE_IN_USE",
            message: expect.stringContaining(`process ${child.pid}`),
        });
        await kill(child);
        await (await startEmbeddedRegistry({ root })).close();
    });

    it("takes over the lock of a process that is gone, and of another that has its number now", async () => {
        const root = await temporaryFolder();
        const gone = spawn(process.execPath, ["--version"]);
        await once(gone, "exit");
        const stale = [
            { id: "x", pid: gone.pid, host: hostname() },
            { id: "x", pid: process.ppid, host: hostname(), started: "1" },
            { id: "x", pid: process.pid, host: hostname() },
        ];
        for (const holder of stale) {
            await writeFile(join(root, "lock.json"), JSON.stringify(holder));
            const registry = await startEmbeddedRegistry({ root });
            expect(JSON.parse(await readFile(join(root, "lock.json"), "utf8"))).toMatchObject({ pid: process.pid });
            await registry.close();
        }
        expect(await readdir(root)).not.toContain("lock.json");
    });
});
