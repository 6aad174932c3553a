import { describe, expect, it } from "vitest";
import {
    branchOf,
    compareBranches,
    createBranch,
    fileOf,
    GitHubClient,
    openPullRequest,
    ownerOf,
    pullRequestsOf,
    repositoryOf,
} from "../../core/github";
import { type LocalGitHub, localGitHub, mergePull } from "../support/github";

async function world(token?: string): Promise<{ github: LocalGitHub; client: GitHubClient }> {
    const github = await localGitHub();
    return { github, client: new GitHubClient(github.access(token)) };
}

describe("A repository", () => {
    it("is read with what the token's user may do there", async () => {
        const { client, github } = await world();
        expect(await repositoryOf(client, "acme/images")).toEqual({
            nameWithOwner: "acme/images",
            id: github.repository().id,
            defaultBranch: "main",
            visibility: "public",
            archived: false,
            owner: { login: "acme", kind: "Organization" },
            may: { push: true, admin: true },
            url: "https://github.com/acme/images",
        });
        expect(await ownerOf(client, "ACME")).toEqual({ login: "acme", kind: "Organization" });
        expect(await ownerOf(client, "octocat")).toEqual({ login: "octocat", kind: "User" });
    });

    it("is found by any spelling, and under its new name where it was renamed", async () => {
        const { client } = await world();
        expect(await repositoryOf(client, "ACME/Images")).toMatchObject({ nameWithOwner: "acme/images" });
        expect(await repositoryOf(client, "ACME/Images")).not.toHaveProperty("renamedFrom");
        await client.send("PATCH", "/repos/acme/images", { doing: "rename it" }, { name: "mirrors" });
        expect(await repositoryOf(client, "acme/images")).toMatchObject({
            nameWithOwner: "acme/mirrors",
            renamedFrom: "acme/images",
        });
    });
});

describe("A branch", () => {
    it("is read, made, and compared with another", async () => {
        const { client, github } = await world();
        const main = await branchOf(client, "acme/images", "main");
        expect(main).toEqual({ name: "main", commit: expect.stringMatching(/^[0-9a-f]{40}$/), protected: false });
        expect(await branchOf(client, "acme/images", "transship/none")).toBeUndefined();

        await createBranch(client, "acme/images", "transship/publish", main?.commit ?? "");
        expect(await branchOf(client, "acme/images", "transship/publish")).toMatchObject({ commit: main?.commit });
        github.world.commit(github.repository(), "transship/publish", { "a/b.yml": "on: push\n" }, "Add it");
        expect(await compareBranches(client, "acme/images", "main", "transship/publish")).toEqual({
            aheadBy: 1,
            behindBy: 0,
            files: ["a/b.yml"],
        });
        await expect(
            createBranch(client, "acme/images", "transship/publish", main?.commit ?? ""),
        ).rejects.toMatchObject({ code: "GITHUB_REFUSED", message: expect.stringContaining("it exists already") });
    });

    it("says whether it is protected, by a protection or by a ruleset", async () => {
        const { client, github } = await world();
        const repository = github.repository();
        repository.protection.set("main", { required_pull_request_reviews: {}, enforce_admins: true });
        expect(await branchOf(client, "acme/images", "main")).toMatchObject({ protected: true });
        repository.protection.clear();
        repository.rulesets.set(1, {
            name: "main",
            enforcement: "active",
            conditions: { ref_name: { include: ["~DEFAULT_BRANCH"] } },
            rules: [{ type: "pull_request" }],
        });
        expect(await branchOf(client, "acme/images", "main")).toMatchObject({ protected: true });
    });
});

describe("A file", () => {
    it("is read as text, of any branch, also above a megabyte", async () => {
        const { client, github } = await world();
        const large = "ö".repeat(700_000);
        const repository = github.repository();
        github.world.commit(
            repository,
            "other",
            { ".github/workflows/a b.yml": "x: 1\r\n", "large.txt": large },
            "Files",
        );
        const read = (path: string, ref = "other") => fileOf(client, "acme/images", path, ref);
        expect(await read(".github/workflows/a b.yml")).toEqual({
            text: "x: 1\r\n",
            sha: expect.stringMatching(/^[0-9a-f]{40}$/),
        });
        expect((await read("large.txt"))?.text).toBe(large);
        expect(await read("large.txt", "main")).toBeUndefined();
    });

    it("is a text file, or refused", async () => {
        const { client, github } = await world();
        const files = { "a/b.txt": "b", link: "symlink:a/b.txt", raw: Buffer.from([0xff, 0xfe, 0x00]) };
        github.world.commit(github.repository(), "main", files, "Files");
        const read = (path: string) => fileOf(client, "acme/images", path, "main");
        const refused = (why: string) => ({
            code: "GITHUB_NO_FILE",
            message: expect.stringMatching(new RegExp(`^Could not read \\S+ of acme/images at main: ${why}`)),
        });
        await expect(read("a")).rejects.toMatchObject(refused("it is a directory"));
        await expect(read("link")).rejects.toMatchObject(refused("it is a symlink"));
        await expect(read("raw")).rejects.toMatchObject(refused("its bytes are no UTF-8 text"));
    });
});

describe("A pull request", () => {
    it("is opened once, found by its branch, and known to be merged", async () => {
        const { client, github } = await world();
        const repository = github.repository();
        const main = await branchOf(client, "acme/images", "main");
        await createBranch(client, "acme/images", "publish", main?.commit ?? "");
        const asked = { head: "publish", base: "main", title: "Publish", body: "By a workflow." };
        const open = () => openPullRequest(client, "acme/images", asked);
        await expect(open()).rejects.toMatchObject({
            message: expect.stringContaining("No commits between main and publish"),
        });

        github.world.commit(repository, "publish", { "a.yml": "a" }, "Add it");
        const opened = await open();
        expect(opened).toMatchObject({ number: 1, state: "open", merged: false, head: { branch: "publish" } });
        await expect(open()).rejects.toMatchObject({
            code: "GITHUB_REFUSED",
            message: expect.stringContaining("A pull request already exists for acme:publish."),
        });
        expect(await pullRequestsOf(client, "acme/images", { head: "publish" })).toEqual([opened]);
        expect(await pullRequestsOf(client, "acme/images", { head: "other" })).toEqual([]);

        const pull = repository.pulls.get(1);
        mergePull(github, repository, pull as NonNullable<typeof pull>);
        expect(await pullRequestsOf(client, "acme/images", { head: "publish" })).toEqual([]);
        expect(await pullRequestsOf(client, "acme/images", { head: "publish", state: "closed" })).toMatchObject([
            { number: 1, state: "closed", merged: true },
        ]);
        expect(github.file("a.yml")).toBe("a");
    });
});
