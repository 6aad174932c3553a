import { describe, expect, it } from "vitest";
import { HarborChartError, type HarborChartValues, harborChartValues, valueProblems } from "../../core/harbor-chart";
import { SECRETS, wish } from "./wishes";

describe("Values of one's own", () => {
    it.each([
        [
            { core: { replica: 3 } },
            `core.replica is none that version 1.19.1 of the chart reads; did you mean "replicas"?`,
        ],
        [{ expose: { ingress: { hosts: { notary: "n" } } } }, "expose.ingress.hosts.notary is none that version"],
        [{ chartmuseum: { enabled: true } }, "chartmuseum is none that version 1.19.1 of the chart reads"],
        [{ metrics: true }, "metrics must be an object"],
        [{ cache: { enabled: "yes" } }, "cache.enabled must be true or false"],
        [{ core: { extraEnvVars: {} } }, "core.extraEnvVars must be a list"],
        [{ core: { nodeSelector: "a" } }, "core.nodeSelector must be an object"],
        [{ logLevel: 3 }, "logLevel must be a text"],
        [{ core: { replicas: true } }, "core.replicas must be a number or a text"],
        [[], "s must be an object"],
    ])("are held to the chart's keys: %j", (values, sentence) => {
        expect(valueProblems(values)).toEqual([expect.stringContaining(sentence)]);
    });

    it("may be whatever the chart reads", () => {
        expect(
            valueProblems({
                core: { gdpr: { deleteUser: true }, podAnnotations: { any: "key" }, priorityClassName: null },
                persistence: { imageChartStorage: { s3: { chunksize: 5242880 } } },
                proxy: { httpsProxy: "http://proxy:3128" },
            }),
        ).toEqual([]);
    });

    it("are refused in one sentence that counts the others", () => {
        const over = { core: { replica: 3 }, cash: {} } as HarborChartValues;
        const refused = () => harborChartValues(wish(), SECRETS, over);
        expect(refused).toThrow(HarborChartError);
        expect(refused).toThrow(/^Chart value core\.replica is none .* \(and 1 more: cash is none .*cache.*\)\.$/);
    });

    it("are let through where the chart is of another minor version, and are not for a patch", () => {
        const over = { core: { newKey: 1 } } as HarborChartValues;
        expect(harborChartValues(wish(), SECRETS, over, "1.20.0").core).toMatchObject({ newKey: 1 });
        expect(() => harborChartValues(wish(), SECRETS, over, "1.19.2")).toThrow("core.newKey");
    });

    it("lie over ours as Helm lays values: objects key by key, lists and null whole", () => {
        const over = {
            core: { replicas: 5, podDisruptionBudget: { minAvailable: null, maxUnavailable: 1 } },
            jobservice: { jobLoggers: ["stdout"] },
        };
        const values = harborChartValues(wish(), SECRETS, over);
        expect(values.core).toMatchObject({
            replicas: 5,
            existingSecret: "the-keys",
            podDisruptionBudget: { enabled: true, minAvailable: null, maxUnavailable: 1 },
        });
        expect(values.jobservice?.jobLoggers).toEqual(["stdout"]);
    });
});

