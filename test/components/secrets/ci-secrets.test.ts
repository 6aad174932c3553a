import * as pulumi from "@pulumi/pulumi";
import { CiSecrets } from "transship";
import { describe, expect, it } from "vitest";
import { type Recorded, recordResources } from "../../support/mocks";

const CANARY = "canary-1b9d4e";
const password = () => pulumi.secret(CANARY);
const login = () => ({ kind: "login", username: "acme", password: password() }) as const;

/** Type and inputs of all but the component. */
function resourcesIn({ resources }: Recorded): [string, unknown, unknown][] {
    return resources
        .filter(({ inputs }) => inputs !== undefined)
        .map(({ name, type, inputs }) => [name, type.replace(/^github:index\/\w+:/, ""), inputs]);
}

describe("CiSecrets", () => {
    it("puts a login into the stores of Actions, Dependabot and Codespaces", async () => {
        const recorded = await recordResources(() => {
            new CiSecrets("ci", {
                repositories: ["kuzudb/explorer"],
                apps: ["actions", "dependabot", "codespaces"],
                credentials: { "docker-hub": login() },
            });
        });
        const secret = (secretName: string, value = "value") => ({
            repository: "explorer",
            secretName,
            [value]: "[secret]",
        });
        expect(resourcesIn(recorded)).toEqual([
            ["ci-explorer-actions-DOCKER_HUB_PASSWORD", "ActionsSecret", secret("DOCKER_HUB_PASSWORD")],
            ["ci-explorer-actions-DOCKER_HUB_USERNAME", "ActionsSecret", secret("DOCKER_HUB_USERNAME")],
            [
                "ci-explorer-codespaces-DOCKER_HUB_PASSWORD",
                "CodespacesSecret",
                secret("DOCKER_HUB_PASSWORD", "plaintextValue"),
            ],
            [
                "ci-explorer-codespaces-DOCKER_HUB_USERNAME",
                "CodespacesSecret",
                secret("DOCKER_HUB_USERNAME", "plaintextValue"),
            ],
            ["ci-explorer-dependabot-DOCKER_HUB_PASSWORD", "DependabotSecret", secret("DOCKER_HUB_PASSWORD")],
            ["ci-explorer-dependabot-DOCKER_HUB_USERNAME", "DependabotSecret", secret("DOCKER_HUB_USERNAME")],
        ]);
    });

    it("gives its children a parent, deletes before it replaces, and keeps what the stack says to keep", async () => {
        const { ofType, resource } = await recordResources(() => {
            new CiSecrets(
                "ci",
                { repositories: ["explorer"], credentials: { A: { kind: "secret", value: password() } } },
                { retainOnDelete: true },
            );
        });
        expect(resource("ci")).toMatchObject({ type: "transship:secrets:CiSecrets" });
        expect(ofType("ActionsSecret")).toEqual([
            expect.objectContaining({
                parent: "transship:secrets:CiSecrets::ci",
                options: expect.objectContaining({
                    deleteBeforeReplace: true,
                    retainOnDelete: true,
                    additionalSecretOutputs: expect.arrayContaining(["value"]),
                }),
            }),
        ]);
    });

    it("lets environments guard what Actions gets, and only that", async () => {
        const recorded = await recordResources(() => {
            new CiSecrets("ci", {
                repositories: ["explorer"],
                environments: ["production", "staging"],
                apps: ["actions", "dependabot"],
                credentials: {
                    TOKEN: { kind: "secret", value: password() },
                    MODE: { kind: "variable", value: "fast" },
                },
            });
        });
        expect(resourcesIn(recorded)).toEqual([
            [
                "ci-explorer-environment-production-TOKEN",
                "ActionsEnvironmentSecret",
                { repository: "explorer", environment: "production", secretName: "TOKEN", value: "[secret]" },
            ],
            [
                "ci-explorer-environment-staging-TOKEN",
                "ActionsEnvironmentSecret",
                { repository: "explorer", environment: "staging", secretName: "TOKEN", value: "[secret]" },
            ],
            [
                "ci-explorer-environment-production-MODE",
                "ActionsEnvironmentVariable",
                { repository: "explorer", environment: "production", variableName: "MODE", value: "fast" },
            ],
            [
                "ci-explorer-environment-staging-MODE",
                "ActionsEnvironmentVariable",
                { repository: "explorer", environment: "staging", variableName: "MODE", value: "fast" },
            ],
            [
                "ci-explorer-dependabot-TOKEN",
                "DependabotSecret",
                { repository: "explorer", secretName: "TOKEN", value: "[secret]" },
            ],
        ]);
    });

    it("selects an organisation's repositories the way that loses no secret: beside secrets, within variables", async () => {
        const call: pulumi.runtime.Mocks["call"] = ({ inputs }) => ({ repoId: { b: 2, a: 1 }[inputs.name as "a"] });
        const recorded = await recordResources(
            () => {
                new CiSecrets("ci", {
                    organization: { visibility: "selected", repositories: ["acme/b", "a"], repositoryIds: [7, 2] },
                    apps: ["actions", "dependabot", "codespaces"],
                    credentials: {
                        TOKEN: { kind: "secret", value: password() },
                        MODE: { kind: "variable", value: "fast" },
                    },
                });
            },
            { call: call as never },
        );
        const secret = { secretName: "TOKEN", visibility: "selected" };
        const selected = { secretName: "TOKEN", selectedRepositoryIds: [1, 2, 7] };
        expect(resourcesIn(recorded)).toEqual([
            ["ci-organization-actions-TOKEN", "ActionsOrganizationSecret", { ...secret, value: "[secret]" }],
            ["ci-organization-actions-TOKEN-repositories", "ActionsOrganizationSecretRepositories", selected],
            [
                "ci-organization-actions-MODE",
                "ActionsOrganizationVariable",
                { variableName: "MODE", value: "fast", visibility: "selected", selectedRepositoryIds: [1, 2, 7] },
            ],
            [
                "ci-organization-codespaces-TOKEN",
                "CodespacesOrganizationSecret",
                { ...secret, plaintextValue: "[secret]", selectedRepositoryIds: [1, 2, 7] },
            ],
            ["ci-organization-dependabot-TOKEN", "DependabotOrganizationSecret", { ...secret, value: "[secret]" }],
            ["ci-organization-dependabot-TOKEN-repositories", "DependabotOrganizationSecretRepositories", selected],
        ]);
        for (const app of ["Actions", "Dependabot"]) {
            // Deleted by itself it would select nobody, which GitHub refuses of a secret that is for all by then.
            expect(recorded.ofType(`${app}OrganizationSecretRepositories`)).toMatchObject([
                { options: { retainOnDelete: true } },
            ]);
        }
        const beside = recorded.resource("ci-organization-actions-TOKEN-repositories");
        expect(beside.dependencies).toEqual([
            "github:index/actionsOrganizationSecret:ActionsOrganizationSecret::ci-organization-actions-TOKEN",
        ]);
    });

    it("takes a role or a trusted identity before a stored key: variables, and says so", async () => {
        const { ofType, outputs } = await recordResources(() => {
            const { federated, secrets, updatedAt, variables } = new CiSecrets("ci", {
                repositories: ["explorer"],
                credentials: {
                    ecr: { kind: "awsRole", roleArn: "arn:aws:iam::111111111111:role/ci", region: "eu-west-1" },
                    hub: { kind: "awsRole", roleArn: "arn:aws:iam::222222222222:role/ci", profile: "hub" },
                    gar: { kind: "gcpIdentity", provider: "projects/1/x", serviceAccount: "ci@acme.example" },
                    TOKEN: { kind: "secret", value: password() },
                },
            });
            return { federated, secrets, variables, updatedAt };
        });
        const names = [
            "AWS_REGION",
            "AWS_ROLE_ARN",
            "AWS_ROLE_ARN_HUB",
            "GCP_SERVICE_ACCOUNT",
            "GCP_WORKLOAD_IDENTITY_PROVIDER",
        ];
        const at = "2026-01-01T00:00:00Z";
        expect(outputs).toEqual({
            federated: names,
            variables: names,
            secrets: ["TOKEN"],
            updatedAt: { "explorer/actions": Object.fromEntries([...names, "TOKEN"].map((name) => [name, at])) },
        });
        expect(ofType("ActionsVariable").map(({ inputs }) => inputs)).toContainEqual({
            repository: "explorer",
            variableName: "AWS_ROLE_ARN_HUB",
            value: "arn:aws:iam::222222222222:role/ci",
        });
    });

    it("keeps a password secret which the program gave in the clear, and prints none", async () => {
        const { resources } = await recordResources(() => {
            new CiSecrets("ci", {
                repositories: { one: pulumi.output("explorer") },
                credentials: {
                    hub: { kind: "login", username: "acme", password: CANARY },
                    TOKEN: { kind: "secret", value: Promise.resolve(CANARY) },
                },
            });
        });
        expect(JSON.stringify(resources)).not.toContain(CANARY);
        expect(resources.flatMap(({ inputs }) => (inputs as { repository?: string })?.repository ?? [])).toEqual([
            "explorer",
            "explorer",
            "explorer",
        ]);
    });
});
