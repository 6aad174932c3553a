import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";

/**
 * A Harbor that outlives a node: two of every part, PostgreSQL, Redis and images outside of the cluster, a certificate by
 * cert-manager, logins by Keycloak, figures for Prometheus, and backups that are restored every week to see whether they
 * can be. Its first project follows in the same program.
 */
function program() {
    const config = new pulumi.Config();
    const url = "https://harbor.harbour-works.example";
    const harbor = new transship.HarborRelease("harbor", {
        url,
        tls: { issuer: "letsencrypt" },
        ingress: { className: "nginx" },
        // Kept elsewhere; by hand: kubectl --namespace harbor create secret generic harbor-admin
        // --from-literal=HARBOR_ADMIN_PASSWORD=…. Projects are made with the same login: pulumi config set --secret --path
        // transship:credentials.harbor.password … (and .username).
        admin: { existingSecret: "harbor-admin" },
        createNamespace: false,
        database: {
            host: "postgres.harbour-works.example",
            username: "harbor",
            password: config.requireSecret("databasePassword"),
            sslMode: "verify-full",
        },
        caBundle: config.require("authority"),
        redis: {
            addresses: ["redis-0.redis:26379", "redis-1.redis:26379", "redis-2.redis:26379"],
            sentinelMaster: "harbor",
            password: config.requireSecret("redisPassword"),
        },
        storage: {
            s3: {
                bucket: "harbor-images",
                region: "us-east-1",
                endpoint: "https://minio.harbour-works.example:9000",
                accessKey: config.requireSecret("storageAccessKey"),
                secretKey: config.requireSecret("storageSecretKey"),
            },
        },
        replicas: { core: 3, registry: 3 },
        pods: {
            all: { nodeSelector: { "node-role.kubernetes.io/registry": "" } },
            core: { resources: { requests: { cpu: "200m", memory: "512Mi" }, limits: { memory: "1Gi" } } },
            registry: { resources: { requests: { cpu: "500m", memory: "512Mi" } } },
        },
        oidc: {
            provider: "keycloak",
            endpoint: "https://sso.harbour-works.example/realms/staff",
            clientId: "harbor",
            clientSecret: config.requireSecret("keycloakSecret"),
            adminGroup: "registry-admins",
        },
        settings: { project_creation_restriction: "adminonly" },
        metrics: { serviceMonitor: { labels: { release: "prometheus" } } },
        backup: backup(config),
    });

    const images = new transship.HarborProject(
        "images",
        { url, name: "images", autoScan: true, quota: "500GiB" },
        { dependsOn: harbor },
    );
    return { url: harbor.url, status: harbor.status, keys: harbor.keysSecretName, project: images.name };
}

/** In another account, so that who loses the first one loses no backup. */
function backup(config: pulumi.Config): transship.HarborBackupArgs {
    return {
        to: {
            bucket: "harbor-backup",
            region: "eu-central-1",
            accessKey: config.requireSecret("backupAccessKey"),
            secretKey: config.requireSecret("backupSecretKey"),
        },
        database: { keepDays: 30 },
        timeZone: "Europe/Berlin",
    };
}

module.exports = program;