describe("Traps of an operator", () => {
    it.each<[string, Parameters<typeof wish>[0], HarborChartValues, string]>([
        [
            "replicas on a volume that one pod may have",
            { storage: { volume: { size: "1Ti" } } },
            {},
            "The registry has 2 replicas on a volume that is ReadWriteOnce",
        ],
        [
            "the same by an override",
            { storage: { volume: { size: "1Ti" } }, replicas: { registry: 1 } },
            { registry: { replicas: 3 } },
            "The registry has 3 replicas",
        ],
        [
            "a rolling update of such a volume",
            { storage: { volume: { size: "1Ti" } }, replicas: 1 },
            { updateStrategy: { type: "RollingUpdate" } },
            "an upgrade would wait for ever",
        ],
        [
            "Recreate of a shared volume",
            { storage: { volume: { size: "1Ti", accessMode: "ReadWriteMany" } } },
            { updateStrategy: { type: "Recreate" } },
            "stop all registries for nothing",
        ],
        [
            "no volume at all",
            { storage: { volume: { size: "1Ti" } }, replicas: 1 },
            { persistence: { enabled: false } },
            "images would be gone with the registry's pod",
        ],
        ["the chart's own database", {}, { database: { type: "internal" } }, "database.type is internal"],
        ["the chart's own Redis", {}, { redis: { type: "internal" } }, "redis.type is internal"],
        ["job logs in files of two pods", {}, { jobservice: { jobLoggers: ["file"] } }, "keeps its logs in files"],
        [
            "a budget that drains no node",
            {},
            { core: { podDisruptionBudget: { minAvailable: 2 } } },
            "no node with one of them could ever be drained",
        ],
        [
            "a budget of two minds",
            {},
            { core: { podDisruptionBudget: { maxUnavailable: 1 } } },
            "both minAvailable and maxUnavailable",
        ],
        ["a password as a value", {}, { harborAdminPassword: "Harbor12345" }, "give it by the argument admin.password"],
        [
            "the OIDC secret as a value",
            {},
            { core: { configureUserSettings: "{}" } },
            "give it by the argument oidc and settings",
        ],
        [
            "an access key as a value",
            {},
            { persistence: { imageChartStorage: { s3: { secretkey: "x" } } } },
            "storage.s3.secretKey",
        ],
        ["HTTP", { url: "http://harbor.example.com" }, {}, "without TLS every docker client must be told to trust it"],
        ["a path", { url: "https://example.com/harbor" }, {}, "without a path"],
        ["a host that is none of a reference", { url: "https://harbor" }, {}, "a host with a dot in its name"],
        ["an address", { url: "https://10.0.0.1" }, {}, "a name instead of an address"],
        ["no address", { url: "" }, {}, `"url" is ""`],
        ["a Redis cluster", { redis: { addresses: ["a:6379", "b:6379"] } }, {}, "Harbor knows no Redis cluster"],
        ["an address of Redis without its port", { redis: { addresses: ["redis"] } }, {}, "give host:port"],
        [
            "TLS to sentinels",
            { redis: { addresses: ["a:26379"], sentinelMaster: "m", tls: true } },
            {},
            "would talk to a sentinel as if it were Redis",
        ],
        ["a port in the database's host", { database: { host: "db:5432", username: "h" } }, {}, `as "database.port"`],
        [
            "an unknown mode",
            { database: { host: "db", username: "h", sslMode: "prefer" as never } },
            {},
            "it is one of disable, require",
        ],
        ["no storage", { storage: {} as never }, {}, "give one of s3, azure, gcs and volume"],
        [
            "two storages",
            { storage: { s3: { bucket: "b", region: "r" }, gcs: { bucket: "b" } } as never },
            {},
            "s3 and gcs",
        ],
        ["a bucket's address", { storage: { s3: { bucket: "s3://b", region: "r" } } }, {}, "no name of a bucket"],
        [
            "an endpoint with a path",
            { storage: { s3: { bucket: "abc", region: "r", endpoint: "https://m/abc" } } },
            {},
            "without a path",
        ],
        [
            "a key without encryption",
            { storage: { s3: { bucket: "abc", region: "r", kmsKey: "k" } } },
            {},
            "counts with",
        ],
        ["a size that is none", { storage: { volume: { size: "much" } }, replicas: 1 }, {}, "such as 500Gi"],
        ["an unknown part", { replicas: { cores: 2 } as never }, {}, `no part of Harbor's; did you mean "core"?`],
        ["pods of an unknown part", { pods: { database: {} } as never }, {}, `"pods.database" is no part`],
        ["half a pod", { replicas: 0.5 }, {}, "give a whole number"],
        [
            "ingress and gateway",
            { ingress: {}, gateway: { parentRefs: [{ name: "g" }] } },
            {},
            "Harbor is exposed by one of them",
        ],
        [
            "a gateway without its own TLS",
            { gateway: { parentRefs: [{ name: "g" }] } },
            {},
            "belongs to the Gateway's listener",
        ],
        ["no gateway", { gateway: { parentRefs: [] }, tls: { terminatedElsewhere: true } }, {}, "name the Gateway"],
    ])("are refused before anything is built: %s", (_trap, over, values, sentence) => {
        expect(() => harborChartValues(wish(over), SECRETS, values)).toThrow(sentence);
    });

    it("say nothing of one replica on such a volume, nor of several on a shared one", () => {
        const alone = harborChartValues(
            wish({ storage: { volume: { size: "1Ti" } }, replicas: { registry: 1 } }),
            SECRETS,
        );
        expect(alone.updateStrategy).toEqual({ type: "Recreate" });
        const shared = { volume: { size: "1Ti", accessMode: "ReadWriteMany" as const } };
        expect(harborChartValues(wish({ storage: shared }), SECRETS).updateStrategy).toEqual({ type: "RollingUpdate" });
    });
});
