import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { type ChartSecrets, type HarborChartWish, harborChartValues } from "../../core/harbor-chart";
import { describeWithChart, type Manifest } from "../support/harbor-chart";
import { SECRETS, wish } from "./wishes";

// biome-ignore lint/suspicious/noExplicitAny: one of each kind of Kubernetes' objects, by their names
const MODELS: Readonly<Record<string, new (data: any) => { validate(): void }>> = {
    ConfigMap,
    Deployment,
    Ingress,
    PersistentVolumeClaim,
    PodDisruptionBudget,
    Secret,
    Service,
    StatefulSet,
};
/** Of custom definitions, which kubernetes-models does not have. */
const CUSTOM = ["HTTPRoute", "ServiceMonitor"];

function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
    const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
    if (found === undefined) {
        throw new Error(
            `no ${kind} ${name} among ${manifests.map((one) => `${one.kind} ${one.metadata.name}`).join(", ")}`,
        );
    }
    return found;
}

const kinds = (manifests: readonly Manifest[]) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const podOf = (manifest: Manifest) => manifest.spec.template.spec;
const envOf = (manifest: Manifest, container = 0) =>
    Object.fromEntries(podOf(manifest).containers[container].env.map((one: { name: string }) => [one.name, one]));
const fromSecret = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });

const ALONE: Partial<HarborChartWish> = {
    storage: { volume: { size: "1Ti", storageClass: "fast" } },
    replicas: { registry: 1 },
};
const GATEWAY: Partial<HarborChartWish> = {
    gateway: { parentRefs: [{ name: "public", namespace: "gateways" }] },
    tls: { terminatedElsewhere: true },
};
const MATRIX: readonly [string, Partial<HarborChartWish>, Partial<ChartSecrets>?][] = [
    ["by default", {}],
    ["with one of each part and no scanner", { replicas: 1, trivy: false, metrics: false }],
    [
        "at a given certificate",
        { tls: { certificateSecret: "harbor-tls" }, ingress: { className: "nginx", labels: { a: "b" } } },
    ],
    ["behind a Gateway", GATEWAY],
    ["behind a balancer", { tls: { terminatedElsewhere: true } }],
    ["with sentinels", { redis: { addresses: ["s1:26379", "s2:26379"], sentinelMaster: "harbor" } }],
    ["with TLS to Redis, and no password", { redis: { addresses: ["r:6380"], tls: true } }, { redis: undefined }],
    [
        "on MinIO",
        {
            storage: {
                s3: { bucket: "harbor", region: "us-east-1", endpoint: "http://minio.minio:9000", prefix: "a/b" },
            },
        },
    ],
    ["on S3 by the pods' identity", { pods: { registry: { serviceAccountName: "images" } } }, { storage: undefined }],
    ["on Azure", { storage: { azure: { accountName: "acme", container: "harbor" } } }],
    ["on Google", { storage: { gcs: { bucket: "harbor", workloadIdentity: true } } }, { storage: undefined }],
    ["on Google with a key", { storage: { gcs: { bucket: "harbor", prefix: "x" } } }],
    ["on a volume", ALONE],
    [
        "on a shared volume",
        { storage: { volume: { size: "1Ti", accessMode: "ReadWriteMany", existingClaim: "images" } } },
    ],
    ["with a ServiceMonitor", { metrics: { serviceMonitor: { labels: { release: "prometheus" }, interval: "1m" } } }],
    ["with settings and authorities", {}, { settings: "the-settings", caBundle: "the-ca" }],
];

