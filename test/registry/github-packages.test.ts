import { describe, expect, it } from "vitest";
import { clientOf, registryError, scripted } from "./scripted-server";

/** What a push to ghcr.io is told where GitHub refuses it with these words; a HEAD has none. */
async function refusal(message: string | undefined, kind: "ghcr" | "other" = "ghcr"): Promise<string> {
    const server = await scripted(({ headers }, response) => {
        if (headers.authorization === undefined) {
            response.writeHead(401, { "www-authenticate": 'Basic realm="GitHub"' }).end();
        } else if (message === undefined) {
            response.writeHead(403).end();
        } else {
            registryError(response, 403, "DENIED", message);
        }
    });
    const env = { env: { PUSH_USER: "octocat", PUSH_TOKEN: "ghp_secret" } };
    const credentials = { from: "env", username: "PUSH_USER", password: "PUSH_TOKEN" } as const;
    const client = clientOf(server, { kind, credentials: { pull: credentials, push: credentials } }, env);
    return client.putManifest("kuzudb/tools/explorer", "1.0", Buffer.from("{}"), "application/json").then(
        () => "pushed",
        (error: Error) => error.message,
    );
}

const PAGE = "https://github.com/orgs/kuzudb/packages/container/tools%2Fexplorer/settings";

describe("A push that GitHub refuses says what to do", () => {
    it.each([
        ["a first push made by hand", "permission_denied: write_package", PAGE],
        ["a refusal without words", undefined, `add the repository under "Manage Actions access" with the role Write`],
        [
            "a job of another owner's repository",
            "permission_denied: The requested installation does not exist.",
            "push below that owner instead of kuzudb",
        ],
        [
            "a token without the scope",
            "permission_denied: The token provided does not match expected scopes.",
            "the token has not the scope write:packages",
        ],
        [
            "a job without the permission",
            "installation not allowed to Create organization package",
            'give the job "permissions: packages: write"',
        ],
    ])("%s", async (_title, message, remedy) => {
        const told = await refusal(message);
        expect(told).toContain(remedy);
        expect(told).toMatch(/^\S+ does not let us push .* with the credentials from .* \(403.*\): .*\.$/);
        expect(told).not.toContain("ghp_secret");
    });

    it("and only GitHub's", async () => {
        expect(await refusal("permission_denied: write_package", "other")).toContain(
            "give them the right to push there",
        );
    });
});
