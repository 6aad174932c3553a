import {
    AUTHORITY,
    age,
    cronJob,
    postgres,
    rclone,
    remote,
    remoteTo,
    STORAGE_KEYS,
    trimmed,
    variables,
} from "./backup-pods";
import { COPY_STORAGE, DUMP, FETCH_DUMP, PROVE_BLOBS, RESTORE_DUMP, UPLOAD_DUMP } from "./backup-scripts";
import type { BackupSettings, BackupSource, CronJobSpec } from "./backup-wish";
import { chartError } from "./error";
import type { ChartS3 } from "./wish";

export interface BackupPlan {
    readonly database: CronJobSpec;
    readonly storage?: CronJobSpec;
    readonly drill?: CronJobSpec;
}

const DAY = 86_400;
const HOUR = 3_600;

/**
 * The CronJobs of the backups, and of the drill that proves them.
 *
 * @throws HarborChartError
 */
export function backupPlan(settings: BackupSettings, source: BackupSource): BackupPlan {
    const s3 = "s3" in source.storage ? source.storage.s3 : undefined;
    checkBackup(settings, s3);
    checkAuthority(source);
    const copied = settings.storage !== false && s3 !== undefined;
    return {
        database: databaseJob(settings, source),
        ...(copied ? { storage: storageJob(settings, source, s3) } : {}),
        ...(settings.drill === false ? {} : { drill: drillJob(settings, source, copied) }),
    };
}

function checkBackup(settings: BackupSettings, s3: ChartS3 | undefined): void {
    const { database = {}, drill, storage, to } = settings;
    if (s3 === undefined && storage !== undefined && storage !== false) {
        throw chartError(
            '"backup.storage" copies storage in s3 only: leave it out, and save the volume or bucket by its own means (docs/harbor-backup.md).',
        );
    }
    if (s3 !== undefined && s3.bucket === to.bucket && s3.endpoint === to.endpoint) {
        throw chartError(
            `"backup.to.bucket" is ${to.bucket}, which has Harbor's images: who loses it loses both. Name another bucket, better in another account.`,
        );
    }
    for (const [name, job] of Object.entries({ database, storage, drill })) {
        const schedule = job ? job.schedule : undefined;
        if (schedule !== undefined && !/^(@(hourly|daily|weekly|monthly)|\S+( \S+){4})$/.test(schedule)) {
            const fields = schedule.split(" ").length === 6 ? " (Harbor's own have six, with the seconds first)" : "";
            throw chartError(
                `"backup.${name}.schedule" is ${JSON.stringify(schedule)}: Kubernetes' have five fields${fields}, such as "17 1 * * *".`,
            );
        }
        const days = job && "keepDays" in job ? job.keepDays : undefined;
        if (days !== undefined && !(days >= 1)) {
            throw chartError(`"backup.${name}.keepDays" is ${days}: give one day or more.`);
        }
    }
}

/** PostgreSQL's client takes no authority of the system's for granted. */
function checkAuthority({ caBundle, database }: BackupSource): void {
    if (database.sslMode?.startsWith("verify-") && caBundle === undefined) {
        throw chartError(
            `"database.sslMode" is ${database.sslMode}, and for backups the server's authority must be known: give it in "caBundle".`,
        );
    }
}

function databaseJob(settings: BackupSettings, source: BackupSource): CronJobSpec {
    const { keepDays = 14, schedule = "17 1 * * *" } = settings.database ?? {};
    const { database, databaseSecret } = source;
    const login = {
        PGHOST: database.host,
        PGPORT: String(database.port ?? 5432),
        PGUSER: database.username,
        PGDATABASE: database.name ?? "registry",
        PGSSLMODE: database.sslMode ?? "require",
        ...(source.caBundle === undefined ? {} : { PGSSLROOTCERT: `${AUTHORITY}/ca.crt` }),
    };
    const password = { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: databaseSecret, key: "password" } } };
    return cronJob(settings, source, schedule, {
        initContainers: [postgres(settings, "dump", DUMP, [...variables(login), password], "/dump")],
        containers: [
            rclone(settings, "upload", UPLOAD_DUMP, [...remoteTo(settings, source), ...age(keepDays * DAY)], "/dump"),
        ],
    });
}

function storageJob(settings: BackupSettings, source: BackupSource, s3: ChartS3): CronJobSpec {
    const { keepDays = 14, schedule = "47 2 * * *" } = settings.storage || {};
    const from = remote("from", s3, source.storageSecret, STORAGE_KEYS);
    const place = variables({ SOURCE: [s3.bucket, ...trimmed(s3.prefix)].join("/") });
    const env = [...from, ...place, ...remoteTo(settings, source), ...age(keepDays * DAY)];
    return cronJob(settings, source, schedule, { containers: [rclone(settings, "copy", COPY_STORAGE, env)] });
}

function drillJob(settings: BackupSettings, source: BackupSource, copied: boolean): CronJobSpec {
    const { blobs = 5, maxAgeHours = 26, schedule = "7 5 * * 0" } = settings.drill || {};
    const to = remoteTo(settings, source);
    const fetch = rclone(settings, "fetch", FETCH_DUMP, [...to, ...age(maxAgeHours * HOUR)], "/drill");
    const restore = postgres(settings, "restore", RESTORE_DUMP, variables({ BLOBS: String(blobs) }), "/drill");
    const prove = rclone(settings, "prove", PROVE_BLOBS, to, "/drill");
    const [initContainers, containers] = copied ? [[fetch, restore], [prove]] : [[fetch], [restore]];
    return cronJob(settings, source, schedule, { initContainers, containers });
}
