/** What Harbor's Helm chart is told, without asking Helm or Kubernetes: pure, so that mistakes are found before anything is built. */
export { type BackupPlan, backupPlan } from "./backup";
export type { BackupPlace, BackupSettings, CronJobSpec } from "./backup-wish";
export { checkCertificate } from "./certificate";
export { valueProblems } from "./check-values";
export { chartError, HarborChartError } from "./error";
export { externalUrl, hostOf } from "./expose";
export { CHART_KEYS, CHART_VERSION, type HarborChartValues } from "./keys";
export { checkAdminPassword, checkSecretKey, type HarborOidc, oidcSettings } from "./login";
export { harborChartValues, isKnownVersion } from "./values";
export type {
    ChartAzure,
    ChartDatabase,
    ChartGateway,
    ChartGcs,
    ChartIngress,
    ChartMetrics,
    ChartRedis,
    ChartS3,
    ChartSecrets,
    ChartTls,
    ChartVolume,
    HarborChartWish,
    HarborPart,
    PodSettings,
} from "./wish";
