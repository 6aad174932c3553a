import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { start } from "./command";
import { digestAt, mirrored, world } from "./world";

const REPOSITORY = "mirror/acme/vault";

describe("transship sync", () => {
    it("carries what is missing, proves it, and records it with the time", async () => {
        const { run, target, vault, lockOf } = await world();
        const before = Date.now();
        const { code, stdout, stderr } = await run(["sync"]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toContain(`→ vault:1.18@ghcr: carried ${vault.root}\n`);
        expect(stdout).toContain("2 consistent");
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBe(vault.root);
        const entry = lockOf("default").vault?.["1.18"];
        expect(entry?.digest).toBe(vault.root);
        expect(Date.parse(entry?.since ?? "")).toBeGreaterThanOrEqual(before);
        expect((await run(["check"])).code).toBe(0);
    });

    it("does nothing the second time, and costs one HEAD for each copy", async () => {
        const { run, source, target, lockOf } = await world();
        await run(["sync"]);
        const lock = lockOf("default");
        source.requests.reset();
        target.requests.reset();
        const { code, stdout } = await run(["sync"]);
        expect({ code, carried: stdout.includes("carried") }).toEqual({ code: 0, carried: false });
        expect([source.requests.snapshot(), target.requests.snapshot()]).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
        expect(lockOf("default")).toEqual(lock);
    });

    it("records copies that were equal already, so that it knows them as its own later", async () => {
        const { run, source, target, vault, lockOf } = await world();
        await pushTree(target.host, REPOSITORY, vault, { tag: "1.18" });
        expect((await run(["sync"])).code).toBe(0);
        const next = singleImage({ seed: "next" });
        await pushTree(source.host, "acme/vault", next, { tag: "1.18" });
        expect((await run(["sync"])).code).toBe(0);
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBe(next.root);
        expect(lockOf("default").vault?.["1.18"]).toMatchObject({ digest: next.root, history: [vault.root] });
        expect(await digestAt(target.host, REPOSITORY, `1.18.prev-${vault.root.slice(7, 19)}`)).toBe(vault.root);
    });

    it("leaves a stranger's digest alone, ends with 1 and names the option", async () => {
        const { run, target } = await world();
        const other = singleImage({ seed: "other" });
        await pushTree(target.host, REPOSITORY, other, { tag: "1.18" });
        const { code, stdout } = await run(["sync"]);
        expect(code).toBe(1);
        expect(stdout).toContain("onForeignDigest");
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBe(other.root);
    });

    it("with --dry-run says what it would do, and does nothing", async () => {
        const { run, folder, target, vault } = await world();
        const { code, stdout } = await run(["sync", "--dry-run"]);
        expect(code).toBe(1);
        expect(stdout).toContain(`→ vault:1.18@ghcr: would carry ${vault.root}`);
        expect(target.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(existsSync(join(folder, "catalog.lock.yaml"))).toBe(false);
    });

    it("goes on with the others where one image fails, and ends with 1", async () => {
        const { run, target, vault, lockOf } = await world({
            images: (source) => ({
                absent: mirrored(`${source}/acme/absent`),
                vault: mirrored(`${source}/acme/vault`, ["1.18", "9.9"]),
            }),
        });
        const { code, stdout } = await run(["sync"]);
        expect(code).toBe(1);
        for (const tag of ["vault:9.9@hub", "absent:1.18@hub"]) {
            expect(stdout.split("\n").filter((line) => line.includes(tag))).toEqual([
                expect.stringMatching(/^✗ .*: the source has no such tag;/),
            ]);
        }
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBe(vault.root);
        expect(lockOf("default")).toEqual({ vault: { "1.18": expect.objectContaining({ digest: vault.root }) } });
    });

    it("knows a digest again that reached only one of two targets", async () => {
        let isRefused = true;
        const second = await embedded({
            intercept: (request, response) => {
                if (isRefused && request.method !== "HEAD" && request.method !== "GET") {
                    response.writeHead(403, { "content-type": "application/json" });
                    response.end(JSON.stringify({ errors: [{ code: "DENIED", message: "no" }] }));
                    return true;
                }
                return false;
            },
        });
        const { run, source, target, vault, lockOf } = await world({
            registries: { second: { host: second.host, kind: "distribution", insecure: true } },
            images: (host) => ({ vault: { ...mirrored(`${host}/acme/vault`), targets: ["ghcr", "second"] } }),
        });
        const half = await run(["sync"]);
        expect(half.code).toBe(1);
        expect(half.stdout).toContain("✗ could not carry vault:1.18@second");
        expect(lockOf("default")).toEqual({ vault: { "1.18": { digest: vault.root } } });
        isRefused = false;
        const next = singleImage({ seed: "next" });
        await pushTree(source.host, "acme/vault", next, { tag: "1.18" });
        expect((await run(["sync"])).code).toBe(0);
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBe(next.root);
        expect(lockOf("default").vault?.["1.18"]).toMatchObject({ digest: next.root, history: [vault.root] });
    });

    it("ends with 3 and carries nothing where the source cannot be asked", async () => {
        const { run, source, target, vault } = await world();
        await pushTree(target.host, REPOSITORY, vault, { tag: "1.18" });
        await source.close();
        target.requests.reset();
        const { code } = await run(["sync"]);
        expect(code).toBe(3);
        expect(target.requests.byMethod).toEqual({ HEAD: 1 });
    });

    it("stops at Ctrl-C with 130, sets no tag of what was under way, and goes on the next time", async () => {
        let isHeld = true;
        let reached = (): void => {};
        const underWay = new Promise<void>((resolve) => {
            reached = resolve;
        });
        const { folder, run, target, vault } = await world({
            target: {
                intercept: (request) => {
                    if (isHeld && request.method === "POST") {
                        reached();
                        return true;
                    }
                    return false;
                },
            },
        });
        const { child, ended } = await start(["sync"], { cwd: folder });
        await underWay;
        child.kill("SIGINT");
        const { code, stderr } = await ended;
        expect({ code, stderr }).toEqual({
            code: 130,
            stderr: "transship: stopped before the end; run it again to go on where it stopped.\n",
        });
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBeUndefined();
        isHeld = false;
        expect((await run(["sync"])).code).toBe(0);
        expect(await digestAt(target.host, REPOSITORY, "1.18")).toBe(vault.root);
    });
});
