import { describe, expect, it } from "vitest";
import { GitHubConnection, readGitHubAccess } from "../../core/lifecycle/github-access";
import { localGitHub } from "../support/github";

const configOf = (values: Readonly<Record<string, string>>) => ({ get: (key: string) => values[key] });

describe("The GitHub of a stack's hooks", () => {
    it.each<[string, Record<string, string>, Record<string, string>, string]>([
        ["github.com", {}, {}, "https://api.github.com"],
        ["github.com, written", { "github:baseUrl": "https://api.github.com/" }, {}, "https://api.github.com"],
        ["github.com, by its web address", { "github:baseUrl": "https://github.com/" }, {}, "https://api.github.com"],
        [
            "an Enterprise Server",
            { "github:baseUrl": "https://ghe.example.com/" },
            {},
            "https://ghe.example.com/api/v3",
        ],
        [
            "an Enterprise Server, whole",
            { "github:baseUrl": "https://ghe.example.com/api/v3/" },
            {},
            "https://ghe.example.com/api/v3",
        ],
        ["GHE.com", { "github:baseUrl": "https://acme.ghe.com" }, {}, "https://api.acme.ghe.com"],
        ["the provider's variable", {}, { GITHUB_BASE_URL: "http://127.0.0.1:9/" }, "http://127.0.0.1:9/api/v3"],
        [
            "the variable of Actions",
            {},
            { GITHUB_API_URL: "https://ghe.example.com/api/v3" },
            "https://ghe.example.com/api/v3",
        ],
        [
            "the configuration before variables",
            { "github:baseUrl": "https://a.example/" },
            { GITHUB_BASE_URL: "https://b.example/", GITHUB_API_URL: "https://c.example" },
            "https://a.example/api/v3",
        ],
    ])("is at %s", (_title, config, env, api) => {
        expect(readGitHubAccess(configOf({ "github:token": "t", ...config }), env).api).toBe(api);
    });

    it("takes the stack's token first, then the variables, and remembers which", () => {
        const env = { GITHUB_TOKEN: "b", GH_TOKEN: "c" };
        expect(readGitHubAccess(configOf({ "github:token": "a\n" }), env)).toMatchObject({
            token: "a",
            from: "github:token",
        });
        expect(readGitHubAccess(configOf({}), env)).toMatchObject({ token: "b", from: "GITHUB_TOKEN" });
        expect(readGitHubAccess(configOf({}), { GITHUB_TOKEN: "", GH_TOKEN: "c" })).toMatchObject({ from: "GH_TOKEN" });
    });

    it("without a token is one sentence with what to do", () => {
        expect(() => readGitHubAccess(configOf({}), {})).toThrow(
            expect.objectContaining({
                code: "CONFIG_INVALID",
                message:
                    "GitHub's API needs a token, and there is none: pulumi config set --secret github:token …, or set GITHUB_TOKEN",
            }),
        );
        expect(() => readGitHubAccess(configOf({ "github:appAuth": "{}" }), {})).toThrow(
            "github:appAuth is for its provider only",
        );
        expect(() =>
            readGitHubAccess(configOf({ "github:token": "t", "github:baseUrl": "ghe.example.com" }), {}),
        ).toThrow('github:baseUrl "ghe.example.com" is no address: leave it out for github.com');
    });

    it("is made once, when it is first asked for", async () => {
        const github = await localGitHub();
        const connection = new GitHubConnection();
        connection.configure(configOf({}), {});
        expect(() => connection.client()).toThrow("needs a token");
        const config = Object.fromEntries(Object.entries(github.config()).map(([key, { value }]) => [key, value]));
        connection.configure(configOf(config), {});
        const client = connection.client();
        expect(connection.client()).toBe(client);
        expect(await client.send("GET", "/repos/acme/images", { doing: "look" })).toMatchObject({ name: "images" });
        expect(connection.owner()).toBe("acme");
        await client.close();
    });

    it("has the owner that the provider would take", () => {
        const connection = new GitHubConnection();
        const owner = (config: Record<string, string>, env: Record<string, string>) => {
            connection.configure(configOf(config), env);
            return connection.owner();
        };
        expect(owner({ "github:owner": "a" }, { GITHUB_OWNER: "b" })).toBe("b");
        expect(owner({ "github:owner": "a", "github:organization": "c" }, { GITHUB_OWNER: "b" })).toBe("c");
        expect(owner({ "github:owner": "a" }, {})).toBe("a");
        expect(owner({}, {})).toBeUndefined();
    });
});
