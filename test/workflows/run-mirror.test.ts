import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestAt, mirrored, type WorldOptions, world } from "../cli/world";
import { runWorkflow } from "../support/actions/runner";
import { localGitHub, TOKEN } from "../support/github";
import { pushTree, singleImage } from "../support/images";
import { cloned } from "./cloned";

/** Two images, one of them critical, in a repository with a remote and issues; and its workflow, run as GitHub would. */
async function mirror(options: WorldOptions = {}, args: readonly string[] = []) {
    const images = (host: string) => ({
        golang: { ...mirrored(`${host}/acme/golang`), purpose: "ci" },
        vault: { ...mirrored(`${host}/acme/vault`), purpose: "release", critical: true },
    });
    const [here, github] = [await world({ images, ...options }), await localGitHub()];
    const golang = singleImage({ seed: "golang" });
    await pushTree(here.source.host, "acme/golang", golang, { tag: "1.18" });
    const git = await cloned(here);
    const { code, stdout, stderr } = await here.run(["workflow", "mirror", ...args]);
    expect([code, stderr]).toEqual([0, ""]);
    const { GITHUB_TOKEN: _, ...env } = github.env();
    const run = async () => {
        const done = await runWorkflow(stdout, {
            repository: here.folder,
            env: { ...env, GITHUB_SERVER_URL: "https://github.com" },
            github: { token: TOKEN, actor: "octocat" },
        });
        git("pull", "--quiet");
        const results = Object.entries(done.jobs).map(([id, { result }]) => `${id} ${result}`);
        return { ...done, results };
    };
    const file = (name: string) => readFileSync(join(here.folder, name), "utf8");
    return { ...here, github, golang, git, run, file };
}

describe("Mirroring, run as GitHub would", () => {
    it("carries byte for byte, and commits where everything is and what was carried, once", async () => {
        const { run, git, file, target, vault, golang, github } = await mirror();
        const first = await run();
        expect([first.results, first.jobs.issue?.log]).toEqual([
            ["carry success", "commit success", "issue success"],
            expect.stringContaining("no issue is open, and none is needed"),
        ]);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBe(vault.root);
        expect(await digestAt(target.host, "mirror/acme/golang", "1.18")).toBe(golang.root);
        expect(git("log", "-1", "--format=%an: %s")).toBe("github-actions[bot]: MIRRORS.md: carried and proven\n");
        expect(git("show", "--stat", "--format=", "HEAD").match(/\S+(?= +\|)/g)).toEqual([
            "MIRRORS.md",
            "catalog.lock.yaml",
        ]);
        expect(file("catalog.lock.yaml")).toContain(golang.root);
        for (const text of ["acme/vault:1.18", "acme/golang:1.18", vault.root, golang.root]) {
            expect(file("MIRRORS.md")).toContain(text);
        }
        expect(file("MIRRORS.md").match(/^### .*$/gm)).toEqual(["### vault", "### golang"]);
        expect(first.jobs.carry?.summary).toContain("vault");

        const commit = git("rev-parse", "HEAD");
        const second = await run();
        expect(second.results).toEqual(["carry success", "commit success", "issue success"]);
        expect(second.jobs.commit?.log).toContain("Nothing changed.");
        expect(git("rev-parse", "HEAD")).toBe(commit);
        expect(github.issues).toEqual([]);
    });

    it("goes on where one image fails, is red, records the others, and has one issue until it is put right", async () => {
        const { run, file, source, target, vault, github } = await mirror();
        await fetch(`http://${source.host}/v2/acme/golang/manifests/1.18`, { method: "DELETE" });
        const failed = await run();
        expect(failed.results).toEqual(["carry failure", "commit success", "issue success"]);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBe(vault.root);
        expect(file("catalog.lock.yaml")).toContain(vault.root);
        expect(github.issues).toEqual([expect.objectContaining({ state: "open" })]);
        expect(github.issues[0]?.body).toContain("golang:1.18");

        await pushTree(source.host, "acme/golang", singleImage({ seed: "another" }), { tag: "1.18" });
        expect((await run()).results).toEqual(["carry success", "commit success", "issue success"]);
        expect(github.issues).toEqual([expect.objectContaining({ state: "closed", state_reason: "completed" })]);
    });

    it("says in the issue why a carry failed, also where check would only see that a copy is missing", async () => {
        const { run, github } = await mirror({
            target: {
                intercept: (request, response, { kind, repository }) => {
                    if (request.method !== "PUT" || kind !== "manifest" || !repository.endsWith("golang")) {
                        return false;
                    }
                    request.resume();
                    response.writeHead(403).end(
                        JSON.stringify({
                            errors: [{ code: "DENIED", message: "permission_denied: write_package" }],
                        }),
                    );
                    return true;
                },
            },
        });
        expect((await run()).results).toEqual(["carry failure", "commit success", "issue success"]);
        expect(github.issues[0]?.body).toContain("write");
        expect(github.issues[0]?.body).toContain("DENIED");
    });

    it("has the issue for a catalogue that cannot be read, too, and carries and commits nothing", async () => {
        const { run, folder, file, git, github, target } = await mirror();
        const good = file("catalog.yaml");
        git("add", ".");
        const before = git("rev-parse", "HEAD");
        writeFileSync(join(folder, "catalog.yaml"), good.replace('"policy": "mirror"', '"policy": "miror"'));
        const broken = await run();
        expect(broken.results).toEqual(["carry failure", "commit success", "issue success"]);
        expect(broken.jobs.commit?.log).toContain("Nothing changed.");
        expect(broken.jobs.issue?.log).toContain("GitHub: opened the issue");
        expect(github.issues).toEqual([
            expect.objectContaining({ state: "open", title: "Container images cannot be looked after" }),
        ]);
        expect(github.issues[0]?.body).toContain("images.golang.policy: must be one of keep, migrate, dual, mirror");
        expect(git("rev-parse", "HEAD")).toBe(before);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBeUndefined();

        writeFileSync(join(folder, "catalog.yaml"), good);
        expect((await run()).results).toEqual(["carry success", "commit success", "issue success"]);
        expect(github.issues).toEqual([expect.objectContaining({ state: "closed" })]);
    });

    it("carries the images of one purpose only", async () => {
        const { run, file, target, golang } = await mirror({}, ["--purpose", "ci"]);
        expect((await run()).results).toEqual(["carry success", "commit success", "issue success"]);
        expect(await digestAt(target.host, "mirror/acme/golang", "1.18")).toBe(golang.root);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBeUndefined();
        expect(file("MIRRORS.md")).toContain("golang");
        expect(file("MIRRORS.md")).not.toContain("vault");
    });
});
