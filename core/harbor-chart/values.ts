import { checkChartValues, mergedValues } from "./check-values";
import { exposeValues, externalUrl } from "./expose";
import { CHART_VERSION, type HarborChartValues } from "./keys";
import { metricsValues, partValues } from "./parts";
import { databaseValues, redisValues } from "./servers";
import { persistenceValues } from "./storage";
import { checkTraps } from "./traps";
import type { ChartSecrets, HarborChartWish } from "./wish";

/**
 * The values of Harbor's chart: all that is secret by the names of Secrets, and nothing left to what the chart would make up
 * anew at each upgrade.
 *
 * @param over values of one's own, laid over ours; keys that the chart does not read are refused
 * @param version the chart's; of another minor version nobody knows here which keys it reads
 * @throws HarborChartError with the first mistake
 */
export function harborChartValues(
    wish: HarborChartWish,
    secrets: ChartSecrets,
    over: HarborChartValues = {},
    version: string = CHART_VERSION,
): HarborChartValues {
    if (isKnownVersion(version)) {
        checkChartValues(over);
    }
    const values = mergedValues(ownValues(wish, secrets), over);
    checkTraps(values);
    return values;
}

/** Whether the keys are those of this version, too: patches of the chart change no values. */
export function isKnownVersion(version: string): boolean {
    const minor = (of: string) => of.split(".").slice(0, 2).join(".");
    return minor(version) === minor(CHART_VERSION);
}

function ownValues(wish: HarborChartWish, secrets: ChartSecrets): HarborChartValues {
    const parts = partValues(wish);
    const persistence = persistenceValues(wish.storage, secrets.storage);
    const { imagePullSecrets, logLevel, trivy = true } = wish;
    return {
        expose: exposeValues(wish),
        externalURL: externalUrl(wish.url),
        persistence,
        // With one volume that one pod may have, the old pod must go before the new one comes.
        updateStrategy: { type: ownedByOnePod(persistence) ? "Recreate" : "RollingUpdate" },
        existingSecretAdminPassword: secrets.admin,
        existingSecretAdminPasswordKey: secrets.adminKey,
        existingSecretSecretKey: secrets.keys,
        database: databaseValues(wish.database, secrets.database),
        redis: redisValues(wish.redis, secrets.redis),
        metrics: metricsValues(wish),
        ...(secrets.caBundle === undefined ? {} : { caBundleSecretName: secrets.caBundle }),
        ...(logLevel === undefined ? {} : { logLevel }),
        ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
        ...parts,
        core: {
            ...parts.core,
            existingSecret: secrets.keys,
            secretName: secrets.keys,
            existingXsrfSecret: secrets.keys,
            existingXsrfSecretKey: "CSRF_KEY",
            ...settingsFrom(parts.core, secrets),
        },
        // In the database: files would need a volume that all replicas share.
        jobservice: {
            ...parts.jobservice,
            jobLoggers: ["database"],
            existingSecret: secrets.keys,
            existingSecretKey: "JOBSERVICE_SECRET",
        },
        registry: {
            ...parts.registry,
            existingSecret: secrets.keys,
            existingSecretKey: "REGISTRY_HTTP_SECRET",
            credentials: { existingSecret: secrets.keys },
        },
        trivy: { enabled: trivy, ...parts.trivy },
    };
}

/** The chart's own value for settings is plain; a variable of the pod is over that of its Secret. */
function settingsFrom({ extraEnvVars = [] }: Record<string, unknown>, { settings }: ChartSecrets): object {
    if (settings === undefined) {
        return {};
    }
    const key = "CONFIG_OVERWRITE_JSON";
    const variable = { name: key, valueFrom: { secretKeyRef: { name: settings, key } } };
    return { extraEnvVars: [...(extraEnvVars as readonly unknown[]), variable] };
}

function ownedByOnePod({
    imageChartStorage,
    persistentVolumeClaim,
}: NonNullable<HarborChartValues["persistence"]>): boolean {
    const { accessMode } = persistentVolumeClaim?.registry ?? {};
    return imageChartStorage?.type === "filesystem" && accessMode !== "ReadWriteMany";
}
