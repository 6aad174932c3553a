/** What a program wants of Harbor, in plain values and without secrets: see components/harbor/harbor-release-args.ts. */
export interface HarborChartWish {
    readonly url: string;
    readonly tls: ChartTls;
    readonly ingress?: ChartIngress;
    readonly gateway?: ChartGateway;
    readonly database: ChartDatabase;
    readonly redis: ChartRedis;
    readonly storage: ChartStorage;
    /** One number for all parts, or each part's. */
    readonly replicas?: number | Readonly<Partial<Record<HarborPart, number>>>;
    readonly trivy?: boolean;
    readonly metrics?: boolean | ChartMetrics;
    /** How the pods of all parts are placed, with each part's own laid over it. */
    readonly pods?: Readonly<Partial<Record<HarborPart | "all", PodSettings>>>;
    readonly logLevel?: "debug" | "info" | "warning" | "error" | "fatal";
    readonly imagePullSecrets?: readonly string[];
}

/** Harbor's parts that have pods of their own. */
export type HarborPart = "portal" | "core" | "jobservice" | "registry" | "trivy" | "exporter";
export const HARBOR_PARTS: readonly HarborPart[] = ["portal", "core", "jobservice", "registry", "trivy", "exporter"];

export type ChartTls =
    | { readonly issuer: string; readonly issuerKind?: string; readonly issuerGroup?: string }
    /** A Secret of type `kubernetes.io/tls`: the component's own, or one that is there. */
    | { readonly certificateSecret: string }
    | { readonly terminatedElsewhere: true };

export interface ChartIngress {
    /** @default the cluster's default class */
    readonly className?: string;
    /** The controllers that need paths of their own. @default "default" */
    readonly controller?: "default" | "gce" | "ncp" | "alb" | "f5-bigip";
    /** Laid over the chart's, which take the size limit off of nginx's controller and redirect HTTP to HTTPS. */
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
}

/** An HTTPRoute in the ingress' place; the Gateway terminates TLS. */
export interface ChartGateway {
    /** As in the Gateway API: `{ name, namespace, sectionName }`. */
    readonly parentRefs: readonly Readonly<Record<string, unknown>>[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
}

export interface ChartDatabase {
    readonly host: string;
    /** @default 5432 */
    readonly port?: number;
    readonly username: string;
    /** The database, which must be there and empty or Harbor's. @default "registry" */
    readonly name?: string;
    /** As libpq's `sslmode`. @default "require" */
    readonly sslMode?: "disable" | "require" | "verify-ca" | "verify-full";
    /** Of each pod of core and of the exporter. @default 100 */
    readonly maxIdleConnections?: number;
    /** Of each pod of core and of the exporter: all of them together must stay below the server's limit. @default 100 */
    readonly maxOpenConnections?: number;
}

export interface ChartRedis {
    /** `redis.example.com:6379`; with `sentinelMaster` all sentinels, `host:26379` each. */
    readonly addresses: readonly string[];
    /** The name of the master that the sentinels watch. @default no sentinels */
    readonly sentinelMaster?: string;
    /** @default false */
    readonly tls?: boolean;
}

export type ChartStorage =
    | { readonly s3: ChartS3 }
    | { readonly azure: ChartAzure }
    | { readonly gcs: ChartGcs }
    | { readonly volume: ChartVolume };

export interface ChartS3 {
    readonly bucket: string;
    /** MinIO takes any: "us-east-1". */
    readonly region: string;
    /** `https://minio.example.com:9000`. @default AWS's own of the region */
    readonly endpoint?: string;
    /** Everything lies below it. @default the bucket's root */
    readonly prefix?: string;
    /** Whether objects are encrypted by the server; with `kmsKey` by that key. @default false */
    readonly encrypt?: boolean;
    readonly kmsKey?: string;
    /** @default "STANDARD" */
    readonly storageClass?: string;
    /**
     * Whether clients fetch layers from the storage itself, by a signed address, which it must then be reachable by.
     * @default true at AWS, false with an `endpoint`
     */
    readonly redirect?: boolean;
}

export interface ChartAzure {
    readonly accountName: string;
    readonly container: string;
    /** @default "core.windows.net" */
    readonly realm?: string;
}

export interface ChartGcs {
    readonly bucket: string;
    readonly prefix?: string;
    /** Whether the pods' service account is the login. @default false: the key in the Secret */
    readonly workloadIdentity?: boolean;
}

/** A volume of the cluster: one pod of each part, unless it is `ReadWriteMany`. */
export interface ChartVolume {
    /** `500Gi`. */
    readonly size: string;
    /** @default the cluster's default class */
    readonly storageClass?: string;
    /** @default "ReadWriteOnce" */
    readonly accessMode?: "ReadWriteOnce" | "ReadWriteMany" | "ReadWriteOncePod";
    /** A claim that is there. @default one is made, and kept when the release goes */
    readonly existingClaim?: string;
}

export interface ChartMetrics {
    /** For Prometheus' operator, whose definitions the cluster must have. @default false */
    readonly serviceMonitor?:
        | boolean
        | { readonly labels?: Readonly<Record<string, string>>; readonly interval?: string };
}

/** As Kubernetes has them. */
export interface PodSettings {
    /** Of each container. The scanner's lie over those that the chart has for it: 512Mi to 1Gi. */
    readonly resources?: Readonly<Record<string, unknown>>;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
    readonly affinity?: Readonly<Record<string, unknown>>;
    /** Without `labelSelector`, which the chart writes. @default over hosts and zones where there are replicas, if it can be */
    readonly topologySpreadConstraints?: readonly Readonly<Record<string, unknown>>[];
    readonly priorityClassName?: string;
    /** An account that is there: for logins at the storage without keys. */
    readonly serviceAccountName?: string;
    readonly podAnnotations?: Readonly<Record<string, string>>;
    readonly podLabels?: Readonly<Record<string, string>>;
    readonly extraEnvVars?: readonly Readonly<Record<string, unknown>>[];
}

/** Names of Secrets in the release's namespace; of the keys in them see values.ts. */
export interface ChartSecrets {
    readonly admin: string;
    readonly adminKey: string;
    readonly keys: string;
    readonly database: string;
    /** Absent where Redis asks for no password. */
    readonly redis?: string;
    /** Absent where pods log in at the storage by their identity. */
    readonly storage?: string;
    /** Has Harbor's settings as JSON under `CONFIG_OVERWRITE_JSON`. Absent where there are none. */
    readonly settings?: string;
    /** Has `ca.crt`. */
    readonly caBundle?: string;
}
