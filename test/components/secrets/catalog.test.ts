import * as pulumi from "@pulumi/pulumi";
import { CiSecrets, type CiSecretsArgs, defineCatalog } from "transship";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { registryAccess } from "../../../core/workflows";
import { recordResources } from "../../support/mocks";

const catalog = defineCatalog({
    version: 1,
    registries: {
        hub: {
            host: "docker.io",
            kind: "dockerhub",
            credentials: { from: "env", username: "HUB_USER", password: "HUB_TOKEN" },
        },
        "my-quay": { host: "quay.io/acme", kind: "quay", credentials: { from: "docker" } },
        harbor: { host: "harbor.example.com/mirror", kind: "harbor", credentials: { from: "config", key: "robot" } },
        nexus: {
            host: "nexus.example.com",
            kind: "nexus",
            credentials: { pull: { from: "anonymous" }, push: { from: "config", key: "nexus" } },
        },
        ghcr: { host: "ghcr.io/acme", kind: "ghcr", credentials: { from: "docker" } },
        ecr: {
            host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com",
            kind: "ecr",
            credentials: { from: "aws", profile: "hub" },
        },
        gar: { host: "europe-docker.pkg.dev/acme", kind: "gar", credentials: { from: "gcp" } },
        open: { host: "registry.k8s.io", kind: "other" },
    },
    images: { app: { policy: "keep", source: "docker.io/acme/app", tags: ["1"] } },
});

const login = (password: string) => ({ kind: "login", username: "acme", password: pulumi.secret(password) }) as const;
const role = { kind: "awsRole", roleArn: "arn:aws:iam::111111111111:role/ci" } as const;
const identity = { kind: "gcpIdentity", provider: "projects/1/x", serviceAccount: "ci@acme.example" } as const;

const record = (args: Partial<CiSecretsArgs>) =>
    recordResources(() => {
        const ci = new CiSecrets("ci", { repositories: ["explorer"], catalog, ...args });
        return { secrets: ci.secrets, variables: ci.variables, unset: ci.unset };
    });

describe("CiSecrets of a catalogue", () => {
    it("sets all that the workflows of that catalogue look for, by the same names", async () => {
        const { outputs } = await record({
            registries: {
                hub: login("h"),
                "my-quay": login("q"),
                harbor: login("r"),
                nexus: { push: login("n") },
                ecr: role,
                gar: identity,
            },
        });
        const registries = Object.values(catalog.registries);
        const { secrets, variables } = registryAccess(registries, registries);
        expect(outputs).toEqual({ secrets: [...secrets].sort(), variables: [...variables].sort(), unset: [] });
        expect(secrets).toContain("MY_QUAY_PASSWORD");
        expect(variables).toContain("AWS_ROLE_ARN_HUB");
    });

    it("tells which of them nobody set", async () => {
        const { outputs } = await record({ registries: { hub: login("h") } });
        expect(outputs).toMatchObject({
            unset: [
                "AWS_ROLE_ARN_HUB",
                "GCP_SERVICE_ACCOUNT",
                "GCP_WORKLOAD_IDENTITY_PROVIDER",
                "MY_QUAY_PASSWORD",
                "MY_QUAY_USERNAME",
                "TRANSSHIP_CREDENTIALS",
            ],
        });
    });

    it("makes one secret of all logins that are read from the configuration", async () => {
        let value: string | undefined;
        await recordResources(
            () =>
                void new CiSecrets("ci", {
                    repositories: ["explorer"],
                    catalog,
                    registries: { harbor: login("r"), nexus: { push: login("n") } },
                }),
            {
                computed: ({ inputs, type }) => {
                    value = type.endsWith(":ActionsSecret") ? inputs.value.value : value;
                    return undefined;
                },
            },
        );
        expect(JSON.parse(value ?? "")).toEqual({
            robot: { username: "acme", password: "r" },
            nexus: { username: "acme", password: "n" },
        });
    });

    it.each([
        ["a registry that is none", { hob: login("h") }, 'no registry "hob"; did you mean "hub"?'],
        ["a login at ghcr", { ghcr: login("h") }, "at ghcr.io workflows log in with the job's own token; leave it out"],
        ["a login where nobody logs in", { nexus: { pull: login("n") } }, "at nexus.example.com nobody logs in"],
        ["a registry without credentials", { open: login("h") }, "the registry has no credentials in the catalogue"],
        [
            "a stored key where a role can do it",
            { ecr: login("h") },
            'must not be of the kind "login": the catalogue\'s credentials are "from: aws", which takes the kind "awsRole"',
        ],
    ])("refuses %s", async (_what, registries, sentence) => {
        await expect(record({ registries: registries as CiSecretsArgs["registries"] })).rejects.toThrow(sentence);
    });
});

describe("CiSecrets warns", () => {
    let warn: MockInstance<typeof pulumi.log.warn>;
    let info: MockInstance<typeof pulumi.log.info>;
    beforeEach(() => {
        warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
    });
    afterEach(() => vi.restoreAllMocks());

    const credentials = (name: string) => ({ [name]: { kind: "secret", value: "x" } }) as const;

    it.each([
        ["AWS_ACCESS_KEY_ID", 'give { kind: "awsRole", roleArn }'],
        ["HUB_AWS_SECRET_ACCESS_KEY", 'give { kind: "awsRole", roleArn }'],
        ["ECR_PASSWORD", "an ECR password ends after 12 hours"],
        ["GCP_SA_KEY", 'give { kind: "gcpIdentity", provider, serviceAccount }'],
        ["GOOGLE_CREDENTIALS", 'give { kind: "gcpIdentity"'],
    ])("of the stored key %s, with what to do instead", async (name, advice) => {
        await record({ catalog: undefined, credentials: credentials(name) });
        expect(warn.mock.calls.map(([line]) => line)).toEqual([
            expect.stringMatching(new RegExp(`^${name} \\(credentials\\.${name}\\) is a key of`)),
        ]);
        expect(warn.mock.calls[0]?.[0]).toContain(advice);
    });

    it.each(["HUB_PASSWORD", "HARBOR_TOKEN", "KEYCHAIN", "AWSOME"])("of nothing about %s", async (name) => {
        await record({ catalog: undefined, credentials: credentials(name) });
        expect(warn).not.toHaveBeenCalled();
        expect(info).not.toHaveBeenCalled();
    });

    it("of no role, which it only tells", async () => {
        await record({ registries: { ecr: role } });
        expect(warn).not.toHaveBeenCalled();
        expect(info.mock.calls.map(([line]) => line)).toEqual([
            "AWS_ROLE_ARN_HUB is a variable: runs log in by their identity, and no key is stored.",
        ]);
    });
});
