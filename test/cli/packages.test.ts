import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { release } from "../packages/world";
import { temporaryFolder } from "../support/embedded";
import { LocalGhcr } from "../support/ghcr";
import { ADMIN_TOKEN } from "../support/github";
import { type Ended, transship } from "./command";
import { documentOf } from "./documents";

/** A release whose tag has moved on, the present one, and a catalogue of them. */
async function world(registry: object = {}) {
    const ghcr = await LocalGhcr.start();
    const old = await release(ghcr, "0.11.0-rc");
    const present = await release(ghcr, "0.11.0");
    await ghcr.untag("explorer", "0.11.0-rc");
    const folder = await temporaryFolder();
    const catalog = {
        version: 1,
        registries: {
            ghcr: { host: `${ghcr.registry.host}/acme`, kind: "ghcr", insecure: true, ...registry },
        },
        images: {
            explorer: {
                policy: "dual",
                source: "docker.io/kuzudb/explorer",
                targets: [{ registry: "ghcr", repository: "explorer" }],
                tags: ["0.11.0"],
            },
        },
    };
    writeFileSync(join(folder, "catalog.yaml"), JSON.stringify(catalog));
    const run = (args: readonly string[], env: object = {}): Promise<Ended> =>
        transship(["packages", ...args], { cwd: folder, env: { ...ghcr.github.env(ADMIN_TOKEN), ...env } });
    return { ghcr, old, present, folder, run };
}

