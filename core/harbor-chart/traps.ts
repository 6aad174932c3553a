import { isObject } from "./check-values";
import { chartError } from "./error";
import type { HarborChartValues } from "./keys";

/**
 * What an operator finds out at three in the morning, found in the values as they are after every override.
 *
 * @throws HarborChartError
 */
export function checkTraps(values: HarborChartValues): void {
    for (const trap of [ownServers, plainSecrets, sharedVolume, sharedLogs, budgets]) {
        trap(values);
    }
}

function ownServers({ database, redis }: HarborChartValues): void {
    for (const [name, type] of [
        ["database", database?.type],
        ["redis", redis?.type],
    ]) {
        if (type === "internal") {
            throw chartError(
                `Chart value ${name}.type is internal: that server is one pod without replicas or backups, and Harbor is down whenever it is.`,
            );
        }
    }
}

/** Where the chart would take a secret as a plain value, which is then in the stack's state, and what has it instead. */
const PLAIN_SECRETS: readonly (readonly [string, string])[] = [
    ["harborAdminPassword", "admin.password"],
    ["secretKey", "keys.secretKey"],
    ["database.external.password", "database.password"],
    ["database.internal.password", "database.password"],
    ["redis.external.password", "redis.password"],
    ["core.secret", "keys"],
    ["core.tokenKey", "keys"],
    ["core.xsrfKey", "keys"],
    ["core.configureUserSettings", "oidc and settings"],
    ["jobservice.secret", "keys"],
    ["registry.secret", "keys"],
    ["registry.credentials.password", "keys"],
    ["registry.credentials.htpasswdString", "keys"],
    ["persistence.imageChartStorage.s3.accesskey", "storage.s3.accessKey"],
    ["persistence.imageChartStorage.s3.secretkey", "storage.s3.secretKey"],
    ["persistence.imageChartStorage.azure.accountkey", "storage.azure.accountKey"],
    ["persistence.imageChartStorage.gcs.encodedkey", "storage.gcs.key"],
];

function plainSecrets(values: HarborChartValues): void {
    for (const [path, argument] of PLAIN_SECRETS) {
        if (valueAt(values, path)) {
            throw chartError(
                `Chart value ${path} would lie in the stack's state and in Helm's: give it by the argument ${argument}, which keeps it in a Secret.`,
            );
        }
    }
}

function sharedVolume({ core, persistence, registry, updateStrategy }: HarborChartValues): void {
    const { accessMode } = persistence?.persistentVolumeClaim?.registry ?? {};
    if (persistence?.imageChartStorage?.type !== "filesystem") {
        return;
    }
    if (persistence.enabled === false) {
        throw chartError("Chart value persistence.enabled is false: images would be gone with the registry's pod.");
    }
    const alone = accessMode !== "ReadWriteMany";
    if (alone && Number(registry?.replicas ?? 1) > 1) {
        throw chartError(
            `The registry has ${registry?.replicas} replicas on a volume that is ${accessMode}: the second one would never start, or see none of the first one's images. Keep images in s3, azure or gcs, use a ReadWriteMany volume, or set replicas.registry to 1.`,
        );
    }
    if (alone && updateStrategy?.type !== "Recreate") {
        throw chartError(
            `Chart value updateStrategy.type is ${updateStrategy?.type ?? "RollingUpdate"} with a volume that is ${accessMode}: an upgrade would wait for ever for the old pod to let go. Leave it out.`,
        );
    }
    if (!alone && updateStrategy?.type === "Recreate" && Number(core?.replicas ?? 1) > 1) {
        throw chartError(
            "Chart value updateStrategy.type is Recreate with a ReadWriteMany volume: every upgrade would stop all registries for nothing. Leave it out.",
        );
    }
}

function sharedLogs({ jobservice, persistence }: HarborChartValues): void {
    const { accessMode = "ReadWriteOnce" } = persistence?.persistentVolumeClaim?.jobservice?.jobLog ?? {};
    const inFiles = jobservice?.jobLoggers?.includes("file") === true;
    if (inFiles && Number(jobservice?.replicas ?? 1) > 1 && accessMode !== "ReadWriteMany") {
        throw chartError(
            `The job service has ${jobservice?.replicas} replicas and keeps its logs in files on a volume that is ${accessMode}: leave jobservice.jobLoggers out, which keeps them in the database.`,
        );
    }
}

function budgets(values: HarborChartValues): void {
    for (const [part, value] of Object.entries<unknown>(values)) {
        const { podDisruptionBudget, replicas = 1 } = isObject(value) ? value : {};
        if (!isObject(podDisruptionBudget) || podDisruptionBudget.enabled !== true) {
            continue;
        }
        const { maxUnavailable, minAvailable } = podDisruptionBudget;
        if (minAvailable && maxUnavailable) {
            throw chartError(
                `Chart value ${part}.podDisruptionBudget has both minAvailable and maxUnavailable: set one of them to null.`,
            );
        }
        if (typeof minAvailable === "number" && Number(replicas) > 1 && minAvailable >= Number(replicas)) {
            throw chartError(
                `Chart value ${part}.podDisruptionBudget.minAvailable is ${minAvailable} of ${replicas} replicas: no node with one of them could ever be drained.`,
            );
        }
    }
}

function valueAt(values: unknown, path: string): unknown {
    return path.split(".").reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), values);
}
