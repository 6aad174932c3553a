import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { HarborProject, HarborRelease, type HarborReleaseArgs } from "transship";
import { describe, expect, it } from "vitest";
import { describeWithChart } from "../../support/harbor-chart";
import { type Recorded, recordResources } from "../../support/mocks";

const URL = "https://harbor.example.com";
const CANARY = "Canary-7f1e";
const ARGS: HarborReleaseArgs = {
    url: URL,
    tls: { issuer: "letsencrypt" },
    admin: { password: `${CANARY}-admin` },
    database: { host: "postgres.example.com", username: "harbor", password: `${CANARY}-database` },
    redis: { addresses: ["redis.example.com:6379"], username: "harbor", password: `${CANARY}-redis` },
    storage: {
        s3: { bucket: "harbor-images", region: "eu-west-1", accessKey: `${CANARY}-id`, secretKey: `${CANARY}-key` },
    },
};
const EVERYTHING: HarborReleaseArgs = {
    ...ARGS,
    keys: { secretKey: "abcdefghijklmnop" },
    oidc: { provider: "gitlab", endpoint: "https://gitlab.com", clientId: "harbor", clientSecret: `${CANARY}-oidc` },
    settings: { project_creation_restriction: "adminonly" },
    caBundle: "-----BEGIN CERTIFICATE-----",
    backup: {
        to: { bucket: "harbor-backup", region: "eu-west-1", accessKey: `${CANARY}-to`, secretKey: `${CANARY}-to` },
    },
};

const record = (args: Partial<HarborReleaseArgs> = {}, base = ARGS): Promise<Recorded> =>
    recordResources(() => {
        const release = new HarborRelease("harbor", { ...base, ...args });
        const { adminSecretName, keysSecretName, namespace, secretKey, status, url } = release;
        return { adminSecretName, keysSecretName, namespace, secretKey, status, url };
    });
// biome-ignore lint/suspicious/noExplicitAny: tests reach into what kinds of objects have
const inputsOf = (graph: Recorded, name: string, type?: string): any => graph.resource(name, type).inputs;
const names = (graph: Recorded, end: string) => graph.ofType(end).map(({ name }) => name);

