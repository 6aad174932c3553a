import type * as pulumi from "@pulumi/pulumi";
import type {
    BackupPlace,
    BackupSettings,
    ChartAzure,
    ChartDatabase,
    ChartGateway,
    ChartGcs,
    ChartIngress,
    ChartMetrics,
    ChartRedis,
    ChartS3,
    ChartVolume,
    HarborChartValues,
    HarborOidc,
    HarborPart,
    PodSettings,
} from "../../core/harbor-chart";

type DeepInput<T> = [NonNullable<T>] extends [object] ? pulumi.Input<Fields<T>> : pulumi.Input<T>;
/** The same with outputs for what it holds. */
export type Fields<T> = { readonly [Key in keyof T]: DeepInput<T[Key]> };

/** A Secret that is there, in the release's namespace, made by whatever you keep secrets with. */
export interface ExistingSecretArgs {
    readonly existingSecret: pulumi.Input<string>;
}

/** An own Secret: `HARBOR_ADMIN_PASSWORD`, or the key that is said. */
export interface HarborAdminSecretArgs extends ExistingSecretArgs {
    /** @default "HARBOR_ADMIN_PASSWORD" */
    readonly key?: pulumi.Input<string>;
}

export interface HarborAdminPasswordArgs {
    /** 8 to 128 characters with lower case, upper case and a digit. Harbor reads it at its first start, and never again. */
    readonly password: pulumi.Input<string>;
}

export interface HarborSecretKeyArgs {
    /** The 16 characters of a Harbor that is moved or restored: nothing else reads the passwords in its database. */
    readonly secretKey: pulumi.Input<string>;
}

export interface HarborDatabaseArgs extends Fields<ChartDatabase> {
    /** Goes to a Secret. Either it, or `existingSecret`. */
    readonly password?: pulumi.Input<string>;
    /** Its key is `password`. */
    readonly existingSecret?: pulumi.Input<string>;
}

export interface HarborRedisArgs extends Fields<ChartRedis> {
    /** Of Redis' access lists. @default the default user */
    readonly username?: pulumi.Input<string>;
    /** Goes to a Secret. The chart writes it into ConfigMaps of the namespace. @default none */
    readonly password?: pulumi.Input<string>;
    /** Its keys are `REDIS_PASSWORD` and, with access lists, `REDIS_USERNAME`. */
    readonly existingSecret?: pulumi.Input<string>;
}

/** A login at S3. Without any the pods' service account is it (`pods.registry.serviceAccountName`). */
export interface S3LoginArgs {
    readonly accessKey?: pulumi.Input<string>;
    readonly secretKey?: pulumi.Input<string>;
    readonly existingSecret?: pulumi.Input<string>;
}

/** Its Secret's keys are `REGISTRY_STORAGE_S3_ACCESSKEY` and `REGISTRY_STORAGE_S3_SECRETKEY`. */
export interface HarborS3Args extends Fields<ChartS3>, S3LoginArgs {}

export interface HarborAzureArgs extends Fields<ChartAzure> {
    readonly accountKey?: pulumi.Input<string>;
    /** Its key is `AZURE_STORAGE_ACCESS_KEY`. */
    readonly existingSecret?: pulumi.Input<string>;
}

export interface HarborGcsArgs extends Fields<ChartGcs> {
    /** The service account's key, as JSON. */
    readonly key?: pulumi.Input<string>;
    /** Its key is `GCS_KEY_DATA`. */
    readonly existingSecret?: pulumi.Input<string>;
}

/** Which one is plain. */
export type HarborStorageArgs =
    | { readonly s3: HarborS3Args }
    | { readonly azure: HarborAzureArgs }
    | { readonly gcs: HarborGcsArgs }
    | { readonly volume: Fields<ChartVolume> };

/** Which kind it is, is plain. */
export type HarborTlsArgs =
    /** cert-manager makes it, by its annotations at the ingress. `issuerKind` is "ClusterIssuer" where nothing is said. */
    | {
          readonly issuer: pulumi.Input<string>;
          readonly issuerKind?: pulumi.Input<string>;
          readonly issuerGroup?: pulumi.Input<string>;
      }
    /** PEM, with the chain behind the server's own; refused where it is of another host, ended, or of another key. */
    | { readonly certificate: pulumi.Input<string>; readonly key: pulumi.Input<string> }
    /** A Secret of type `kubernetes.io/tls` that is there. */
    | { readonly certificateSecret: pulumi.Input<string> }
    /** The ingress controller's own certificate, a Gateway's, or that of a balancer before them. */
    | { readonly terminatedElsewhere: true };

/** Login by OpenID Connect. GitHub is no such provider: put Dex between. See docs/harbor-release.md for each. */
export interface HarborOidcArgs extends Fields<HarborOidc> {
    readonly clientSecret: pulumi.Input<string>;
}

