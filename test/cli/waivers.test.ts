import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { isPlain } from "./command";
import { digestAt, type World, world } from "./world";

const DAY = 86_400_000;
/** Of tomorrow, or so many days from now; a date ends with its day. */
const date = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

/** vault:1.18, of which ghcr shows another digest. */
async function drifted(rest: Record<string, unknown>): Promise<World & { readonly other: string }> {
    const made = await world({ rest });
    const other = singleImage({ seed: "other" });
    await pushTree(made.target.host, "mirror/acme/vault", other, { tag: "1.18" });
    return { ...made, other: other.root };
}

describe("transship with a waiver", () => {
    const waive = [{ image: "vault", until: date(1), reason: "hotfix, ticket 42" }];

    it("shows waived drift with its end and its reason, and ends with 0", async () => {
        const { run, vault, other } = await drifted({ waive });
        const { code, stdout, stderr } = await run(["check"]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toContain(`✗ ${other.slice(7, 19)} waived`);
        expect(stdout).toContain(
            `✗ vault:1.18@ghcr: have ${other} want ${vault.root} (the digest here was never ours; it has other layers); ` +
                `waived until the end of ${date(1)} UTC: hotfix, ticket 42`,
        );
        expect(stdout).toMatch(/^✓ 1 image, 1 tag, 2 copies: 1 different, 1 consistent \(1 waived\);/m);
        expect(await run(["check", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
    });

    it("says it in the document: the verdict stays, and what waives it", async () => {
        const { run } = await drifted({ waive });
        const { code, stdout } = await run(["check", "--json"]);
        const document = JSON.parse(stdout);
        const until = new Date(Date.parse(`${date(1)}T00:00Z`) + DAY).toISOString();
        expect([code, document.outcome, document.summary.waived]).toEqual([0, "consistent", 1]);
        expect(document.copies[1]).toMatchObject({
            verdict: "different",
            waived: { until, reason: "hotfix, ticket 42" },
        });
        expect(document.findings).toEqual([]);
    });

    it("counts the drift of one that has ended, and says once to take it out", async () => {
        const { run } = await drifted({
            waive: [{ image: "vault", tag: "1.18", until: "2026-01-01", reason: "hotfix" }],
        });
        const ended = await run(["check"]);
        expect(ended.code).toBe(1);
        expect(ended.stdout).not.toContain("waived until");
        const message =
            "The waiver of vault:1.18 ended at the end of 2026-01-01 UTC: hotfix; take it out of the catalogue.";
        expect(ended.stdout.split("\n").filter((line) => line.includes("The waiver"))).toEqual([`! ${message}`]);
        const document = JSON.parse((await run(["check", "--json"])).stdout);
        expect(document.findings).toEqual([
            { code: "WAIVER_ENDED", severity: "warning", image: "vault", tag: "1.18", message },
        ]);
        expect((await run(["check", "--quiet"])).stdout).not.toContain("The waiver");
    });

    it("leaves waived drift alone in sync, and says so", async () => {
        const { run, target, vault, other } = await drifted({ waive, defaults: { onForeignDigest: "overwrite" } });
        const dry = await run(["sync", "--dry-run"]);
        expect([dry.code, dry.stdout.includes("would carry")]).toEqual([0, false]);
        const { code, stdout } = await run(["sync"]);
        expect(code).toBe(0);
        expect(stdout).toContain("1 copy is left alone: the catalogue waives the drift\n");
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBe(other);
        expect(vault.root).not.toBe(other);
    });

    it("carries what was never carried all the same", async () => {
        const { run, target, vault } = await world({ rest: { waive } });
        expect((await run(["check"])).code).toBe(0);
        expect((await run(["sync"])).code).toBe(0);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBe(vault.root);
    });

    it("never waives what cannot be asked", async () => {
        const { run, target } = await drifted({ waive });
        await target.close();
        expect((await run(["check"])).code).toBe(3);
    });

    it("refuses a waiver without a reason, or of an image that there is not, in sentences", async () => {
        const { run } = await drifted({ waive: [{ image: "valt", until: date(1) }] });
        const refused = await run(["check"]);
        expect(refused).toMatchObject({ code: 2, stdout: "" });
        expect(refused.stderr).toContain('unknown image "valt"; did you mean "vault"?');
        expect(refused.stderr).toContain('"reason" is missing');
        expect(isPlain(refused)).toBe(true);
    });
});

describe("transship in a maintenance window", () => {
    it("counts no drift at the registries that it names", async () => {
        const always = { from: "00:00", to: "24:00", reason: "upgrade" };
        const inside = await drifted({ maintenance: [{ ...always, registries: ["ghcr"] }] });
        const { code, stdout } = await inside.run(["check"]);
        expect(code).toBe(0);
        expect(stdout).toContain("maintenance: upgrade");
        const elsewhere = await drifted({ maintenance: [{ ...always, registries: ["hub"] }] });
        expect((await elsewhere.run(["check"])).code).toBe(1);
    });
});