describe("HarborRelease", () => {
    it("makes the namespace, Secrets, the release and the wait, in that order", async () => {
        const graph = await record();
        expect(names(graph, "Namespace")).toEqual(["harbor-namespace"]);
        expect(names(graph, "Secret").sort()).toEqual(
            ["admin", "database", "keys-secret", "redis", "storage"].map((kind) => `harbor-${kind}`),
        );
        expect(inputsOf(graph, "harbor", "v3:Release")).toMatchObject({
            name: "harbor",
            namespace: "harbor",
            chart: "harbor",
            version: "1.19.1",
            repositoryOpts: { repo: "https://helm.goharbor.io" },
            timeout: 900,
        });
        expect(graph.resource("harbor", "v3:Release").dependencies).toEqual(
            expect.arrayContaining([
                "kubernetes:core/v1:Secret::harbor-redis",
                "kubernetes:core/v1:Namespace::harbor-namespace",
            ]),
        );
        expect(graph.resource("harbor-ready").dependencies).toContain("kubernetes:helm.sh/v3:Release::harbor");
        expect(inputsOf(graph, "harbor-ready")).toMatchObject({
            url: URL,
            revision: 1,
            timeoutSeconds: 600,
            namespace: "harbor",
        });
        expect(graph.outputs).toEqual({
            adminSecretName: "harbor-admin-0a1b2c3d",
            keysSecretName: "harbor-keys-secret-0a1b2c3d",
            namespace: "harbor",
            secretKey: "[secret]",
            status: "deployed",
            url: URL,
        });
        expect(names(graph, "CronJob")).toEqual([]);
    });

    it("has no secret anywhere but in Secrets, marked as secret, that never change", async () => {
        const graph = await record({}, EVERYTHING);
        const secrets = graph.ofType("Secret");
        expect(secrets.map(({ name }) => name.replace("harbor-", "")).sort()).toEqual([
            "admin",
            "backup",
            "ca",
            "database",
            "keys-secret",
            "redis",
            "settings",
            "storage",
        ]);
        for (const { inputs } of secrets) {
            expect(inputs).toMatchObject({ stringData: "[secret]", immutable: true });
        }
        expect(JSON.stringify(graph)).not.toContain(CANARY);
        expect(JSON.stringify(graph)).not.toContain("abcdefghijklmnop");
        expect(graph.resource("harbor-keys").options).toMatchObject({ additionalSecretOutputs: ["data"] });
    });

    it("takes Secrets that are there, and makes none", async () => {
        const graph = await record({
            admin: { existingSecret: "my-admin", key: "password" },
            keys: { existingSecret: "my-keys" },
            database: { host: "pg", username: "harbor", existingSecret: "my-database" },
            redis: { addresses: ["r:6379"], existingSecret: "my-redis" },
            storage: { s3: { bucket: "harbor-images", region: "r", existingSecret: "my-storage" } },
            settingsSecret: "my-settings",
            createNamespace: false,
            namespace: "registry",
        });
        expect(graph.resources.map(({ type }) => type).filter((type) => /Secret|Namespace|Keys/.test(type))).toEqual(
            [],
        );
        const { values } = inputsOf(graph, "harbor", "v3:Release");
        expect(values).toMatchObject({
            existingSecretAdminPassword: "my-admin",
            existingSecretAdminPasswordKey: "password",
            existingSecretSecretKey: "my-keys",
            database: { external: { existingSecret: "my-database" } },
            redis: { external: { existingSecret: "my-redis" } },
            persistence: { imageChartStorage: { s3: { existingSecret: "my-storage" } } },
        });
        expect(values.core.extraEnvVars[0].valueFrom.secretKeyRef.name).toBe("my-settings");
        expect(graph.outputs).toMatchObject({ namespace: "registry" });
    });

    it("logs in at storage and Redis without a password where none is given", async () => {
        const graph = await record({
            redis: { addresses: ["r:6379"] },
            storage: { s3: { bucket: "harbor-images", region: "r" } },
            ready: false,
            chart: "oci://registry.example.com/charts/harbor",
            version: "1.19.2",
        });
        expect(names(graph, "Secret").sort()).toEqual(["harbor-admin", "harbor-database", "harbor-keys-secret"]);
        expect(names(graph, "HarborReady")).toEqual([]);
        const release = inputsOf(graph, "harbor", "v3:Release");
        expect(release).toMatchObject({ chart: "oci://registry.example.com/charts/harbor", version: "1.19.2" });
        expect(release.repositoryOpts).toBeUndefined();
    });

    it("gives Harbor its settings and its login as one Secret", async () => {
        const seen: string[] = [];
        await recordResources(() => new HarborRelease("harbor", EVERYTHING), {
            computed: ({ name, inputs }) => {
                if (name === "harbor-settings") {
                    // A secret comes with its signature around it.
                    seen.push((inputs.stringData.value ?? inputs.stringData).CONFIG_OVERWRITE_JSON);
                }
                return undefined;
            },
        });
        expect(JSON.parse(seen[0] as string)).toEqual({
            auth_mode: "oidc_auth",
            oidc_name: "GitLab",
            oidc_endpoint: "https://gitlab.com",
            oidc_client_id: "harbor",
            oidc_client_secret: `${CANARY}-oidc`,
            oidc_scope: "openid,profile,email",
            oidc_groups_claim: "groups",
            oidc_user_claim: "preferred_username",
            oidc_auto_onboard: true,
            oidc_verify_cert: true,
            project_creation_restriction: "adminonly",
        });
    });

    it("lets a project follow in the same program", async () => {
        const graph = await recordResources(() => {
            const harbor = new HarborRelease("harbor", ARGS);
            new HarborProject("images", { url: harbor.url, name: "images" }, { dependsOn: harbor });
        });
        expect(graph.resource("images").dependencies).toEqual(
            expect.arrayContaining([
                "kubernetes:helm.sh/v3:Release::harbor",
                "pulumi-nodejs:dynamic/transship:HarborReady::harbor-ready",
            ]),
        );
        expect(inputsOf(graph, "images")).toMatchObject({ url: URL });
    });

    it("knows its address in a preview, before there is a Harbor", async () => {
        const graph = await recordResources(() => ({ url: new HarborRelease("harbor", ARGS).url }), { preview: true });
        expect(graph.outputs).toEqual({ url: URL });
    });

    it("tells what it does not know of a newer chart, and deploys it", async () => {
        const graph = await record({ version: "1.20.0", values: { core: { newKey: true } } as never });
        expect(inputsOf(graph, "harbor", "v3:Release").values.core.newKey).toBe(true);
    });
});