export interface HarborBackupPlaceArgs extends Fields<BackupPlace>, S3LoginArgs {}

/** What there is of it is plain. Its Secret's keys are `ACCESS_KEY_ID` and `SECRET_ACCESS_KEY`. */
export interface HarborBackupArgs extends Omit<Fields<BackupSettings>, "to" | "storage" | "drill"> {
    /** Another bucket than Harbor's, better in another account. */
    readonly to: HarborBackupPlaceArgs;
    /** Of storage in s3. False where the bucket has versions or a replica. @default every night at 2:47, kept 14 days */
    readonly storage?: Fields<Exclude<NonNullable<BackupSettings["storage"]>, false>> | false;
    /** @default every Sunday at 5:07 */
    readonly drill?: Fields<Exclude<NonNullable<BackupSettings["drill"]>, false>> | false;
}

/** What is not given is as the chart has it. */
export interface HarborReleaseArgs {
    /** `https://harbor.example.com`: what clients write in references. It must never change afterwards. */
    readonly url: pulumi.Input<string>;
    readonly tls: HarborTlsArgs;
    /** @default an ingress of the cluster's default class */
    readonly ingress?: pulumi.Input<Fields<ChartIngress>>;
    /** An HTTPRoute in the ingress' place. */
    readonly gateway?: pulumi.Input<Fields<ChartGateway>>;
    /** Who is `admin`. */
    readonly admin: HarborAdminPasswordArgs | HarborAdminSecretArgs;
    readonly database: HarborDatabaseArgs;
    readonly redis: HarborRedisArgs;
    readonly storage: HarborStorageArgs;
    /**
     * What Harbor's parts know each other by, and what they encrypt with: made once and kept in the stack's state,
     * encrypted. @default all of them are made
     */
    readonly keys?: HarborSecretKeyArgs | ExistingSecretArgs;
    readonly oidc?: HarborOidcArgs;
    /**
     * Harbor's other settings, by its own names (`project_creation_restriction`, `robot_token_duration`). With any, or
     * with `oidc`, its pages show all settings and change none. @default they are changed in Harbor
     */
    readonly settings?: pulumi.Input<Readonly<Record<string, pulumi.Input<unknown>>>>;
    /** In place of `oidc` and `settings`: a Secret that is there, with both as JSON under `CONFIG_OVERWRITE_JSON`. */
    readonly settingsSecret?: pulumi.Input<string>;
    /** One number, or each part's. @default 2 of each */
    readonly replicas?: pulumi.Input<number | Fields<Partial<Record<HarborPart, number>>>>;
    /** Whether images can be scanned. @default true */
    readonly trivy?: pulumi.Input<boolean>;
    /** @default true, without a ServiceMonitor */
    readonly metrics?: pulumi.Input<boolean | Fields<ChartMetrics>>;
    /** How pods are placed and sized: of all parts, with each part's own laid over it. @default spread where there are two */
    readonly pods?: pulumi.Input<Fields<Partial<Record<HarborPart | "all", PodSettings>>>>;
    /** @default "info" */
    readonly logLevel?: pulumi.Input<"debug" | "info" | "warning" | "error" | "fatal">;
    /** Names of Secrets. @default none */
    readonly imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
    /** Authorities of your own that Harbor trusts: those of the OIDC provider, the database, other registries. PEM. */
    readonly caBundle?: pulumi.Input<string>;
    readonly backup?: HarborBackupArgs;
    /** The chart's own values, laid over ours: every key is held to what the chart reads. */
    readonly values?: pulumi.Input<HarborChartValues>;
    /** @default "harbor" */
    readonly namespace?: pulumi.Input<string>;
    /** Whether the namespace is made here, and goes with `destroy`. Plain. @default true */
    readonly createNamespace?: boolean;
    /** Plain. @default "harbor" */
    readonly releaseName?: string;
    /** Of the chart, exactly. Another one's values are not checked, but told. Plain. @default "1.19.1", which is Harbor 2.15.1 */
    readonly version?: string;
    /** Where the chart is: `oci://…/harbor`, a folder, or a name in `repository`. @default "harbor" */
    readonly chart?: pulumi.Input<string>;
    /** @default "https://helm.goharbor.io" */
    readonly repository?: pulumi.Input<string>;
    /** Seconds that Helm waits for the pods. @default 900 */
    readonly timeoutSeconds?: pulumi.Input<number>;
    /**
     * Whether the release counts as made when Harbor answers at its address that it is healthy, and how many seconds
     * that may take; Helm's own wait knows of pods only. False where this machine cannot reach it. Plain. @default 600
     */
    readonly ready?: false | number;
}
