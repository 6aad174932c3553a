import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { isPlain } from "./command";
import { digestAt, mirrored, type World, type WorldOptions, world } from "./world";

const LOCKED = { environments: { prod: { upstream: "locked" } } };
const RULE = { semver: ">=1.18", newest: 2 };

/** vault:1.18 as ever, and releases beside it; its tags are those of the rule. Without referrers, which cost a listing. */
async function vaults(rule: unknown = RULE, options: WorldOptions = {}): Promise<World> {
    const made = await world({
        images: (host) => ({ vault: { ...mirrored(`${host}/acme/vault`), tags: rule, referrers: false } }),
        ...options,
    });
    for (const tag of ["1.18.1", "1.18.2", "1.19.0", "latest"]) {
        await pushTree(made.source.host, "acme/vault", singleImage({ seed: tag }), { tag });
    }
    made.source.requests.reset();
    return made;
}

const tagsOf = (stdout: string) => JSON.parse(stdout).copies.map(({ tag }: { tag: string }) => tag);

describe("With selectors of tags", () => {
    it("sync carries what they choose, for one listing, and check finds it so", async () => {
        const { run, source, target } = await vaults();
        const synced = await run(["sync"]);
        expect([synced.code, synced.stderr]).toEqual([0, ""]);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.19.0")).toBe(singleImage({ seed: "1.19.0" }).root);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18.1")).toBeUndefined();
        source.requests.reset();
        const { code, stdout } = await run(["check", "--json"]);
        expect([code, tagsOf(stdout)]).toEqual([0, ["1.19.0", "1.19.0", "1.18.2", "1.18.2"]]);
        expect(JSON.parse(stdout).selections).toEqual([{ image: "vault", tags: ["1.19.0", "1.18.2"], problems: [] }]);
        expect(source.requests.snapshot()).toEqual({ "GET tags": 1, "HEAD manifest": 2 });
    });

    it("a release that appears is carried by the next sync, and the tag that leaves keeps its copy", async () => {
        const { run, source, target } = await vaults();
        await run(["sync"]);
        await pushTree(source.host, "acme/vault", singleImage({ seed: "1.20.0" }), { tag: "1.20.0" });
        const { code, stdout } = await run(["sync"]);
        expect(code).toBe(0);
        expect(stdout).toContain("→ vault:1.20.0@ghcr: carried");
        expect(stdout).not.toContain("vault:1.18.2");
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18.2")).toBe(singleImage({ seed: "1.18.2" }).root);
    });

    it("a rule that fits nothing ends with 1, and says what there is; other images are carried", async () => {
        const { run, source, target } = await vaults(undefined, {
            images: (host) => ({
                vault: { ...mirrored(`${host}/acme/vault`), tags: { semver: ">=7" } },
                other: { ...mirrored(`${host}/acme/other`), tags: { glob: "*" } },
            }),
        });
        const other = singleImage({ seed: "other" });
        await pushTree(source.host, "acme/other", other, { tag: "a" });
        const { code, stdout, stderr } = await run(["sync"]);
        expect([code, stderr]).toEqual([1, ""]);
        expect(stdout).toContain(`∅ No tag of ${source.host}/acme/vault fits { semver: ">=7" }`);
        expect(await digestAt(target.host, "mirror/acme/other", "a")).toBe(other.root);
        expect((await run(["check", "-q"])).stdout).toMatch(/^∅ No tag of [^\n]*\n$/);
    });

    it("a listing that cannot be had ends with 3, and what the lock file remembers is still looked at", async () => {
        let isDown = false;
        const { run } = await vaults(RULE, {
            source: {
                intercept: (_request, response, route) => {
                    if (!isDown || route.kind !== "tags") {
                        return undefined;
                    }
                    response.writeHead(403).end();
                    return true;
                },
            },
        });
        expect((await run(["sync"])).code).toBe(0);
        isDown = true;
        const { code, stdout } = await run(["check", "--json"]);
        expect([code, tagsOf(stdout)]).toEqual([3, ["1.19.0", "1.19.0", "1.18.2", "1.18.2"]]);
        expect(JSON.parse(stdout).selections[0].problems).toMatchObject([{ status: "unknown", code: "DENIED" }]);
        const told = await run(["check"]);
        expect(told.stdout).toContain('? The tags of the image "vault" cannot be listed: ');
        expect(isPlain(told)).toBe(true);
    });
});

