import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ImageTree, imageIndex, pushTree } from "../support/images";
import { digestAt, platformed, type World, world } from "./world";

const REPOSITORY = "mirror/acme/vault";
const PLATFORMS = ["linux/amd64", "linux/arm64"];
const MORE = [...PLATFORMS, "linux/386", "linux/s390x"];

async function subsetWorld(environments?: object): Promise<World & { readonly index: ImageTree }> {
    const made = await world({
        images: (host) => ({ vault: platformed(host, PLATFORMS) }),
        ...(environments && { rest: { environments } }),
    } as Parameters<typeof world>[0]);
    const index = imageIndex({ platforms: MORE });
    await pushTree(made.source.host, "acme/vault", index, { tag: "1.18" });
    return { ...made, index };
}

const edit = ({ folder }: World, from: string, to: string): void => {
    const path = join(folder, "catalog.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(from, to));
};

describe("platforms in the catalogue", () => {
    it("are carried, said to be a subset with another digest, and recorded", async () => {
        const { run, target, index, lockOf } = await subsetWorld();
        expect((await run(["sync", "--dry-run"])).stdout).toContain(
            `→ vault:1.18@ghcr: would carry linux/amd64, linux/arm64 of ${index.root}\n`,
        );
        const { code, stdout } = await run(["sync"]);
        const digest = (await digestAt(target.host, REPOSITORY, "1.18")) ?? "";
        expect(code).toBe(0);
        expect(stdout).toContain(
            `→ vault:1.18@ghcr: carried as a subset: linux/amd64, linux/arm64 of 4 platforms; its digest ${digest} differs from the source's ${index.root}\n`,
        );
        expect(stdout).toContain("1 subset (same image, fewer platforms), 1 consistent");
        const entry = lockOf("default").vault?.["1.18"];
        expect(entry).toMatchObject({ digest: index.root, subset: { digest, platforms: PLATFORMS } });
        const check = await run(["check"]);
        expect(check.code).toBe(0);
        expect(check.stdout).toMatch(
            new RegExp(`vault:1.18  ✓ ${index.root.slice(7, 19)} hub  ⊂ ${digest.slice(7, 19)}`),
        );
        expect((await run(["check", "--quiet"])).stdout).toBe("");
    });

    it("cost one HEAD for each copy with the lock, and a GET at the target without it; a sync proves it again", async () => {
        const made = await subsetWorld();
        const { run, source, target, lockOf } = made;
        await run(["sync"]);
        const lock = lockOf("default");
        source.requests.reset();
        target.requests.reset();
        await run(["check"]);
        expect([source, target].map(({ requests }) => requests.snapshot())).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
        made.writeLock({});
        source.requests.reset();
        const check = await run(["check"]);
        expect(check.code).toBe(0);
        expect(check.stdout).toContain("it says so itself, which nothing has proven yet");
        expect(source.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        target.requests.reset();
        expect((await run(["sync"])).stdout).not.toContain("carried");
        expect(target.requests.count({ method: "PUT" })).toBe(0);
        expect(lockOf("default").vault?.["1.18"]?.subset).toEqual(lock.vault?.["1.18"]?.subset);
    });

    it("are carried anew when the upstream moves, and when the catalogue changes", async () => {
        const made = await subsetWorld();
        const { run, source, target, lockOf } = made;
        await run(["sync"]);
        const old = (await digestAt(target.host, REPOSITORY, "1.18")) ?? "";
        const next = imageIndex({ platforms: MORE });
        await pushTree(source.host, "acme/vault", next, { tag: "1.18" });
        expect((await run(["check"])).code).toBe(1);
        expect((await run(["sync"])).code).toBe(0);
        expect(lockOf("default").vault?.["1.18"]).toMatchObject({ digest: next.root, olderSubsets: [old] });
        expect(await digestAt(target.host, REPOSITORY, `1.18.prev-${old.slice(7, 19)}`)).toBe(old);

        edit(made, '"linux/arm64"', '"linux/s390x"');
        const check = await run(["check"]);
        expect(check.stdout).toContain("it has other platforms than are wanted now");
        expect((await run(["sync"])).stdout).toContain("carried as a subset: linux/amd64, linux/s390x of 4 platforms");
        expect((await run(["check"])).code).toBe(0);
    });

    it("are promoted: the next environment's part is the same", async () => {
        const { run, target, lockOf } = await subsetWorld({
            dev: { upstream: "follow" },
            prod: { promoteFrom: "dev", registries: {} },
        });
        await run(["sync", "-e", "dev"]);
        const digest = await digestAt(target.host, REPOSITORY, "1.18");
        expect((await run(["lock", "-e", "prod"])).code).toBe(0);
        const { code, stdout } = await run(["sync", "-e", "prod"]);
        expect({ code, carried: stdout.includes("carried") }).toEqual({ code: 0, carried: false });
        expect(lockOf("prod").vault?.["1.18"]?.subset?.digest).toBe(digest);
    });

    it("that the source does not have are one sentence, with those that it has", async () => {
        const made = await subsetWorld();
        edit(made, '"linux/arm64"', '"linux/arm/v7"');
        const { code, stdout } = await made.run(["sync"]);
        expect(code).toBe(1);
        expect(stdout).toContain(
            "✗ could not carry vault:1.18@ghcr: it has no linux/arm/v7, it has linux/amd64, linux/arm64, linux/386, linux/s390x; " +
                'correct "platforms" in the catalogue\n',
        );
    });
});
