import { describe, expect, it } from "vitest";
import type { Registry } from "../../core/catalog";
import { GHCR, lookAtPackages, namedPlace, packagePlaces, reportOf, withGitHubToken } from "../../core/packages";
import { LocalGhcr } from "../support/ghcr";
import { catalogFor, lookAt, RETENTION, release, toolsFor } from "./world";

async function published() {
    const ghcr = await LocalGhcr.start();
    const present = await release(ghcr, "0.11.0");
    const found = await ghcr.record("explorer");
    return { ghcr, present, found };
}

describe("A look at a package", () => {
    it("says nothing of a package that is as it should be, and reads no manifest without rules", async () => {
        const { found, ghcr } = await published();
        found.repository = "acme/images";
        ghcr.registry.requests.reset();
        const look = await lookAt(ghcr, { expect: { visibility: "public", repository: "Acme/Images" } });
        expect(reportOf(look)).toEqual({
            package: "acme/explorer",
            status: "seen",
            visibility: "public",
            repository: "acme/images",
            versions: 8,
            tagged: 1,
        });
        // That everybody may pull it is tried.
        expect(ghcr.registry.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
    });

    it("tells of a link to another repository, and of a public package that wants a login", async () => {
        const ghcr = await LocalGhcr.start({ auth: { kind: "basic", users: { tester: "a-test-password" } } });
        ghcr.github.world.addRepository("acme/other");
        ghcr.github.world.addPackage("acme", "explorer", [{ digest: `sha256:${"a".repeat(64)}`, tags: ["0.11.0"] }], {
            repository: "acme/other",
        });
        const { problems } = await lookAt(ghcr, { expect: { visibility: "public", repository: "acme/images" } });
        expect(problems.map(({ kind }) => kind)).toEqual(["expectation", "expectation"]);
        expect(problems[0]?.message).toContain("GitHub says that the package acme/explorer is public, but a pull");
        expect(problems[1]?.message).toContain(
            'is linked to the repository acme/other, so that a workflow of acme/images gets "permission_denied: write_package"',
        );
    });

    it("says of a package that is not there how it comes into being", async () => {
        const ghcr = await LocalGhcr.start();
        const look = await lookAt(ghcr, { expect: { repository: "acme/images" } });
        expect(look).toMatchObject({ status: "absent", versions: 0 });
        expect(look.problems[0]?.message).toContain("by the first push from a workflow of acme/images");
    });

    it.each([
        ["a fine-grained token", "github_pat_0123", { login: "octocat", permissions: {} }, "fine-grained"],
        ["a token without the scope", "ghp_none", { login: "octocat", scopes: ["repo"] }, "this takes read:packages"],
    ])("tells %s what it lacks, and proves nothing by it", async (_title, token, rights, sentence) => {
        const { ghcr } = await published();
        ghcr.github.world.tokens.set(token, rights);
        const catalog = catalogFor(ghcr);
        const look = await lookAt(ghcr, { retention: RETENTION }, catalog, toolsFor(ghcr, catalog, token));
        expect(look).toMatchObject({ status: "unknown", problems: [{ kind: "unknown" }] });
        expect(look.problems[0]?.message).toContain(sentence);
    });

    it("deletes nothing by the word of a registry that does not have what GitHub lists", async () => {
        const { ghcr } = await published();
        const elsewhere = await LocalGhcr.start();
        const catalog = catalogFor(elsewhere);
        const tools = { ...toolsFor(elsewhere, catalog), github: toolsFor(ghcr, catalog).github };
        const look = await lookAt(ghcr, { retention: RETENTION }, catalog, tools);
        expect(look.retention?.plan.delete).toEqual([]);
        expect(look.problems[0]?.message).toMatch(
            /^Nothing of acme\/explorer is deleted, since .*says that it does not/,
        );
    });

    it("sees only what is ours in a catalogue, and takes an owner in any case", async () => {
        const ghcr = await LocalGhcr.start();
        const catalog = catalogFor(ghcr);
        const places = packagePlaces(catalog);
        expect(places).toEqual([
            expect.objectContaining({ owner: "acme", name: "explorer", repository: "acme/explorer", tags: ["0.11.0"] }),
        ]);
        expect(packagePlaces(catalog, ["other"])).toEqual([]);
        expect(namedPlace("Acme", "explorer", "ghcr", places)).toBe(places[0]);
        expect(namedPlace("Nextcloud", "aio/redis", "ghcr", [])).toMatchObject({ repository: "nextcloud/aio/redis" });
        expect(() => namedPlace("acme", "explorer:1", "ghcr", [])).toThrow('"acme/explorer:1" is no container package');
        const missing = namedPlace("nobody-there", "app", "ghcr", []);
        const [look] = await lookAtPackages([missing], {}, toolsFor(ghcr, catalog));
        expect(look?.problems[0]?.message).toContain("there is no user or organization of that name");
    });
});

describe("GitHub's token", () => {
    const access = { api: "https://api.github.com", token: "ghp_secret" };

    it("reads ghcr.io where nothing else is said, and goes to no other host", () => {
        const others: Registry[] = [
            { ...GHCR, name: "own", credentials: { pull: { from: "docker" }, push: { from: "docker" } } },
            { ...GHCR, name: "local", host: "127.0.0.1:5000" },
            { ...GHCR, name: "hub", host: "docker.io", kind: "dockerhub" },
        ];
        const { registries } = withGitHubToken([GHCR, ...others], access);
        expect(registries[0]?.credentials?.pull).toMatchObject({ from: "config" });
        expect(registries.slice(1)).toEqual(others);
        expect(withGitHubToken([GHCR], { ...access, api: "http://127.0.0.1:1" }).registries).toEqual([GHCR]);
    });
});
