import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { mirrored, world } from "./world";

const ENVIRONMENTS = {
    environments: {
        dev: { upstream: "follow" },
        staging: { upstream: "locked", promoteFrom: "dev", minAge: "24h" },
        prod: { upstream: "locked" },
    },
};
const HOUR = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString();

describe("transship lock", () => {
    it("takes what is at the source now where nothing is promoted, for one HEAD each", async () => {
        const { run, source, target, vault, lockOf } = await world({ rest: ENVIRONMENTS });
        source.requests.reset();
        const { code, stdout } = await run(["lock", "-e", "prod"]);
        expect(code).toBe(0);
        expect(stdout).toBe(`+ vault:1.18: ${vault.root}\n1 tag locked anew, 0 left as they are\n`);
        expect(source.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(target.requests.total).toBe(0);
        expect(lockOf("prod")).toEqual({ vault: { "1.18": { digest: vault.root } } });
    });

    it("moves a wish, keeps the old digest behind it, and leaves other environments alone", async () => {
        const { run, source, vault, lockOf, writeLock } = await world({ rest: ENVIRONMENTS });
        const staging = { vault: { "1.18": { digest: vault.root, since: ago(1) } } };
        writeLock({ prod: { vault: { "1.18": { digest: vault.root, since: ago(9) } } }, staging });
        const next = singleImage({ seed: "next" });
        await pushTree(source.host, "acme/vault", next, { tag: "1.18" });
        const { stdout } = await run(["lock", "-e", "prod"]);
        expect(stdout).toContain(`→ vault:1.18: ${vault.root} -> ${next.root}`);
        expect(lockOf("prod")).toEqual({ vault: { "1.18": { digest: next.root, history: [vault.root] } } });
        expect(lockOf("staging")).toEqual(staging);
    });

    it("is followed by a sync that carries exactly the wish, and proves it", async () => {
        const { run, source, vault, lockOf } = await world({ rest: ENVIRONMENTS });
        await run(["lock", "-e", "prod"]);
        await pushTree(source.host, "acme/vault", singleImage({ seed: "untested" }), { tag: "1.18" });
        const { code, stdout } = await run(["sync", "-e", "prod"]);
        expect(code).toBe(0);
        expect(stdout).toContain(`carried ${vault.root}`);
        expect(lockOf("prod").vault?.["1.18"]).toEqual({ digest: vault.root, since: expect.any(String) });
    });

    it("promotes what the environment before has proven for long enough, and asks nobody", async () => {
        const { run, source, target, vault, lockOf, writeLock } = await world({ rest: ENVIRONMENTS });
        writeLock({ dev: { vault: { "1.18": { digest: vault.root, since: ago(25) } } } });
        source.requests.reset();
        expect((await run(["lock", "-e", "staging"])).code).toBe(0);
        expect(lockOf("staging")).toEqual({ vault: { "1.18": { digest: vault.root } } });
        expect(source.requests.total + target.requests.total).toBe(0);
    });

    it.each([
        ["is too young", { since: ago(23) }, "it is old enough at 20"],
        ["was never proven", {}, 'the environment "dev" has not proven a digest for it yet'],
    ])("waits with a digest that %s", async (_title, entry, reason) => {
        const { run, folder, vault, writeLock } = await world({ rest: ENVIRONMENTS });
        writeLock({ dev: { vault: { "1.18": { digest: vault.root, ...entry } } } });
        const { code, stdout } = await run(["lock", "-e", "staging"]);
        expect(code).toBe(0);
        expect(stdout).toContain(`… vault:1.18: `);
        expect(stdout).toContain(reason);
        expect(existsSync(join(folder, "catalog.lock.yaml"))).toBe(true);
    });

    it("with --dry-run shows the same and writes nothing", async () => {
        const { run, folder, vault } = await world({ rest: ENVIRONMENTS });
        const { code, stdout } = await run(["lock", "-e", "prod", "--dry-run"]);
        expect({ code, stdout }).toEqual({
            code: 0,
            stdout: `+ vault:1.18: ${vault.root}\n1 tag would be locked anew, 0 left as they are\n`,
        });
        expect(existsSync(join(folder, "catalog.lock.yaml"))).toBe(false);
    });

    it("ends with 1 for a tag that its source does not have, and locks the others", async () => {
        const { run, vault, lockOf } = await world({
            rest: ENVIRONMENTS,
            images: (source) => ({ vault: mirrored(`${source}/acme/vault`, ["1.18", "9.9"]) }),
        });
        const { code, stdout } = await run(["lock", "-e", "prod", "--quiet"]);
        expect({ code, stdout }).toEqual({ code: 1, stdout: "∅ vault:9.9: hub has no such tag\n" });
        expect(lockOf("prod")).toEqual({ vault: { "1.18": { digest: vault.root } } });
    });

    it("ends with 3 where the source cannot be asked, and leaves the lock as it is", async () => {
        const { run, source, vault, lockOf, writeLock } = await world({ rest: ENVIRONMENTS });
        const prod = { vault: { "1.18": { digest: vault.root } } };
        writeLock({ prod });
        await source.close();
        expect((await run(["lock", "-e", "prod"])).code).toBe(3);
        expect(lockOf("prod")).toEqual(prod);
    });

    it("says that a lock is no wish in an environment that follows", async () => {
        const { run } = await world({ rest: ENVIRONMENTS });
        expect((await run(["lock", "-e", "dev"])).stderr).toContain("its lock is history, and no wish");
    });
});
