import { describe, expect, it } from "vitest";
import { artifact, pushTree } from "../support/images";
import { isPlain } from "./command";
import { mirrored, type World, world } from "./world";

const USERS = { robot: "a-password" };

/** vault:1.18 at both, equal. */
async function equal(options: Parameters<typeof world>[0] = {}): Promise<World> {
    const made = await world(options);
    await pushTree(made.target.host, "mirror/acme/vault", made.vault, { tag: "1.18" });
    return made;
}

const lose = (target: { readonly host: string }, digest: string) =>
    fetch(`http://${target.host}/v2/mirror/acme/vault/blobs/${digest}`, { method: "DELETE" });

describe("transship check, deeper", () => {
    it("finds lost blobs only with --depth blobs, and sync --depth blobs pushes them again", async () => {
        const { run, target, vault } = await equal();
        const blob = [...vault.blobs.keys()][1] ?? "";
        await lose(target, blob);
        expect((await run(["check"])).code).toBe(0);
        const { code, stdout } = await run(["check", "--depth", "blobs"]);
        expect(code).toBe(1);
        expect(stdout).toContain(
            `∅ vault:1.18@ghcr: incomplete, ${vault.root} (the tag is there, but 1 of its 3 blobs is not: ${blob})`,
        );
        const document = JSON.parse((await run(["check", "--depth", "blobs", "--json"])).stdout);
        expect(document.copies[1]).toMatchObject({ verdict: "missing", status: "present", lacking: [blob] });
        expect((await run(["sync"])).stdout).not.toContain("→");
        expect((await run(["sync", "--depth", "blobs", "--dry-run"])).stdout).toContain(
            "→ vault:1.18@ghcr: would carry",
        );
        const synced = await run(["sync", "--depth", "blobs"]);
        expect(synced.stdout).toContain(`→ vault:1.18@ghcr: carried ${vault.root}`);
        expect(synced.code).toBe(0);
        expect((await run(["check", "--depth", "blobs"])).code).toBe(0);
    });

    it("refuses a depth that it does not know", async () => {
        const { run } = await equal();
        const ended = await run(["check", "--depth", "layers"]);
        expect(ended.code).toBe(2);
        expect(ended.stderr).toContain('--depth "layers" is not known: write "manifests" or "blobs".');
        expect(isPlain(ended)).toBe(true);
    });

    it("names signatures that a target lacks, below the exceptions, in quiet runs and in JSON", async () => {
        const { run, source, vault } = await equal();
        await pushTree(source.host, "acme/vault", artifact({ subject: vault }));
        expect((await run(["check"])).code).toBe(0);
        const line = "✗ vault:1.18@ghcr lacks one referrer (signatures, SBOMs) that hub has: sha256:";
        const { code, stdout } = await run(["check", "--signatures"]);
        expect(code).toBe(1);
        expect(stdout).toContain(line);
        expect(stdout).toMatch(/\n✗ 1 image, 1 tag, 2 copies: 2 consistent/);
        const quiet = await run(["check", "--signatures", "-q"]);
        expect(quiet.stdout.startsWith(line)).toBe(true);
        const document = JSON.parse((await run(["check", "--signatures", "--json"])).stdout);
        expect(document).toMatchObject({
            exitCode: 1,
            outcome: "drift",
            findings: [{ code: "REFERRERS_MISSING", severity: "drift", image: "vault", registry: "ghcr" }],
        });
        await run(["sync", "--referrers"]);
        expect((await run(["check", "--signatures"])).code).toBe(0);
    });

    it("asks without a login with --anonymous, and always at registries that are called public", async () => {
        const auth = { kind: "basic" as const, users: USERS };
        const env = { ROBOT: "robot", PASSWORD: USERS.robot };
        const credentials = { from: "env", username: "ROBOT", password: "PASSWORD" };
        for (const [registry, flags] of [
            [{ credentials }, ["--anonymous"]],
            [{ credentials, public: true }, []],
        ] as const) {
            const { run } = await world({ target: { auth }, registries: { ghcr: registry } });
            expect((await run(["sync"], { env })).code).toBe(flags.length > 0 ? 0 : 1);
            expect((await run(["check"], { env })).code).toBe(flags.length > 0 ? 0 : 1);
            const { code, stdout } = await run(["check", ...flags], { env });
            expect(code).toBe(1);
            expect(stdout).toMatch(
                /✗ vault:1\.18@ghcr cannot be pulled without a login; let 127\.0\.0\.1:\d+ allow reading/,
            );
        }
    });

    it("calls a critical image with one copy a finding, and an unknown second one unknown", async () => {
        const { run, target } = await world({
            images: (source) => ({ vault: { ...mirrored(`${source}/acme/vault`), critical: true } }),
        });
        const missing = await run(["check"]);
        expect(missing.code).toBe(1);
        expect(missing.stdout).toContain("✗ vault:1.18 is critical and has one consistent copy, where two are wanted");
        await run(["sync"]);
        expect(await run(["check", "-q"])).toEqual({ code: 0, stdout: "", stderr: "" });
        await target.close();
        const unknown = await run(["check"]);
        expect(unknown.code).toBe(3);
        expect(unknown.stdout).toContain("? vault:1.18 is critical");
    });

    it("ends with 3 where a blob could not be asked for", async () => {
        const { run } = await equal({
            target: {
                intercept: (_request, response, route) => {
                    if (route.kind === "blob") {
                        response.writeHead(403).end();
                    }
                    return route.kind === "blob";
                },
            },
        });
        const { code, stdout } = await run(["check", "--depth", "blobs"]);
        expect(code).toBe(3);
        expect(stdout).toContain("? vault:1.18@ghcr: it could not be asked whether all of it is there:");
    });

    it("judges by a digest of its own where a registry tells none", async () => {
        const { run, source, target, vault } = await equal({ target: { quirks: { noDigestHeader: true } } });
        target.requests.reset();
        expect((await run(["check"])).code).toBe(0);
        expect(target.requests.snapshot()).toEqual({ "GET manifest": 1, "HEAD manifest": 1 });
        await pushTree(source.host, "acme/vault", artifact({ seed: "next" }), { tag: "1.18" });
        const { code, stdout } = await run(["check"]);
        expect(code).toBe(1);
        expect(stdout).toContain(`✗ vault:1.18@ghcr: have ${vault.root} want `);
    });
});
