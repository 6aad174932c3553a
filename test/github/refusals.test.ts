import { describe, expect, it } from "vitest";
import {
    adviceFor,
    branchOf,
    GitHubClient,
    packageOf,
    RIGHTS,
    repositoryOf,
    secretsOf,
    tokenOf,
} from "../../core/github";
import { type LocalGitHub, type LocalToken, localGitHub } from "../support/github";

const ACME = { login: "acme", kind: "Organization" } as const;
const job: LocalToken = { repository: "acme/images", permissions: { metadata: "read" } };
const doing = "write the file";

interface Row {
    readonly title: string;
    readonly token: string;
    readonly is: LocalToken;
    readonly ask: (client: GitHubClient, github: LocalGitHub) => Promise<unknown>;
    readonly code: string;
    readonly told: string;
}

const ROWS: readonly Row[] = [
    {
        title: "an unknown repository",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["repo"] },
        ask: (client) => repositoryOf(client, "acme/none"),
        code: "GITHUB_NOT_FOUND",
        told: 'Could not find the repository acme/none: GitHub at HOST said 404, "Not Found": it does not exist, or GITHUB_TOKEN may not see it, which GitHub does not tell apart: check the name, and the token\'s rights (metadata: read).',
    },
    {
        title: "a repository that the token may not see",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["public_repo"] },
        ask: (client, github) => {
            github.repository().visibility = "private";
            return repositoryOf(client, "acme/images");
        },
        code: "GITHUB_NOT_FOUND",
        told: "it does not exist, or GITHUB_TOKEN may not see it",
    },
    {
        title: "a classic token without read:packages",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["repo", "workflow"] },
        ask: (client) => packageOf(client, ACME, "explorer"),
        code: "GITHUB_FORBIDDEN",
        told: 'Could not read the package acme/explorer: GitHub at HOST said 403, "You need at least read:packages scope to get a package.": GITHUB_TOKEN has the scopes repo, workflow, and this takes read:packages: add it to the token.',
    },
    {
        title: "a fine-grained token, for packages",
        token: "github_pat_a",
        is: { login: "octocat", permissions: { contents: "write" } },
        ask: (client) => packageOf(client, ACME, "explorer"),
        code: "GITHUB_FORBIDDEN",
        told: 'GITHUB_TOKEN is a fine-grained token, and GitHub has no packages for those: take a classic token with the scope read:packages, or the job\'s own GITHUB_TOKEN with "permissions: packages: read".',
    },
    {
        title: "a job without packages",
        token: "ghs_a",
        is: job,
        ask: (client) => packageOf(client, ACME, "explorer"),
        code: "GITHUB_FORBIDDEN",
        told: 'give the job "permissions: packages: read", or take a classic token with the scope read:packages.',
    },
    {
        title: "a classic token without admin:org",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["repo"] },
        ask: (client) => secretsOf(client, { kind: "organization", organization: "acme", app: "actions" }),
        code: "GITHUB_FORBIDDEN",
        told: "GITHUB_TOKEN has the scopes repo, and this takes admin:org: add it to the token.",
    },
    {
        title: "an organisation's secrets in a job",
        token: "ghs_a",
        is: job,
        ask: (client) => secretsOf(client, { kind: "organization", organization: "acme", app: "dependabot" }),
        code: "GITHUB_FORBIDDEN",
        told: 'a job\'s own token cannot have that right: take a classic token with the scope admin:org, or a fine-grained one with the organization permission "Organization dependabot secrets: read".',
    },
    {
        title: "the right scopes of a user who is no owner",
        token: "ghp_a",
        is: { login: "stranger", scopes: ["admin:org"] },
        ask: (client) => secretsOf(client, { kind: "organization", organization: "acme", app: "actions" }),
        code: "GITHUB_FORBIDDEN",
        told: "GITHUB_TOKEN has the scope admin:org, but its user has not the right to do it: ask an owner or admin for the role.",
    },
    {
        title: "a write that GitHub hides behind a 404",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["read:packages"] },
        ask: (client) =>
            client.send(
                "PUT",
                "/repos/acme/images/contents/a",
                { doing, needs: "contents: write" },
                { message: "a", content: "" },
            ),
        code: "GITHUB_FORBIDDEN",
        told: 'Could not write the file: GitHub at HOST said 404, "Not Found": GITHUB_TOKEN has the scopes read:packages, and this takes repo: add it to the token.',
    },
    {
        title: "a workflow's file without the right to workflows",
        token: "ghs_a",
        is: { repository: "acme/images", permissions: { contents: "write" } },
        ask: (client) =>
            client.send(
                "PUT",
                "/repos/acme/images/contents/.github/workflows/a.yml",
                { doing, needs: "workflows: write" },
                { message: "a", content: "" },
            ),
        code: "GITHUB_FORBIDDEN",
        told: 'a job\'s own token cannot have that right: take a classic token with the scope workflow, or a fine-grained one with the repository permission "Workflows: write".',
    },
    {
        title: "a right that only GitHub names",
        token: "ghs_a",
        is: job,
        ask: (client) =>
            client.send("POST", "/repos/acme/images/pulls", { doing }, { head: "a", base: "main", title: "A" }),
        code: "GITHUB_FORBIDDEN",
        told: 'give the job "permissions: pull-requests: write", or take a classic token with the scope repo.',
    },
    {
        title: "an archived repository",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["repo"] },
        ask: (client, github) => {
            github.repository().archived = true;
            const path = "/repos/acme/images/contents/a";
            return client.send("PUT", path, { doing, needs: "contents: write" }, { message: "a", content: "" });
        },
        code: "GITHUB_FORBIDDEN",
        told: "unarchive the repository in its settings, or leave it out.",
    },
    {
        title: "an organisation with single sign-on",
        token: "ghp_a",
        is: { login: "octocat", scopes: ["repo"] },
        ask: (client, github) => {
            const headers = {
                "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=secret",
            };
            github.fail({ status: 403, message: "Resource protected by organization SAML enforcement.", headers });
            return repositoryOf(client, "acme/images");
        },
        code: "GITHUB_FORBIDDEN",
        told: "authorize GITHUB_TOKEN for the organization's single sign-on, on the page of your tokens.",
    },
    {
        title: "a wrong token",
        token: "ghp_other",
        is: {},
        ask: (client) => repositoryOf(new GitHubClient({ ...client.access, token: "ghp_wrong" }), "acme/images"),
        code: "GITHUB_UNAUTHORIZED",
        told: "check GITHUB_TOKEN: it is wrong, expired or revoked.",
    },
];

