import { describe, expect, it } from "vitest";
import { GitHubClient, type SecretsPlace, secretsOf, variablesOf } from "../../core/github";
import { KEY_ID, localGitHub } from "../support/github";

const SEALED = { encrypted_value: Buffer.alloc(60, 7).toString("base64"), key_id: KEY_ID };
const doing = "set it";

async function world() {
    const github = await localGitHub();
    github.world.addRepository("acme/explorer");
    return { github, client: new GitHubClient(github.access()) };
}

describe("The secrets of a place", () => {
    it.each(["actions", "dependabot", "codespaces"] as const)(
        "of a repository, for %s: names and dates",
        async (app) => {
            const { client, github } = await world();
            const place: SecretsPlace = { kind: "repository", repository: "acme/images", app };
            expect(await secretsOf(client, place)).toEqual([]);
            const created = github.world.at();
            await client.send("PUT", `/repos/acme/images/${app}/secrets/hub_token`, { doing }, SEALED);
            github.now += 60_000;
            await client.send("PUT", `/repos/acme/images/${app}/secrets/hub_token`, { doing }, SEALED);
            expect(await secretsOf(client, place)).toEqual([
                { name: "HUB_TOKEN", createdAt: created, updatedAt: github.world.at() },
            ]);
        },
    );

    it("of an organization: who may read them, and which repositories where they are selected", async () => {
        const { client, github } = await world();
        const put = (name: string, more: object) =>
            client.send("PUT", `/orgs/acme/actions/secrets/${name}`, { doing }, { ...SEALED, ...more });
        await put("HUB_TOKEN", { visibility: "all" });
        const ids = ["acme/images", "acme/explorer"].map((name) => github.repository(name).id);
        await put("ECR_ROLE", { visibility: "selected", selected_repository_ids: ids });
        expect(await secretsOf(client, { kind: "organization", organization: "acme", app: "actions" })).toMatchObject([
            { name: "HUB_TOKEN", visibility: "all" },
            { name: "ECR_ROLE", visibility: "selected", repositories: ["acme/explorer", "acme/images"] },
        ]);
    });

    it("of an environment, and more than a page of them", async () => {
        const { client } = await world();
        const place: SecretsPlace = { kind: "environment", repository: "acme/images", environment: "prod/eu" };
        await expect(secretsOf(client, place)).rejects.toMatchObject({
            code: "GITHUB_NOT_FOUND",
            message: expect.stringContaining(
                "Could not list the Actions secrets of the environment prod/eu of acme/images:",
            ),
        });
        await client.send("PUT", "/repos/acme/images/environments/prod%2Feu", { doing }, {});
        const quick = new GitHubClient(client.access, { sleep: async () => undefined });
        for (let n = 0; n < 35; n++) {
            const variable = { name: `V${n}`, value: String(n) };
            await quick.send("POST", "/repos/acme/images/environments/prod%2Feu/variables", { doing }, variable);
        }
        expect(await secretsOf(client, place)).toEqual([]);
        const variables = await variablesOf(client, place);
        expect(variables).toHaveLength(35);
        expect(variables[34]).toMatchObject({ name: "V34", value: "34" });
    });

    it("are never a value", async () => {
        const { client, github } = await world();
        await client.send("PUT", "/repos/acme/images/actions/secrets/HUB_TOKEN", { doing }, SEALED);
        const told = JSON.stringify(
            await secretsOf(client, { kind: "repository", repository: "acme/images", app: "actions" }),
        );
        expect(told).not.toContain(SEALED.encrypted_value);
        expect(github.repository().places.secrets.get("actions")?.get("HUB_TOKEN")?.encrypted).toBe(
            SEALED.encrypted_value,
        );
    });
});