describeWithChart("Harbor's chart, with our values", ({ lint, render }) => {
    const rendered = (over: Partial<HarborChartWish> = {}, secrets: Partial<ChartSecrets> = {}, values = {}) =>
        render(harborChartValues(wish(over), { ...SECRETS, ...secrets }, values));

    it.each(MATRIX)("is what Kubernetes takes, %s", async (_how, over, secrets) => {
        const manifests = await rendered(over, secrets);
        expect(manifests.length).toBeGreaterThan(15);
        for (const manifest of manifests) {
            const Model = MODELS[manifest.kind];
            if (Model === undefined) {
                expect(CUSTOM, `${manifest.kind} ${manifest.metadata.name}`).toContain(manifest.kind);
            } else {
                expect(
                    () => new Model(manifest).validate(),
                    `${manifest.kind} ${manifest.metadata.name}`,
                ).not.toThrow();
            }
        }
    });

    it("is refused by the same eyes where it is wrong", async () => {
        const manifests = await rendered({}, {}, { core: { replicas: "two" } });
        expect(() => new Deployment(find(manifests, "Deployment", "harbor-core") as never).validate()).toThrow();
    });

    it("is what Helm's lint takes, too", async () => {
        expect(await lint(harborChartValues(wish(), SECRETS))).toContain("0 chart(s) failed");
    });

    it("is the same at each rendering: nothing is made up anew by an upgrade", async () => {
        const [one, other] = [await rendered(), await rendered()];
        expect(one).toEqual(other);
        // The chart as it is does make things up, and this would see it.
        const left = { core: { secretName: null, existingSecret: null } };
        expect(await rendered({}, {}, left)).not.toEqual(await rendered({}, {}, left));
    });

    it("has no secret that everybody knows, and none of ours", async () => {
        const manifests = await rendered({}, { settings: "the-settings" });
        const secrets = manifests.filter(({ kind }) => kind === "Secret");
        const values = secrets.flatMap(({ data }) => Object.values<string>(data ?? {}));
        const plain = values.map((value) => Buffer.from(value, "base64").toString());
        for (const known of ["Harbor12345", "not-a-secure-key", "harbor_registry_password", "changeit"]) {
            expect(plain.filter((value) => value.includes(known))).toEqual([]);
        }
        expect(JSON.stringify(manifests)).not.toContain("BEGIN RSA PRIVATE KEY");
        // All that is left in the chart's own Secrets is the address of Redis.
        expect(secrets.flatMap(({ data }) => Object.keys(data ?? {})).sort()).toEqual(["gitHubToken", "redisURL"]);
    });

    it("reads every secret from where it is", async () => {
        const manifests = await rendered({}, { settings: "the-settings" });
        const core = find(manifests, "Deployment", "harbor-core");
        expect(envOf(core)).toMatchObject({
            CORE_SECRET: fromSecret("the-keys", "secret"),
            JOBSERVICE_SECRET: fromSecret("the-keys", "JOBSERVICE_SECRET"),
            HARBOR_ADMIN_PASSWORD: fromSecret("the-admin", "HARBOR_ADMIN_PASSWORD"),
            POSTGRESQL_PASSWORD: fromSecret("the-database", "password"),
            REGISTRY_CREDENTIAL_PASSWORD: fromSecret("the-keys", "REGISTRY_PASSWD"),
            CSRF_KEY: fromSecret("the-keys", "CSRF_KEY"),
            CONFIG_OVERWRITE_JSON: fromSecret("the-settings", "CONFIG_OVERWRITE_JSON"),
        });
        const volumes = Object.fromEntries(podOf(core).volumes.map((one: { name: string }) => [one.name, one]));
        expect(volumes["secret-key"].secret).toMatchObject({ secretName: "the-keys" });
        expect(volumes["token-service-private-key"].secret).toMatchObject({ secretName: "the-keys" });
        const registry = find(manifests, "Deployment", "harbor-registry");
        for (const container of [0, 1]) {
            expect(envOf(registry, container)).toMatchObject({
                REGISTRY_HTTP_SECRET: fromSecret("the-keys", "REGISTRY_HTTP_SECRET"),
            });
            expect(podOf(registry).containers[container].envFrom).toContainEqual({
                secretRef: { name: "the-storage" },
            });
        }
        expect(JSON.stringify(podOf(registry).volumes)).toContain(
            '"secretName":"the-keys","items":[{"key":"REGISTRY_HTPASSWD"',
        );
        const jobs = find(manifests, "Deployment", "harbor-jobservice");
        expect(envOf(jobs)).toMatchObject({ REGISTRY_CREDENTIAL_PASSWORD: fromSecret("the-keys", "REGISTRY_PASSWD") });
        const exporter = find(manifests, "Deployment", "harbor-exporter");
        expect(envOf(exporter)).toMatchObject({ HARBOR_DATABASE_PASSWORD: fromSecret("the-database", "password") });
    });

    it("has replicas apart, with budgets, and no volume but the scanner's", async () => {
        const manifests = await rendered({ replicas: { core: 3 } });
        const count = (kind: string, name: string) => find(manifests, kind, name).spec.replicas;
        expect(count("Deployment", "harbor-core")).toBe(3);
        for (const part of ["portal", "jobservice", "registry", "exporter"]) {
            expect(count("Deployment", `harbor-${part}`)).toBe(2);
        }
        expect(count("StatefulSet", "harbor-trivy")).toBe(2);
        expect(find(manifests, "PodDisruptionBudget", "harbor-core").spec.minAvailable).toBe(2);
        expect(manifests.filter(({ kind }) => kind === "PodDisruptionBudget")).toHaveLength(6);
        const [zone, host] = podOf(find(manifests, "Deployment", "harbor-core")).topologySpreadConstraints;
        expect(zone).toMatchObject({
            topologyKey: "topology.kubernetes.io/zone",
            labelSelector: { matchLabels: { component: "core" } },
        });
        expect(host.topologyKey).toBe("kubernetes.io/hostname");
        expect(kinds(manifests).filter((one) => one.startsWith("PersistentVolumeClaim"))).toEqual([]);
        expect(kinds(manifests).filter((one) => /database|redis/.test(one))).toEqual([]);
    });

    it("places pods as it is said, each part's over those of all", async () => {
        const resources = { requests: { cpu: "1" } };
        const all = {
            nodeSelector: { disk: "ssd" },
            tolerations: [{ key: "registry", operator: "Exists" }],
            resources,
        };
        const core = {
            nodeSelector: { disk: "any" },
            affinity: { podAntiAffinity: {} },
            priorityClassName: "high",
            podLabels: { team: "a" },
        };
        const manifests = await rendered({ pods: { all, core } });
        const placed = podOf(find(manifests, "Deployment", "harbor-core"));
        expect(placed).toMatchObject({
            nodeSelector: { disk: "any" },
            priorityClassName: "high",
            tolerations: all.tolerations,
        });
        expect(find(manifests, "Deployment", "harbor-core").spec.template.metadata.labels.team).toBe("a");
        for (const [kind, part] of [
            ["Deployment", "portal"],
            ["Deployment", "registry"],
            ["StatefulSet", "trivy"],
        ] as const) {
            const pod = podOf(find(manifests, kind, `harbor-${part}`));
            expect(pod.nodeSelector).toEqual({ disk: "ssd" });
            expect(pod.containers.length).toBe(part === "registry" ? 2 : 1);
            for (const container of pod.containers) {
                expect(container.resources).toMatchObject(resources);
            }
        }
    });

    it("is reached by an ingress with a certificate of cert-manager's, of the host that Harbor tells clients", async () => {
        const manifests = await rendered({
            ingress: { className: "nginx", annotations: { "nginx.ingress.kubernetes.io/proxy-read-timeout": "600" } },
        });
        const { metadata, spec } = find(manifests, "Ingress", "harbor-ingress");
        expect(metadata.annotations).toMatchObject({
            "cert-manager.io/cluster-issuer": "letsencrypt",
            "nginx.ingress.kubernetes.io/proxy-body-size": "0",
            "nginx.ingress.kubernetes.io/proxy-read-timeout": "600",
        });
        expect(spec).toMatchObject({
            ingressClassName: "nginx",
            tls: [{ hosts: ["harbor.example.com"], secretName: "harbor-example-com-tls" }],
        });
        expect(spec.rules[0].host).toBe("harbor.example.com");
        expect(find(manifests, "ConfigMap", "harbor-core").data.EXT_ENDPOINT).toBe("https://harbor.example.com");
    });

    it.each<[string, HarborChartWish["tls"], object, string | undefined]>([
        [
            "an issuer of the namespace",
            { issuer: "ca", issuerKind: "Issuer" },
            { "cert-manager.io/issuer": "ca" },
            "harbor-example-com-tls",
        ],
        [
            "an issuer of somebody else's",
            { issuer: "v", issuerKind: "VaultIssuer", issuerGroup: "acme.io" },
            { "cert-manager.io/issuer-kind": "VaultIssuer", "cert-manager.io/issuer-group": "acme.io" },
            "harbor-example-com-tls",
        ],
        ["a certificate that is there", { certificateSecret: "mine" }, {}, "mine"],
        ["the controller's own", { terminatedElsewhere: true }, {}, undefined],
    ])("takes %s", async (_what, tls, annotations, secretName) => {
        const { metadata, spec } = find(await rendered({ tls }), "Ingress", "harbor-ingress");
        expect(metadata.annotations).toMatchObject(annotations);
        expect(spec.tls[0].secretName ?? undefined).toBe(secretName);
    });

    it("is a route of a Gateway, and no nginx between", async () => {
        const manifests = await rendered(GATEWAY);
        const { spec } = find(manifests, "HTTPRoute", "harbor-route");
        expect(spec).toMatchObject({
            hostnames: ["harbor.example.com"],
            parentRefs: [{ name: "public", namespace: "gateways" }],
        });
        expect(kinds(manifests).filter((one) => /nginx|Ingress/.test(one))).toEqual([]);
    });

    it("keeps images where it is said", async () => {
        const config = async (storage: HarborChartWish["storage"]) =>
            parse(find(await rendered({ storage, replicas: 1 }), "ConfigMap", "harbor-registry").data["config.yml"])
                .storage;
        expect(
            await config({
                s3: { bucket: "harbor", region: "eu-west-1", encrypt: true, kmsKey: "k", storageClass: "STANDARD_IA" },
            }),
        ).toMatchObject({
            s3: { bucket: "harbor", region: "eu-west-1", encrypt: true, keyid: "k", storageclass: "STANDARD_IA" },
            redirect: { disable: false },
        });
        const minio = await config({
            s3: { bucket: "harbor", region: "us-east-1", endpoint: "https://minio:9000", prefix: "a/b/" },
        });
        expect(minio).toMatchObject({
            s3: { regionendpoint: "https://minio:9000", secure: true, rootdirectory: "/a/b" },
            redirect: { disable: true },
        });
        expect(
            await config({ azure: { accountName: "acme", container: "c", realm: "core.chinacloudapi.cn" } }),
        ).toMatchObject({
            azure: { accountname: "acme", container: "c", realm: "core.chinacloudapi.cn" },
        });
        expect(await config({ gcs: { bucket: "g" } })).toMatchObject({
            gcs: { bucket: "g", keyfile: "/etc/registry/gcs-key.json" },
        });
        expect(await config({ volume: { size: "1Ti" } })).toMatchObject({ filesystem: { rootdirectory: "/storage" } });
    });

    it("asks for a volume of the size and class that is said, and lets the old pod go first", async () => {
        const manifests = await rendered(ALONE);
        const { metadata, spec } = find(manifests, "PersistentVolumeClaim", "harbor-registry");
        expect(spec).toMatchObject({
            accessModes: ["ReadWriteOnce"],
            storageClassName: "fast",
            resources: { requests: { storage: "1Ti" } },
        });
        expect(metadata.annotations).toMatchObject({ "helm.sh/resource-policy": "keep" });
        expect(find(manifests, "Deployment", "harbor-registry").spec.strategy.type).toBe("Recreate");
    });

    it("finds database and Redis outside, by sentinels where there are some", async () => {
        const database = {
            host: "pg",
            port: 6432,
            username: "h",
            name: "harbor",
            sslMode: "verify-full",
            maxOpenConnections: 50,
        } as const;
        const redis = { addresses: ["s1:26379", "s2:26379"], sentinelMaster: "harbor" };
        const manifests = await rendered({ database, redis }, { redis: undefined });
        const core = find(manifests, "ConfigMap", "harbor-core").data;
        expect(core).toMatchObject({
            POSTGRESQL_HOST: "pg",
            POSTGRESQL_PORT: "6432",
            POSTGRESQL_DATABASE: "harbor",
            POSTGRESQL_SSLMODE: "verify-full",
            POSTGRESQL_MAX_OPEN_CONNS: "50",
            POSTGRESQL_MAX_IDLE_CONNS: "50",
        });
        expect(core._REDIS_URL_CORE).toBe("redis+sentinel://s1:26379,s2:26379/harbor/0?idle_timeout_seconds=30");
        const registry = parse(find(manifests, "ConfigMap", "harbor-registry").data["config.yml"]);
        expect(registry.redis).toMatchObject({ addr: "s1:26379,s2:26379", sentinelMasterSet: "harbor" });
        const tls = await rendered({ redis: { addresses: ["r:6380"], tls: true } }, { redis: undefined });
        expect(find(tls, "ConfigMap", "harbor-core").data._REDIS_URL_CORE).toBe(
            "rediss://r:6380/0?idle_timeout_seconds=30",
        );
    });

    it("would lose the sentinels' master with TLS, which is why that is refused", async () => {
        const over = { redis: { external: { tlsOptions: { enable: true } } } };
        const manifests = await rendered({ redis: { addresses: ["s:26379"], sentinelMaster: "harbor" } }, {}, over);
        expect(
            parse(find(manifests, "ConfigMap", "harbor-registry").data["config.yml"]).redis.sentinelMasterSet,
        ).toBeUndefined();
    });

    it("is scraped by Prometheus' operator where that is said", async () => {
        const { metadata, spec } = find(
            await rendered({ metrics: { serviceMonitor: { labels: { release: "prometheus" }, interval: "1m" } } }),
            "ServiceMonitor",
            "harbor",
        );
        expect(metadata.labels).toMatchObject({ release: "prometheus" });
        expect(spec.endpoints[0].interval).toBe("1m");
        const manifests = await rendered();
        expect(kinds(manifests).filter((one) => one.startsWith("ServiceMonitor"))).toEqual([]);
        expect(find(manifests, "ConfigMap", "harbor-core").data.METRIC_ENABLE).toBe("true");
        expect(
            kinds(await rendered({ metrics: false, trivy: false })).filter((one) => /exporter|trivy/.test(one)),
        ).toEqual([]);
    });

    it("trusts authorities of one's own, and pulls its images with a login", async () => {
        const manifests = await rendered({ imagePullSecrets: ["pull"], logLevel: "warning" }, { caBundle: "the-ca" });
        const pod = podOf(find(manifests, "Deployment", "harbor-core"));
        expect(pod.imagePullSecrets).toEqual([{ name: "pull" }]);
        expect(JSON.stringify(pod.volumes)).toContain('"secretName":"the-ca"');
        expect(find(manifests, "ConfigMap", "harbor-core").data.LOG_LEVEL).toBe("warning");
    });
});