describe("What GitHub refuses", () => {
    it.each(ROWS)("is told with what to do: $title", async ({ ask, code, is, title: _title, told, token }) => {
        const github = await localGitHub();
        github.world.tokens.set(token, is);
        const error = await ask(new GitHubClient(github.access(token)), github).then(
            () => undefined,
            (thrown: unknown) => thrown as Error & { code: string },
        );
        expect(error).toMatchObject({
            code,
            message: expect.stringContaining(told.replace("HOST", new URL(github.api).host)),
        });
        expect(error?.message).not.toContain(token);
        expect(error?.message).not.toContain("authorization_request");
    });

    it("is never taken for something that is not there", async () => {
        const github = await localGitHub();
        const client = new GitHubClient(github.access());
        const headers = { "x-oauth-scopes": "gist", "x-accepted-oauth-scopes": "repo" };
        github.fail({ status: 404, message: "Not Found", headers });
        await expect(branchOf(client, "acme/images", "main")).rejects.toMatchObject({ code: "GITHUB_FORBIDDEN" });
        github.intercept = (_request, response) => {
            response.writeHead(404, { "content-type": "text/html" }).end("<html>no</html>");
            return true;
        };
        await expect(branchOf(client, "acme/images", "main")).rejects.toMatchObject({ code: "GITHUB_NOT_FOUND" });
    });

    it.each([
        ["a page with 200", 200, "<html>sign in</html>", "answered with something that is not GitHub's"],
        ["an object for a list", 200, "{}", "answered with something that is no list"],
    ])("or for an answer of GitHub's: %s", async (title, status, text, told) => {
        const github = await localGitHub();
        github.intercept = (_request, response) => {
            response.writeHead(status).end(text);
            return true;
        };
        const client = new GitHubClient(github.access());
        const asked = title.includes("list")
            ? client.pages("/repos/acme/images/issues", { doing: "list" }).next()
            : repositoryOf(client, "acme/images");
        await expect(asked).rejects.toMatchObject({
            code: "GITHUB_UNAVAILABLE",
            message: expect.stringContaining(told),
        });
    });
});

describe("A token's diagnosis", () => {
    it.each([
        [
            "ghp_a",
            { login: "octocat", scopes: ["repo", "write:packages"] },
            "classic",
            ["admin:org", "packages: delete", "workflows: write"],
        ],
        [
            "github_pat_a",
            { login: "octocat", permissions: { contents: "read" } },
            "fine-grained",
            ["packages: write", "packages: read", "packages: delete"],
        ],
        ["ghs_a", job, "app", ["admin:org", "organization secrets: write", "workflows: write", "secrets: write"]],
    ] as const)("of %s says what it cannot have", async (token, is, kind, lacking) => {
        const github = await localGitHub();
        github.world.tokens.set(token, is);
        const told = await tokenOf(new GitHubClient(github.access(token)));
        expect(told).toMatchObject({ kind, ...("login" in is ? { login: "octocat" } : {}) });
        expect(lacking.filter((right) => !told.lacks(right))).toEqual([]);
        expect(["contents: read", "issues: write"].filter((right) => told.lacks(right))).toEqual([]);
        expect(JSON.stringify(told)).not.toContain(token);
    });

    it.each(Object.keys(RIGHTS))("has an advice for every kind of token: %s", (right) => {
        for (const token of ["ghp_a", "github_pat_a", "ghs_a", "0123456789abcdef"]) {
            const advice = adviceFor(right, { api: "https://api.github.com", token, from: "GITHUB_TOKEN" });
            expect(advice).not.toContain("undefined");
            expect(advice).toMatch(/^(GITHUB_TOKEN has|GITHUB_TOKEN is|give|take|a job's own token)/);
        }
    });
});
