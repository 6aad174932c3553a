import { describe, expect, it } from "vitest";
import { digestAt, mirrored, world } from "./world";

/** Three tags of one repository, as images of two purposes and of none. */
async function fleet() {
    return world({
        images: (host) => ({
            tools: { ...mirrored(`${host}/acme/vault`), purpose: "ci" },
            vault: {
                ...mirrored(`${host}/acme/vault`),
                targets: [{ registry: "ghcr", repository: "b" }],
                purpose: "release",
            },
            other: { ...mirrored(`${host}/acme/vault`), targets: [{ registry: "ghcr", repository: "c" }] },
        }),
    });
}

describe("--purpose", () => {
    it("looks at and carries the images of one purpose, alone or of those that are named", async () => {
        const { run, target, vault } = await fleet();
        expect((await run(["sync", "--purpose", "ci"])).code).toBe(0);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBe(vault.root);
        expect(await digestAt(target.host, "mirror/b", "1.18")).toBeUndefined();
        const { code, stdout } = await run(["check", "tools", "other", "--purpose", "ci"]);
        expect([code, stdout.includes("vault:"), stdout.includes("other:")]).toEqual([0, false, false]);
        expect((await run(["check", "--purpose", "release"])).code).toBe(1);
    });

    it.each([
        [["--purpose", "cii"], '--purpose cii: no image of the catalogue has it; did you mean "ci"?'],
        [["--purpose", "nightly"], "--purpose nightly: no image of the catalogue has it; known: ci, release."],
        [["other", "--purpose", "ci"], "--purpose ci: no image of those named has it."],
    ])("refuses %j, which would look at nothing and find all well", async (args, sentence) => {
        const { run } = await fleet();
        const { code, stderr } = await run(["check", ...args]);
        expect([code, stderr]).toEqual([2, `transship: ${sentence}\n`]);
    });
});
