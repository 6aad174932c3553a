import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { isPlain, start } from "./command";
import { mirrored, world } from "./world";

describe("transship check", () => {
    it("ends with 0 where all copies are the same, for one HEAD each", async () => {
        const { run, source, target, vault } = await world();
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        source.requests.reset();
        target.requests.reset();
        const { code, stdout, stderr } = await run(["check"]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        const hex = vault.root.slice(7, 19);
        expect(stdout.split("\n").slice(0, 4)).toEqual([
            "image       source              ghcr",
            `vault:1.18  ✓ ${hex} hub  ✓ ${hex}`,
            "",
            expect.stringMatching(/^✓ 1 image, 1 tag, 2 copies: 2 consistent; 2 requests in \d+\.\d s$/),
        ]);
        expect([source.requests.snapshot(), target.requests.snapshot()]).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
    });

    it("ends with 1 for a copy that is missing, and writes nothing anywhere", async () => {
        const { run, folder, target, vault } = await world();
        const { code, stdout } = await run(["check"]);
        expect(code).toBe(1);
        expect(stdout).toContain(`+ vault:1.18@ghcr: have nothing want ${vault.root} (it was never carried yet)`);
        expect(target.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(existsSync(join(folder, "catalog.lock.yaml"))).toBe(false);
    });

    it("ends with 1 for another digest, and names registry and both digests", async () => {
        const { run, target, vault } = await world();
        const other = singleImage({ seed: "other" });
        await pushTree(target.host, "mirror/acme/vault", other, { tag: "1.18" });
        const { code, stdout } = await run(["check"]);
        expect(code).toBe(1);
        expect(stdout).toContain(`✗ vault:1.18@ghcr: have ${other.root} want ${vault.root}`);
    });

    it("ends with 3 where a registry cannot be asked, once for all of its copies", async () => {
        const { run, target } = await world();
        await target.close();
        const { code, stdout, stderr } = await run(["check"]);
        expect(code).toBe(3);
        expect(stdout).toContain("? CONNECTION_REFUSED");
        expect(stdout).toMatch(/\? vault:1\.18@ghcr: unknown: .*\n/);
        expect(stderr).toContain("not every registry could be asked");
    });

    it("lets proven drift win over what could not be asked", async () => {
        const down = await embedded();
        const { run, target } = await world({
            registries: { down: { host: down.host, kind: "distribution", insecure: true } },
            images: (source) => ({
                vault: { ...mirrored(`${source}/acme/vault`), targets: ["ghcr", "down"] },
            }),
        });
        await down.close();
        await pushTree(target.host, "mirror/acme/vault", singleImage(), { tag: "1.18" });
        const { code, stdout } = await run(["check"]);
        expect(code).toBe(1);
        expect(stdout).toMatch(/1 different, 1 unknown, 1 consistent/);
    });

    it("ends with 0 where only the upstream moved, under a lock", async () => {
        const { run, source, target, vault, writeLock } = await world({
            rest: { environments: { prod: { upstream: "locked" } } },
        });
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        writeLock({ prod: { vault: { "1.18": { digest: vault.root } } } });
        await pushTree(source.host, "acme/vault", singleImage({ seed: "next" }), { tag: "1.18" });
        const { code, stdout } = await run(["check", "-e", "prod"]);
        expect(code).toBe(0);
        expect(stdout).toContain("↑ vault:1.18@hub");
        expect((await run(["check", "-e", "prod", "--quiet"])).stdout).toBe("");
    });

    it("says nothing with --quiet where all is well, and only what is wrong where it is not", async () => {
        const { run, target, vault } = await world();
        const wrong = await run(["check", "-q"]);
        expect(wrong.stdout).toBe(`+ vault:1.18@ghcr: have nothing want ${vault.root} (it was never carried yet)\n`);
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        expect(await run(["check", "-q"])).toEqual({ code: 0, stdout: "", stderr: "" });
    });

    it("looks at the images that are named, and at no others", async () => {
        const { run, source, target, vault } = await world();
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        source.requests.reset();
        expect((await run(["check", "vault"])).code).toBe(0);
        expect(source.requests.total).toBe(1);
        const unknown = await run(["check", "valt"]);
        expect(unknown).toMatchObject({ code: 2, stdout: "" });
        expect(unknown.stderr).toContain('did you mean "vault"');
        expect(isPlain(unknown)).toBe(true);
    });

    it("keeps its exit code where the reader of its output has gone", async () => {
        const { folder } = await world();
        const { child, ended } = await start(["check", "--json"], { cwd: folder });
        child.stdout.destroy();
        expect(await ended).toMatchObject({ code: 1, stderr: "" });
    });

    it("colours only where it may: never into a pipe, never under NO_COLOR", async () => {
        const { run } = await world();
        const ansi = String.fromCharCode(27);
        expect((await run(["check"])).stdout).not.toContain(ansi);
        expect((await run(["check"], { env: { CI: "true" } })).stdout).not.toContain(ansi);
        expect((await run(["check"], { env: { FORCE_COLOR: "1" } })).stdout).toContain(ansi);
        expect((await run(["check"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout).not.toContain(ansi);
    });
});
