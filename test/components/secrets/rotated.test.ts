import { CiSecrets, DockerHubToken, defineCatalog, HarborRobot, HarborRobotSecret } from "transship";
import { describe, expect, it } from "vitest";
import { recordResources } from "../../support/mocks";

const ROBOT = "pulumi-nodejs:dynamic/transship:HarborRobotSecret";
const TOKEN = "pulumi-nodejs:dynamic/transship:DockerHubToken";
const harbor = { kind: "harborRobot", url: "https://harbor.example.com", robot: "ci", project: "mirror" } as const;

describe("CiSecrets with a credential that is rotated", () => {
    it("has a resource that makes it, and every place depends on that one", async () => {
        const { ofType, resource } = await recordResources(
            () => {
                new CiSecrets("ci", {
                    repositories: ["a", "b"],
                    credentials: {
                        harbor: { ...harbor, rotateAfter: "90d" },
                        hub: { kind: "dockerHubToken", scopes: ["repo:write"], rotateAfter: "30d", rotate: 2 },
                    },
                });
            },
            { computed: ({ name }) => ({ secret: `secret-${name}`, token: `token-${name}`, username: name }) },
        );
        expect(resource("ci-harbor-robot")).toEqual({
            type: ROBOT,
            name: "ci-harbor-robot",
            parent: "transship:secrets:CiSecrets::ci",
            options: { additionalSecretOutputs: ["secret", "candidate"] },
            inputs: {
                credentials: "harbor",
                project: "mirror",
                robot: "ci",
                rotateAfter: "90d",
                url: "https://harbor.example.com",
            },
        });
        expect(resource("ci-hub-token")).toEqual({
            type: TOKEN,
            name: "ci-hub-token",
            parent: "transship:secrets:CiSecrets::ci",
            options: { additionalSecretOutputs: ["token"] },
            inputs: {
                credentials: "dockerhub",
                label: "ci-hub-token",
                rotate: 2,
                rotateAfter: "30d",
                scopes: ["repo:write"],
                url: "https://hub.docker.com",
            },
        });
        const secrets = ofType("ActionsSecret");
        expect(secrets.map(({ name, dependencies, inputs }) => [name, dependencies, inputs])).toEqual(
            ["a", "b"].flatMap((repository) =>
                [
                    ["HARBOR_PASSWORD", `${ROBOT}::ci-harbor-robot`],
                    ["HARBOR_USERNAME", `${ROBOT}::ci-harbor-robot`],
                    ["HUB_PASSWORD", `${TOKEN}::ci-hub-token`],
                    ["HUB_USERNAME", `${TOKEN}::ci-hub-token`],
                ].map(([secretName, from]) => [
                    `ci-${repository}-actions-${secretName}`,
                    [from],
                    { repository, secretName, value: "[secret]" },
                ]),
            ),
        );
    });

    it("takes what a robot of the stack's own logs in with, and every place depends on that robot", async () => {
        const { ofType, resource } = await recordResources(
            () => {
                const { url } = harbor;
                const robot = new HarborRobot("ci", { url, name: "ci", project: "mirror", permissions: ["push"] });
                const login = { kind: "login", username: robot.username, password: robot.secret } as const;
                new CiSecrets("secrets", { repositories: ["a"], credentials: { harbor: login } });
            },
            { computed: ({ name }) => ({ secret: `secret-${name}`, username: `robot$mirror+${name}` }) },
        );
        expect(resource("ci").options).toEqual({ additionalSecretOutputs: ["secret", "candidate"] });
        const secrets = ofType("ActionsSecret").map(({ dependencies, inputs }) => [dependencies, inputs]);
        expect(secrets).toEqual(
            ["HARBOR_PASSWORD", "HARBOR_USERNAME"].map((secretName) => [
                ["pulumi-nodejs:dynamic/transship:HarborRobot::ci"],
                { repository: "a", secretName, value: "[secret]" },
            ]),
        );
    });

    it("gives a catalogue's registries theirs, to pull and to push", async () => {
        const catalog = defineCatalog({
            version: 1,
            registries: {
                harbor: {
                    host: "harbor.example.com",
                    kind: "harbor",
                    credentials: {
                        pull: { from: "docker" },
                        push: { from: "env", username: "PUSH_USER", password: "PUSH_SECRET" },
                    },
                },
            },
            images: { app: { policy: "keep", source: "docker.io/acme/app", tags: ["1"] } },
        });
        const { ofType } = await recordResources(() => {
            new CiSecrets("ci", {
                repositories: ["a"],
                catalog,
                registries: { harbor: { pull: { ...harbor, robot: "reader" }, push: harbor } },
            });
        });
        expect(ofType("HarborRobotSecret").map(({ name }) => name)).toEqual([
            "ci-harbor-pull-robot",
            "ci-harbor-push-robot",
        ]);
    });

    it("gets them in a preview as what is not known yet", async () => {
        const { ofType } = await recordResources(
            () => void new CiSecrets("ci", { repositories: ["a"], credentials: { harbor } }),
            { preview: true },
        );
        expect(ofType("ActionsSecret").map(({ inputs }) => inputs)).toEqual(
            ["HARBOR_PASSWORD", "HARBOR_USERNAME"].map((secretName) => ({
                repository: "a",
                secretName,
                value: expect.stringMatching(/^\[(secret|computed)\]$/),
            })),
        );
    });

    it.each([
        ["a robot", () => new HarborRobotSecret("robot", { ...harbor, rotateAfter: "90 days" })],
        ["a token", () => new DockerHubToken("token", { rotateAfter: "90 days" })],
    ])("refuses a time of %s that is none, at once", async (_what, make) => {
        await expect(recordResources(() => void make())).rejects.toMatchObject({
            propertyPath: "rotateAfter",
            reason: 'must be a duration, such as "90d", not "90 days"',
        });
    });
});