describe("transship packages", () => {
    it("says what each package is, and where a person makes it what it should be", async () => {
        const { ghcr, run } = await world({ public: true });
        Object.assign(ghcr.github.world.owner("acme")?.packages.get("explorer") ?? {}, { visibility: "private" });
        const { code, stdout } = await run(["--repository", "acme/explorer"]);
        expect(code).toBe(1);
        expect(stdout.replaceAll(/https?:\/\/127.0.0.1:\d+/g, "https://github.com")).toBe(
            [
                "acme/explorer: private, linked to no repository, 16 versions, 1 tagged",
                '  ! The package acme/explorer is private and should be public, and a pull without a login works: GitHub has no API to change that, so change it on https://github.com/orgs/acme/packages/container/explorer/settings, under "Danger Zone".',
                '  ! The package acme/explorer is linked to no repository (its first push was made by hand, perhaps), so that a workflow of acme/explorer gets "permission_denied: write_package": on https://github.com/orgs/acme/packages/container/explorer/settings give acme/explorer the role "Write" under "Manage Actions access", and connect it as the package\'s repository.',
                "",
            ].join("\n"),
        );
    });

    it("with --clean shows the plan and deletes nothing; --delete deletes it, and --restore brings it back", async () => {
        const { folder, ghcr, old, present, run } = await world();
        const planned = await run(["--clean", "--younger-than", "7d"]);
        expect(planned).toMatchObject({ code: 0, stderr: "" });
        expect(planned.stdout).toContain(`  - ${old.image.root.slice(0, 19)} (`);
        expect(planned.stdout).toMatch(
            /^ {2}8 versions due, 8 kept \((?=.*catalog 1)(?=.*child \d)(?=.*referrer \d).*\)$/m,
        );
        expect(planned.stdout).toContain("8 versions due; nothing is deleted without --delete");
        expect(await ghcr.left("explorer")).toHaveLength(16);

        const done = await run(["--clean", "--delete"]);
        expect(done.code).toBe(0);
        expect(done.stdout).toContain(
            "acme/explorer: 8 versions deleted; bring back: --restore transship-deletions.json",
        );
        expect(await ghcr.left("explorer")).toEqual(present.digests);

        const { deletions } = JSON.parse(readFileSync(join(folder, "transship-deletions.json"), "utf8"));
        const one = await run(["--restore", String(deletions.at(-1).id)]);
        expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining("1 version restored") });
        const restored = await run(["--restore", "transship-deletions.json"]);
        // One of them is there already.
        expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining("8 versions restored") });
        expect(await ghcr.left("explorer")).toEqual([...old.digests, ...present.digests].sort());
    });

    it("tells what is back where GitHub fails in the middle, and the same again brings back the rest", async () => {
        const { folder, ghcr, old, present, run } = await world();
        await run(["--clean", "--delete"]);
        const { deletions } = JSON.parse(readFileSync(join(folder, "transship-deletions.json"), "utf8"));
        const url = new RegExp(`/versions/${deletions.at(-4).id}/restore$`);
        ghcr.github.fail({ method: "POST", url, status: 422, times: 1 });
        const stopped = await run(["--restore", "transship-deletions.json"]);
        expect(stopped).toMatchObject({
            code: 3,
            stdout: expect.stringContaining("3 versions restored, 4 not tried yet: run the same again"),
        });
        expect(stopped.stdout).toContain("! Could not restore the version");
        expect((await run(["--restore", "transship-deletions.json"])).code).toBe(0);
        expect(await ghcr.left("explorer")).toEqual([...old.digests, ...present.digests].sort());
    });

    it("prints documents as the schema has them", async () => {
        const { old, run, folder } = await world();
        const planned = documentOf(await run(["--clean", "--json"]));
        expect(planned).toMatchObject({
            dryRun: true,
            packages: [{ package: "acme/explorer", retention: { due: 8, causes: { child: 5 } } }],
        });
        const done = documentOf(await run(["--clean", "--delete", "--at-most", "3", "--json"]));
        expect(done).toMatchObject({ dryRun: false, left: 5, refused: [], failures: [] });
        expect((done.deletions as { digest: string }[])[0]?.digest).toBe(old.image.root);
        writeFileSync(join(folder, "done.json"), JSON.stringify(done));
        expect(documentOf(await run(["--restore", "done.json", "--json"])).restored).toHaveLength(3);
    });

    it("stops before it deletes anything where the token is proven to lack the right", async () => {
        const { folder, ghcr, run } = await world();
        ghcr.github.world.tokens.set("ghp_reader", { login: "octocat", scopes: ["read:packages"] });
        const { code, stderr } = await run(["--clean", "--delete"], { GITHUB_TOKEN: "ghp_reader" });
        expect(code).toBe(2);
        expect(stderr).toBe(
            "transship: Versions of acme/explorer are due, and cannot be deleted: GITHUB_TOKEN has the scopes read:packages, and this takes delete:packages: add it to the token.\n",
        );
        expect(existsSync(join(folder, "transship-deletions.json"))).toBe(false);
        ghcr.github.world.tokens.set("ghp_nothing", { login: "octocat", scopes: ["repo"] });
        const blind = await run([], { GITHUB_TOKEN: "ghp_nothing" });
        expect(blind.code).toBe(3);
        expect(blind.stdout).toMatch(/unknown\n {2}! .*has the scopes repo, and this takes read:packages/);
    });

    it.each([
        [["--delete"], "--delete is for --clean: write both."],
        [["--keep", "v*"], "--keep is for --clean: write both."],
        [["--clean", "--newest", "0"], '--newest "0" will not do: write a whole number from 1 to 10000.'],
        [["--clean", "--keep-semver", "new"], 'keep.tags: a pattern of { semver: "new" } is no range'],
        [["--clean", "--younger-than", "soon"], 'keep.youngerThan must be a time such as "12h" or "30d", not "soon".'],
        [["--restore", "nothing.json"], "nothing.json is not there: check the path."],
        [["--clean", "--restore", "x.json"], "--clean and --restore undo each other: write one of them."],
    ])("refuses %j in one sentence", async (args, sentence) => {
        const { run } = await world();
        const { code, stderr } = await run(args);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) });
        expect(stderr.trim().split("\n")).toHaveLength(1);
    });

    it("names the token that is missing, and the right that it takes", async () => {
        const { run } = await world();
        const { code, stderr } = await run(["--clean"], { GITHUB_TOKEN: "" });
        expect({ code, stderr }).toEqual({
            code: 2,
            stderr: "transship: GITHUB_TOKEN is not set: give it (or GH_TOKEN) the scope read:packages.\n",
        });
    });
});
