import { describe, expect, it } from "vitest";
import {
    deletePackageVersion,
    GitHubClient,
    packageOf,
    packageSettingsUrl,
    packagesOf,
    packageVersions,
    restorePackageVersion,
} from "../../core/github";
import { type LocalGitHub, localGitHub } from "../support/github";

const ACME = { login: "acme", kind: "Organization" } as const;
const DAY = 24 * 3_600_000;
const digest = (n: number) => `sha256:${String(n).padStart(64, "0")}`;

async function world(versions: Parameters<LocalGitHub["world"]["addPackage"]>[2], over = {}) {
    const github = await localGitHub();
    const made = github.world.addPackage("acme", "tools/explorer", versions, { repository: "acme/images", ...over });
    return { github, made, ids: [...made.versions.keys()], client: new GitHubClient(github.access()) };
}

async function listed(client: GitHubClient, state?: "active" | "deleted") {
    const all = [];
    for await (const page of packageVersions(client, ACME, "tools/explorer", state)) {
        all.push(...page);
    }
    return all;
}

describe("A package of ghcr.io", () => {
    it("is read with its visibility, its repository and its versions, page by page", async () => {
        const many = Array.from({ length: 130 }, (_, n) => ({
            digest: digest(n),
            tags: n === 129 ? ["latest", "1.0"] : [],
        }));
        const { client, github } = await world(many);
        expect(await packageOf(client, ACME, "tools/explorer")).toEqual({
            name: "tools/explorer",
            id: expect.any(Number),
            visibility: "public",
            versionCount: 130,
            repository: "acme/images",
            url: "https://github.com/orgs/acme/packages/container/package/tools%2Fexplorer",
            createdAt: github.world.at(),
            updatedAt: github.world.at(),
        });
        expect(await packageOf(client, ACME, "none")).toBeUndefined();
        const versions = await listed(client);
        expect(versions).toHaveLength(130);
        expect(versions[0]).toEqual({
            id: expect.any(Number),
            digest: digest(129),
            tags: ["latest", "1.0"],
            createdAt: github.world.at(),
            updatedAt: github.world.at(),
        });
        expect(github.log.at(-1)?.url).toBe(
            "/orgs/acme/packages/container/tools%2Fexplorer/versions?state=active&per_page=100&page=2",
        );
        const names: string[] = [];
        for await (const page of packagesOf(client, ACME)) {
            names.push(...page.map(({ name }) => name));
        }
        expect(names).toEqual(["tools/explorer"]);
    });

    it("of a user is at the user's", async () => {
        const github = await localGitHub();
        github.world.addPackage("octocat", "explorer", [{ digest: digest(1) }, { digest: digest(2) }]);
        const client = new GitHubClient(github.access());
        const owner = { login: "octocat", kind: "User" } as const;
        expect(await packageOf(client, owner, "explorer")).toMatchObject({ name: "explorer", versionCount: 2 });
        const pages = [];
        for await (const page of packageVersions(client, owner, "explorer", "active")) {
            pages.push(page.length);
        }
        expect(pages).toEqual([2]);
    });

    it("has a page for what there is no API for", () => {
        expect(packageSettingsUrl(ACME, "tools/explorer")).toBe(
            "https://github.com/orgs/acme/packages/container/tools%2Fexplorer/settings",
        );
        expect(packageSettingsUrl({ login: "octocat", kind: "User" }, "a")).toBe(
            "https://github.com/users/octocat/packages/container/a/settings",
        );
    });
});

describe("A version", () => {
    it("is deleted, and restored within 30 days", async () => {
        const { client, github, ids } = await world([{ digest: digest(1) }, { digest: digest(2), tags: ["1"] }]);
        const [first = 0] = ids;
        expect(await deletePackageVersion(client, ACME, "tools/explorer", first)).toEqual({ outcome: "deleted" });
        expect(await deletePackageVersion(client, ACME, "tools/explorer", first)).toEqual({ outcome: "gone" });
        expect(await listed(client)).toMatchObject([{ digest: digest(2) }]);
        expect(await listed(client, "deleted")).toMatchObject([{ digest: digest(1), deletedAt: github.world.at() }]);

        github.now += 29 * DAY;
        expect(await restorePackageVersion(client, ACME, "tools/explorer", first)).toEqual({ outcome: "restored" });
        expect(await listed(client)).toHaveLength(2);
        await deletePackageVersion(client, ACME, "tools/explorer", first);
        github.now += 31 * DAY;
        expect(await restorePackageVersion(client, ACME, "tools/explorer", first)).toEqual({
            outcome: "lost",
            why: `GitHub has the version ${first} of the package acme/tools/explorer no more: it was deleted more than 30 days ago, or GITHUB_TOKEN may not restore it.`,
        });
    });

    it("that GitHub keeps is told, and is no error", async () => {
        const { client, github, ids, made } = await world([
            { digest: digest(1), downloads: 5001 },
            { digest: digest(2) },
        ]);
        const [popular = 0, other = 0] = ids;
        expect(await deletePackageVersion(client, ACME, "tools/explorer", popular)).toEqual({
            outcome: "kept",
            why: `GitHub keeps the version ${popular} of the package acme/tools/explorer: it is public and has over 5,000 downloads, which only GitHub's support can delete.`,
        });
        made.versions.delete(popular);
        expect(await deletePackageVersion(client, ACME, "tools/explorer", other)).toMatchObject({
            outcome: "kept",
            why: expect.stringContaining("it is the package's last version"),
        });
        expect(github.counts()).toEqual({ DELETE: 2 });
    });

    it("that may not be deleted is an error, also where GitHub answers 404 for it", async () => {
        const { github, ids } = await world([{ digest: digest(1) }, { digest: digest(2) }]);
        github.world.tokens.set("ghp_reader", { login: "octocat", scopes: ["read:packages"] });
        const client = new GitHubClient(github.access("ghp_reader"));
        const [first = 0] = ids;
        const asked = () => deletePackageVersion(client, ACME, "tools/explorer", first);
        await expect(asked()).rejects.toMatchObject({
            code: "GITHUB_FORBIDDEN",
            message: expect.stringContaining(
                "GITHUB_TOKEN has the scopes read:packages, and this takes delete:packages: add it to the token.",
            ),
        });
        github.fail({ method: "DELETE", status: 404, message: "Package not found." });
        await expect(asked()).rejects.toMatchObject({ code: "GITHUB_NOT_FOUND" });
        expect(await listed(client)).toHaveLength(2);
    });

    it("whose deletion's answer was lost is gone the next time", async () => {
        const { github, ids } = await world([{ digest: digest(1) }, { digest: digest(2) }]);
        const client = new GitHubClient(github.access(), { sleep: async () => undefined });
        github.fail({ method: "DELETE", close: true, done: true });
        expect(await deletePackageVersion(client, ACME, "tools/explorer", ids[0] ?? 0)).toEqual({ outcome: "gone" });
    });
});
