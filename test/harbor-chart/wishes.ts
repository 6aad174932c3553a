import type { ChartSecrets, HarborChartWish } from "../../core/harbor-chart";

/** What every release has to say. */
export const WISH: HarborChartWish = {
    url: "https://harbor.example.com",
    tls: { issuer: "letsencrypt" },
    database: { host: "postgres.example.com", username: "harbor" },
    redis: { addresses: ["redis.example.com:6379"] },
    storage: { s3: { bucket: "harbor-images", region: "eu-west-1" } },
};

export const SECRETS: ChartSecrets = {
    admin: "the-admin",
    adminKey: "HARBOR_ADMIN_PASSWORD",
    keys: "the-keys",
    database: "the-database",
    redis: "the-redis",
    storage: "the-storage",
};

export const wish = (over: Partial<HarborChartWish> = {}): HarborChartWish => ({ ...WISH, ...over });
