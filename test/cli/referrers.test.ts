import { describe, expect, it } from "vitest";
import { artifact, pushTree } from "../support/images";
import { mirrored, refusingPut, world } from "./world";

const REPOSITORY = "mirror/acme/vault";

const statusOf = async (host: string, digest: string): Promise<number> =>
    (await fetch(`http://${host}/v2/${REPOSITORY}/manifests/${digest}`, { method: "HEAD" })).status;

describe("transship sync and what refers to an image", () => {
    it("says how many went along", async () => {
        const { run, source, target, vault } = await world();
        const signature = artifact({ subject: vault });
        await pushTree(source.host, "acme/vault", signature);
        const { code, stdout } = await run(["sync"]);
        expect(code).toBe(0);
        expect(stdout).toContain(`→ vault:1.18@ghcr: carried ${vault.root} with 1 referrer\n`);
        expect(await statusOf(target.host, signature.root)).toBe(200);
    });

    it("brings a signature that came after its image with --referrers, once, and only then", async () => {
        const { run, source, target, vault } = await world();
        await run(["sync"]);
        const signature = artifact({ subject: vault });
        await pushTree(source.host, "acme/vault", signature);
        source.requests.reset();
        await run(["sync"]);
        expect(source.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
        expect(await statusOf(target.host, signature.root)).toBe(404);

        const first = await run(["sync", "--referrers"]);
        expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: "" });
        expect(first.stdout).toContain("→ vault:1.18@ghcr: carried 1 referrer\n");
        expect(await statusOf(target.host, signature.root)).toBe(200);

        source.requests.reset();
        target.requests.reset();
        const second = await run(["sync", "--referrers"]);
        expect(second.stdout).not.toContain("carried");
        // The look, and what the source is asked; its manifests and blobs are not read again.
        expect(source.requests.snapshot()).toEqual({ "GET referrers": 2, "GET tags": 1, "HEAD manifest": 1 });
        expect(target.requests.byMethod.PUT).toBeUndefined();
    });

    it("asks for none where the catalogue says so, also with --referrers", async () => {
        const images = (host: string) => ({ vault: { ...mirrored(`${host}/acme/vault`), referrers: false } });
        const { run, source, vault } = await world({ images });
        await pushTree(source.host, "acme/vault", artifact({ subject: vault }));
        source.requests.reset();
        expect((await run(["sync", "--referrers"])).code).toBe(0);
        expect(source.requests.byKind.referrers).toBeUndefined();
    });

    it("warns of one that the target refuses, and ends with 0, since the image is there", async () => {
        let refused = "";
        const { run, source, vault } = await world({ target: { intercept: refusingPut(() => refused) } });
        const signature = artifact({ subject: vault });
        refused = signature.root;
        await pushTree(source.host, "acme/vault", signature);
        const { code, stdout } = await run(["sync", "--quiet"]);
        expect(code).toBe(0);
        expect(stdout).toMatch(
            new RegExp(`^! vault:1\\.18@ghcr: the referrer ${signature.root} .* was left behind: .*405`),
        );
        expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    });

    it("says that a dry run does not ask for them", async () => {
        const { run, source } = await world();
        const { stderr } = await run(["sync", "--referrers", "--dry-run"]);
        expect(stderr).toContain("--referrers");
        expect(source.requests.byKind.referrers).toBeUndefined();
    });
});
