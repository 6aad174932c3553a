import { describe, expect, it } from "vitest";
import { ADMIN_TOKEN, KEY_ID, type LocalGitHub, localGitHub, TOKEN } from "../support/github";

/** As any program would, the provider among them. */
async function ask(github: LocalGitHub, method: string, path: string, body?: unknown, token = ADMIN_TOKEN) {
    const answer = await fetch(`${github.api}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? undefined : JSON.parse(text), headers: answer.headers };
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("The local GitHub", () => {
    it.each([
        ["PUT", "/repos/acme/images/contents/a", { message: "a" }, "must have required property 'content'"],
        ["POST", "/repos/acme/images/pulls", { head: "a", base: 7 }, "/requestBody/base must be string"],
        [
            "PUT",
            "/repos/acme/images/actions/secrets/A",
            { encrypted_value: "plain text", key_id: KEY_ID },
            "must match pattern",
        ],
        ["GET", "/repos/acme/images/pulls?sort=size", undefined, "must be equal to one of the allowed values"],
        ["GET", "/repos/acme/images/pulls?stat=open", undefined, '"additionalProperty":"stat"'],
        ["GET", "/orgs/acme/packages/image/a", undefined, "must be equal to one of the allowed values"],
        ["GET", "/repos/acme/images/pages", undefined, "the local GitHub does not know it"],
    ])("refuses what GitHub's description does not have: %s %s", async (method, path, body, told) => {
        const github = await localGitHub();
        const { status } = await ask(github, method, path, body);
        expect(status).toBeGreaterThanOrEqual(422);
        // Left there, they would fail the test.
        expect(github.violations.splice(0)).toEqual([expect.stringContaining(told)]);
    });

    it("holds its own answers to it, too", async () => {
        const github = await localGitHub();
        Object.assign(github.repository(), { topics: "none" });
        expect(await ask(github, "GET", "/repos/acme/images")).toMatchObject({ status: 500 });
        expect(github.violations.splice(0)).toEqual([
            expect.stringContaining("our own answer is not as GitHub describes it"),
        ]);
    });

    it("answers below /api/v3 as well, with addresses there, and by a repository's number", async () => {
        const github = await localGitHub();
        const { json } = await ask(github, "GET", "/api/v3/repos/acme/images");
        expect(json).toMatchObject({ full_name: "acme/images", url: `${github.api}/api/v3/repos/acme/images` });
        expect((await ask(github, "GET", `/repositories/${json.id}`)).json).toMatchObject({ full_name: "acme/images" });
        expect(github.log.map(({ url }) => url)).toEqual(["/repos/acme/images", `/repositories/${json.id}`]);
    });

    it("changes a file only for whoever names the blob that is there", async () => {
        const github = await localGitHub();
        const put = (content: string, sha?: string) =>
            ask(github, "PUT", "/repos/acme/images/contents/docs/a b.md", {
                message: "m",
                content: base64(content),
                sha,
            });
        const made = await put("one");
        expect(made).toMatchObject({ status: 201, json: { content: { path: "docs/a b.md" } } });
        expect(await put("two")).toMatchObject({
            status: 422,
            json: { message: expect.stringContaining('"sha" wasn\'t supplied') },
        });
        expect(await put("two", "0".repeat(40))).toMatchObject({ status: 409 });
        const { sha } = made.json.content;
        expect(await put("two", sha)).toMatchObject({ status: 200 });
        expect(await put("three", sha)).toMatchObject({ status: 409 });
        expect(github.file("docs/a b.md")).toBe("two");
    });

    it("lets nobody past a protected branch", async () => {
        const github = await localGitHub();
        const ruleset = {
            name: "main",
            enforcement: "active",
            conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
            rules: [
                {
                    type: "pull_request",
                    parameters: {
                        dismiss_stale_reviews_on_push: false,
                        require_code_owner_review: true,
                        require_last_push_approval: false,
                        required_approving_review_count: 1,
                        required_review_thread_resolution: false,
                    },
                },
            ],
        };
        expect(await ask(github, "POST", "/repos/acme/images/rulesets", ruleset)).toMatchObject({ status: 201 });
        const file = { message: "m", content: base64("a") };
        expect(await ask(github, "PUT", "/repos/acme/images/contents/a", file)).toMatchObject({
            status: 409,
            json: { message: expect.stringContaining("Changes must be made through a pull request") },
        });
        const sha = github.repository().git.refs.get("heads/main");
        await ask(github, "POST", "/repos/acme/images/git/refs", { ref: "refs/heads/a", sha });
        expect(await ask(github, "PUT", "/repos/acme/images/contents/a", { ...file, branch: "a" })).toMatchObject({
            status: 201,
        });
    });

    it("takes a secret only sealed, and a name only as GitHub does", async () => {
        const github = await localGitHub();
        const put = (name: string, bytes: number, key_id = KEY_ID) => {
            const encrypted_value = Buffer.alloc(bytes, 1).toString("base64");
            return ask(github, "PUT", `/repos/acme/images/actions/secrets/${name}`, { encrypted_value, key_id });
        };
        const { json } = await ask(github, "GET", "/repos/acme/images/actions/secrets/public-key");
        expect(Buffer.from(json.key, "base64")).toHaveLength(32);
        expect(await put("HUB_TOKEN", 60)).toMatchObject({ status: 201 });
        expect(await put("HUB_TOKEN", 60)).toMatchObject({ status: 204 });
        for (const [name, bytes, key] of [
            ["HUB_TOKEN", 20],
            ["GITHUB_X", 60],
            ["A-B", 60],
            ["A", 60, "1"],
        ] as const) {
            expect(await put(name, bytes, key)).toMatchObject({ status: 422 });
        }
    });

    it("is as another token sees it", async () => {
        const github = await localGitHub();
        expect(await ask(github, "GET", "/repos/acme/images", undefined, "ghp_none")).toMatchObject({ status: 401 });
        const { headers } = await ask(github, "GET", "/orgs/acme/packages?package_type=container");
        expect(headers.get("x-accepted-oauth-scopes")).toBe("read:packages");
        const job = await ask(github, "GET", "/repos/acme/images/actions/secrets", undefined, TOKEN);
        expect(job).toMatchObject({ status: 403, json: { message: "Resource not accessible by integration" } });
        expect(job.headers.get("x-accepted-github-permissions")).toBe("secrets=read");
    });

    it("has a pull request among the issues", async () => {
        const github = await localGitHub();
        github.world.commit(github.repository(), "new", { a: "a" }, "Add it");
        github.repository().git.refs.delete("heads/new");
        const sha = github.repository().git.refs.get("heads/main");
        await ask(github, "POST", "/repos/acme/images/git/refs", { ref: "refs/heads/new", sha });
        await ask(github, "PUT", "/repos/acme/images/contents/a", {
            message: "m",
            content: base64("a"),
            branch: "new",
        });
        const { json } = await ask(github, "POST", "/repos/acme/images/pulls", {
            head: "new",
            base: "main",
            title: "New",
        });
        expect(
            await ask(github, "POST", `/repos/acme/images/issues/${json.number}/comments`, { body: "Hi" }),
        ).toMatchObject({
            status: 201,
        });
        const { json: issues } = await ask(github, "GET", "/repos/acme/images/issues");
        expect(issues).toMatchObject([{ number: json.number, comments: 1, pull_request: {} }]);
        await ask(github, "DELETE", "/repos/acme/images/git/refs/heads/new");
        expect((await ask(github, "GET", `/repos/acme/images/pulls/${json.number}`)).json).toMatchObject({
            state: "closed",
        });
    });
});
