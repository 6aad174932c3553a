import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { isPlain } from "./command";
import { digestAt, world } from "./world";

/** vault is for ci, alpine for release; two environments. */
async function both(rest: object = {}) {
    const made = await world({
        images: (host) => ({
            vault: { source: `${host}/acme/vault`, targets: ["ghcr"], tags: ["1.18"], purpose: "ci" },
            alpine: { source: `${host}/acme/alpine`, targets: ["ghcr"], tags: ["3"], purpose: "release" },
        }),
        rest: {
            environments: { any: { upstream: "follow" }, prod: { upstream: "follow", purpose: "release" } },
            ...rest,
        },
    });
    await pushTree(made.source.host, "acme/alpine", singleImage(), { tag: "3" });
    return made;
}

describe("Purposes in the command", () => {
    it.each(["check", "sync", "lock", "sources"])("%s refuses ci's images in a release environment", async (verb) => {
        const { run, target } = await both();
        const ended = await run([verb, "-e", "prod"]);
        expect(ended.code).toBe(2);
        expect(isPlain(ended)).toBe(true);
        expect(ended.stderr).toBe(
            'transship: The environment "prod" is for images of purpose release, and the image vault is of purpose ci; ' +
                "leave them out with --purpose release, or name the others.\n",
        );
        expect(target.requests.total).toBe(0);
    });

    it("--purpose takes those of one purpose, and an unknown word is told with the nearest", async () => {
        const { run, target } = await both();
        expect((await run(["sync", "-e", "prod", "--purpose", "release"])).code).toBe(0);
        expect(await digestAt(target.host, "mirror/acme/alpine", "3")).toBeDefined();
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBeUndefined();
        const wrong = await run(["sync", "-e", "any", "--purpose", "relase"]);
        expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "release"?') });
    });

    it("remarks that both lie side by side, until they have namespaces", async () => {
        const mixed = await both();
        await mixed.run(["sync", "-e", "any"]);
        const { code, stdout } = await mixed.run(["check", "-e", "any"]);
        expect({ code, told: stdout.includes("of purpose ci (vault) and of purpose release (alpine)") }).toEqual({
            code: 0,
            told: true,
        });
        const apart = await both({ namespaces: { ci: "ci" } });
        expect((await apart.run(["sync", "-e", "any"])).stdout).not.toContain("side by side");
        expect(await digestAt(apart.target.host, "mirror/ci/acme/vault", "1.18")).toBe(apart.vault.root);
    });

    it.each([
        [["--purpose", "cii"], 'The catalogue has no image of purpose "cii"; did you mean "ci"?'],
        [["--purpose", "nightly"], 'The catalogue has no image of purpose "nightly"; known: release, ci.'],
        [["alpine", "--purpose", "ci"], 'None of these images is of purpose "ci"'],
    ])("refuses %j, which would look at nothing and find all well", async (args, sentence) => {
        const { run } = await both();
        const { code, stderr } = await run(["check", "-e", "any", ...args]);
        expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
    });
});
