import { defineCatalog, GhcrPackages, type GhcrPackagesArgs } from "transship";
import { expect, it } from "vitest";
import { release } from "../packages/world";
import { TestStack } from "../support/engine-stack";
import { LocalGhcr } from "../support/ghcr";
import { ADMIN_TOKEN } from "../support/github";
import { describeWithEngine } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";

const EQUAL = { same: 2 };

describeWithEngine("packages at GitHub on the real engine", (engine) => {
    it("are shown, cleaned up when that is asked for, and left alone by refresh and destroy", async () => {
        const ghcr = await LocalGhcr.start();
        const old = await release(ghcr, "0.11.0-rc");
        const present = await release(ghcr, "0.11.0");
        await ghcr.untag("explorer", "0.11.0-rc");
        let args: Partial<GhcrPackagesArgs> = {};
        const program = async () => {
            const catalog = defineCatalog({
                version: 1,
                registries: { ghcr: { host: `${ghcr.registry.host}/acme`, kind: "ghcr", insecure: true } },
                images: {
                    explorer: {
                        policy: "dual",
                        source: "docker.io/kuzudb/explorer",
                        targets: [{ registry: "ghcr", repository: "explorer" }],
                        tags: ["0.11.0"],
                    },
                },
            });
            const made = new GhcrPackages("packages", { catalog, retention: {}, ...args });
            return { report: made.report, deletions: made.deletions };
        };
        const stack = await TestStack.open(engine, program, { config: ghcr.github.config() });

        const first = await stack.up();
        expect(first.text).toContain("acme/explorer: 8 versions of 16 due (dry run: nothing is deleted)");
        expect(first.outputs).toMatchObject({ report: [{ retention: { due: 8, kept: 8 } }], deletions: [] });
        expect(await ghcr.left("explorer")).toHaveLength(16);
        expect((await stack.up()).changes).toEqual(EQUAL);

        args = { dryRun: false, expect: { repository: "acme/images" } };
        const preview = await stack.preview();
        expect(preview.changes).toMatchObject({ update: 1 });
        expect(preview.text).toContain("acme/explorer: 8 versions of 16 due (to be deleted)");
        expect(preview.text).toContain("The package acme/explorer is linked to no repository");
        expect(await ghcr.left("explorer")).toHaveLength(16);

        const done = await stack.up();
        expect(done.text).toContain("acme/explorer: deleted 8 versions");
        expect(await ghcr.left("explorer")).toEqual(present.digests);
        await resolveWholly(ghcr.registry.host, "acme/explorer", "0.11.0");

        const equal = await stack.up();
        expect(equal.changes).toEqual(EQUAL);
        const deletions = equal.outputs.deletions as { digest: string }[];
        expect(deletions.map(({ digest }) => digest).sort()).toEqual(old.digests);
        expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
        expect(await stack.backendText()).not.toContain(ADMIN_TOKEN);

        const destroyed = await stack.destroy();
        expect(destroyed.ok).toBe(true);
        expect(await ghcr.left("explorer")).toEqual(present.digests);
    });
});