describe("A mistake of HarborRelease's ends the program", () => {
    const { privateKey } = generateKeyPairSync("ec", {
        namedCurve: "P-256",
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    it.each<[string, Partial<HarborReleaseArgs>, string]>([
        ["the documentation's password", { admin: { password: "Harbor12345" } }, "which everybody knows"],
        ["a weak password", { admin: { password: "password" } }, `"admin.password" must have 8 to 128 characters`],
        ["a key that is too short", { keys: { secretKey: "short" } }, `"keys.secretKey" must have 16 characters`],
        ["the chart's key", { keys: { secretKey: "not-a-secure-key" } }, "must not be the chart's own"],
        [
            "no password of the database",
            { database: { host: "pg", username: "h" } },
            `"database" has neither "password" nor "existingSecret"`,
        ],
        [
            "two passwords",
            { redis: { addresses: ["r:6379"], password: "a", existingSecret: "b" } },
            `"redis" has both "password" and "existingSecret"`,
        ],
        [
            "a user without a password",
            { redis: { addresses: ["r:6379"], username: "a" } },
            `"redis.username" is given without`,
        ],
        ["half a login", { storage: { s3: { bucket: "abc", region: "r", accessKey: "a" } } }, "go together"],
        [
            "GitHub as a provider",
            { oidc: { endpoint: "https://github.com", clientId: "a", clientSecret: "b" } },
            "Put Dex with its connector for GitHub between",
        ],
        [
            "GitHub's tokens of workflows",
            { oidc: { endpoint: "https://token.actions.githubusercontent.com", clientId: "a", clientSecret: "b" } },
            "Put Dex",
        ],
        [
            "an issuer's document",
            {
                oidc: {
                    endpoint: "https://a.example/.well-known/openid-configuration",
                    clientId: "a",
                    clientSecret: "b",
                },
            },
            "leave it off",
        ],
        [
            "an issuer without TLS",
            { oidc: { endpoint: "http://dex", clientId: "a", clientSecret: "b" } },
            "https:// address",
        ],
        [
            "no identity asked for",
            { oidc: { endpoint: "https://dex.example", clientId: "a", clientSecret: "b", scopes: ["email"] } },
            `lacks "openid"`,
        ],
        ["settings twice", { settings: {}, settingsSecret: "a" }, `takes the place of "oidc" and "settings"`],
        ["a certificate that is none", { tls: { certificate: "PEM", key: privateKey } }, "is no certificate"],
        ["a misspelt value", { values: { core: { replica: 3 } } as never }, `did you mean "replicas"?`],
        ["a volume for two pods", { storage: { volume: { size: "1Ti" } } }, "on a volume that is ReadWriteOnce"],
    ])("with one sentence where it is plain: %s", async (_what, args, sentence) => {
        const failed = record(args);
        await expect(failed).rejects.toThrow(sentence);
        const { message } = await failed.catch((error) => error);
        expect(message).not.toContain(CANARY);
        expect(message).not.toContain("PRIVATE KEY");
    });

    it("with the same sentence where it is known later only", async () => {
        const later = { database: { host: pulumi.output("pg:5432"), username: "h", password: "p" } };
        await expect(record(later)).rejects.toThrow(`as "database.port"`);
        await expect(record({ admin: { password: pulumi.secret("Harbor12345") } })).rejects.toThrow("everybody knows");
    });
});

describeWithChart("The values that HarborRelease hands on", ({ lint, render }) => {
    it("are a Harbor: the real chart takes them as they are", async () => {
        const { values } = inputsOf(await record({}, EVERYTHING), "harbor", "v3:Release");
        expect(await lint(values)).toContain("0 chart(s) failed");
        const manifests = await render(values);
        const core = manifests.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "harbor-core");
        const env = core?.spec.template.spec.containers[0].env;
        expect(env).toContainEqual({
            name: "CONFIG_OVERWRITE_JSON",
            valueFrom: { secretKeyRef: { name: "harbor-settings-0a1b2c3d", key: "CONFIG_OVERWRITE_JSON" } },
        });
        const named = [...JSON.stringify(manifests).matchAll(/"(harbor-[a-z-]+-0a1b2c3d)"/g)].map(([, name]) => name);
        expect([...new Set(named)].sort()).toEqual(
            ["admin", "ca", "database", "keys-secret", "settings", "storage"].map((kind) => `harbor-${kind}-0a1b2c3d`),
        );
        expect(values.redis.external.existingSecret).toBe("harbor-redis-0a1b2c3d");
    });
});
