import type { ChartDatabase, ChartStorage } from "./wish";

/** A bucket at AWS or whatever speaks S3. */
export interface BackupPlace {
    readonly bucket: string;
    /** MinIO takes any: "us-east-1". */
    readonly region: string;
    /** @default AWS's own of the region */
    readonly endpoint?: string;
    /** Everything lies below it. @default "harbor" */
    readonly prefix?: string;
}

/** What is saved, when, and for how long. Schedules are Kubernetes' crons: five fields, not Harbor's six. */
export interface BackupSettings {
    readonly to: BackupPlace;
    /** A dump of the database. @default every night at 1:17, kept 14 days */
    readonly database?: { readonly schedule?: string; readonly keepDays?: number };
    /**
     * A copy of the images, of storage in s3 only; what is removed there is kept that long. After the database, so that
     * whatever a dump names has been copied. False where the bucket has versions or a replica. @default every night at
     * 2:47, kept 14 days
     */
    readonly storage?: { readonly schedule?: string; readonly keepDays?: number } | false;
    /**
     * Whether the newest dump can be restored, with some of the images that it names. The job fails where it cannot, and
     * where that dump is too old. @default every Sunday at 5:07, dumps of 26 hours, 5 blobs
     */
    readonly drill?: { readonly schedule?: string; readonly maxAgeHours?: number; readonly blobs?: number } | false;
    /** IANA's name: "Europe/Berlin". @default the controller's own, mostly UTC */
    readonly timeZone?: string;
    /** What has PostgreSQL's programs, of the server's version or newer. @default "docker.io/library/postgres:17" */
    readonly postgresImage?: string;
    /** @default "docker.io/rclone/rclone:1.71" */
    readonly rcloneImage?: string;
    /** Room for a dump, and for a drill's whole database. @default "20Gi" */
    readonly scratchSize?: string;
    /** An account that may use the bucket without a key. @default the namespace's own */
    readonly serviceAccountName?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
    readonly resources?: Readonly<Record<string, unknown>>;
}

/** What is saved, and the Secrets that its logins are in. */
export interface BackupSource {
    readonly database: ChartDatabase;
    /** Has `password`. */
    readonly databaseSecret: string;
    readonly storage: ChartStorage;
    /** Has REGISTRY_STORAGE_S3_ACCESSKEY and _SECRETKEY. */
    readonly storageSecret?: string;
    /** Has ACCESS_KEY_ID and SECRET_ACCESS_KEY. */
    readonly placeSecret?: string;
    /** Has `ca.crt`: authorities of one's own. */
    readonly caBundle?: string;
}

/** As batch/v1 has it. */
export type CronJobSpec = Readonly<Record<string, unknown>>;
