import type { BackupPlace, BackupSettings, BackupSource, CronJobSpec } from "./backup-wish";

const DAY = 86_400;
const HOUR = 3_600;

type Variable = Readonly<Record<string, unknown>>;
type Container = Readonly<Record<string, unknown>>;

/** Where pods have the authorities. */
export const AUTHORITY = "/authority";
export const STORAGE_KEYS = ["REGISTRY_STORAGE_S3_ACCESSKEY", "REGISTRY_STORAGE_S3_SECRETKEY"] as const;
const PLACE_KEYS = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"] as const;

export function variables(values: Readonly<Record<string, string>>): Variable[] {
    return Object.entries(values).map(([name, value]) => ({ name, value }));
}

export const age = (seconds: number): Variable[] => variables({ MAX_AGE: String(seconds) });
export const trimmed = (prefix: string | undefined): string[] =>
    (prefix ?? "").split("/").filter((part) => part !== "");

export function remoteTo({ to }: BackupSettings, { placeSecret }: BackupSource): Variable[] {
    const place = [to.bucket, ...trimmed(to.prefix ?? "harbor")].join("/");
    return [...remote("to", to, placeSecret, PLACE_KEYS), ...variables({ PLACE: place })];
}

/** A remote of rclone's in variables. (rclone.org/docs, "Environment variables") */
export function remote(
    name: string,
    { endpoint, region }: Pick<BackupPlace, "endpoint" | "region">,
    secret: string | undefined,
    [id, key]: readonly [string, string],
): Variable[] {
    const prefix = `RCLONE_CONFIG_${name.toUpperCase()}`;
    const settings = {
        [`${prefix}_TYPE`]: "s3",
        [`${prefix}_PROVIDER`]: endpoint === undefined ? "AWS" : "Other",
        [`${prefix}_REGION`]: region,
        [`${prefix}_NO_CHECK_BUCKET`]: "true",
        ...(endpoint === undefined ? {} : { [`${prefix}_ENDPOINT`]: endpoint }),
        ...(secret === undefined ? { [`${prefix}_ENV_AUTH`]: "true" } : {}),
    };
    const from = (variable: string, secretKey: string): Variable[] =>
        secret === undefined
            ? []
            : [{ name: `${prefix}_${variable}`, valueFrom: { secretKeyRef: { name: secret, key: secretKey } } }];
    return [...variables(settings), ...from("ACCESS_KEY_ID", id), ...from("SECRET_ACCESS_KEY", key)];
}

export function postgres(
    settings: BackupSettings,
    name: string,
    script: string,
    env: Variable[],
    work?: string,
): Container {
    return container(settings, name, settings.postgresImage ?? "docker.io/library/postgres:17", script, env, work);
}

export function rclone(
    settings: BackupSettings,
    name: string,
    script: string,
    env: Variable[],
    work?: string,
): Container {
    const image = settings.rcloneImage ?? "docker.io/rclone/rclone:1.71";
    // Beside the image's own authorities; an empty folder where there are no others.
    const own = variables({ RCLONE_CONFIG: "/tmp/rclone.conf", RCLONE_CACHE_DIR: "/tmp", SSL_CERT_DIR: AUTHORITY });
    return container(settings, name, image, script, [...own, ...env], work);
}

function container(
    { resources }: BackupSettings,
    name: string,
    image: string,
    script: string,
    env: Variable[],
    work?: string,
): Container {
    const mounts = [["tmp", "/tmp"], ["authority", AUTHORITY], ...(work === undefined ? [] : [["scratch", work]])];
    return {
        name,
        image,
        command: ["sh", "-c", script],
        env,
        volumeMounts: mounts.map(([volume, mountPath]) => ({ name: volume, mountPath })),
        securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        },
        ...(resources === undefined ? {} : { resources }),
    };
}

const authority = (secretName: string) => ({ secret: { secretName, items: [{ key: "ca.crt", path: "ca.crt" }] } });

/** The user of PostgreSQL's image, which its server must run as. */
const USER = 999;

export function cronJob(
    settings: BackupSettings,
    { caBundle }: BackupSource,
    schedule: string,
    containers: object,
): CronJobSpec {
    const { nodeSelector, scratchSize = "20Gi", serviceAccountName, timeZone, tolerations } = settings;
    const given = Object.entries({ nodeSelector, serviceAccountName, tolerations });
    return {
        schedule,
        ...(timeZone === undefined ? {} : { timeZone }),
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: HOUR,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
            spec: {
                backoffLimit: 2,
                activeDeadlineSeconds: DAY,
                template: {
                    spec: {
                        restartPolicy: "Never",
                        automountServiceAccountToken: false,
                        enableServiceLinks: false,
                        securityContext: {
                            runAsNonRoot: true,
                            runAsUser: USER,
                            runAsGroup: USER,
                            fsGroup: USER,
                            seccompProfile: { type: "RuntimeDefault" },
                        },
                        ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
                        ...containers,
                        volumes: [
                            { name: "tmp", emptyDir: {} },
                            { name: "authority", ...(caBundle === undefined ? { emptyDir: {} } : authority(caBundle)) },
                            { name: "scratch", emptyDir: { sizeLimit: scratchSize } },
                        ],
                    },
                },
            },
        },
    };
}