describe("With selectors of tags, under a lock", () => {
    it("nothing passes before the lock names tags", async () => {
        const { run, source } = await vaults(RULE, { rest: LOCKED });
        const { code, stdout } = await run(["check", "-e", "prod"]);
        expect(code).toBe(1);
        expect(stdout).toContain(
            'The lock names no tag of the image "vault" that fits { semver: ">=1.18", newest: 2 }',
        );
        expect(source.requests.total).toBe(0);
    });

    it("lock lists, sync and check take the tags from there without a listing", async () => {
        const { run, source, lockOf } = await vaults(RULE, { rest: LOCKED });
        const locked = await run(["lock", "-e", "prod"]);
        expect([locked.code, Object.keys(lockOf("prod").vault ?? {})]).toEqual([0, ["1.18.2", "1.19.0"]]);
        expect(source.requests.snapshot()).toEqual({ "GET tags": 1, "HEAD manifest": 2 });
        await pushTree(source.host, "acme/vault", singleImage({ seed: "1.20.0" }), { tag: "1.20.0" });
        source.requests.reset();
        expect((await run(["sync", "-e", "prod"])).code).toBe(0);
        const { code, stdout } = await run(["check", "-e", "prod", "--json"]);
        expect([code, tagsOf(stdout)]).toEqual([0, ["1.19.0", "1.19.0", "1.18.2", "1.18.2"]]);
        expect(source.requests.count({ kind: "tags" })).toBe(0);
    });

    it("lock takes in a new release, and out what is gone at the source; an older one stays as history", async () => {
        const { run, source, lockOf } = await vaults(RULE, { rest: LOCKED });
        await run(["lock", "-e", "prod"]);
        await pushTree(source.host, "acme/vault", singleImage({ seed: "1.20.0" }), { tag: "1.20.0" });
        expect((await run(["lock", "-e", "prod"])).stdout).toContain("+ vault:1.20.0");
        expect(Object.keys(lockOf("prod").vault ?? {})).toEqual(["1.18.2", "1.19.0", "1.20.0"]);
        const gone = singleImage({ seed: "1.20.0" }).root;
        await fetch(`http://${source.host}/v2/acme/vault/manifests/${gone}`, { method: "DELETE" });
        const { code, stdout } = await run(["lock", "-e", "prod"]);
        expect([code, Object.keys(lockOf("prod").vault ?? {})]).toEqual([0, ["1.18.2", "1.19.0"]]);
        expect(stdout).toContain("- vault:1.20.0: no longer there where the selectors choose");
    });

    it("lock with promoteFrom takes the tags that the environment before has proven, and asks nobody", async () => {
        const rest = { environments: { dev: { upstream: "follow" }, prod: { promoteFrom: "dev" } } };
        const { run, source, target, lockOf } = await vaults(RULE, { rest });
        const waiting = await run(["lock", "-e", "prod"]);
        expect(waiting.code).toBe(0);
        expect(waiting.stdout).toContain('The image "vault" waits: the environment "dev" has proven no tag');
        await run(["sync", "-e", "dev"]);
        source.requests.reset();
        target.requests.reset();
        expect((await run(["lock", "-e", "prod"])).code).toBe(0);
        expect(Object.keys(lockOf("prod").vault ?? {})).toEqual(["1.18.2", "1.19.0"]);
        expect(source.requests.total + target.requests.total).toBe(0);
    });
});
