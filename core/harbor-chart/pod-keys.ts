/** What the values of each of Harbor's parts have: see keys.ts. */
const PROBE = {
    failureThreshold: "scalar",
    initialDelaySeconds: "scalar",
    periodSeconds: "scalar",
    successThreshold: "scalar",
    timeoutSeconds: "scalar",
} as const;
const PROBES = { livenessProbe: PROBE, readinessProbe: PROBE } as const;
const IMAGE = { repository: "text", tag: "scalar" } as const;
const IDENTITY = { serviceAccountName: "text", automountServiceAccountToken: "flag" } as const;
const PLACING = { nodeSelector: "map", tolerations: "list", affinity: "map", priorityClassName: "text" } as const;
const POD_MARKS = { podAnnotations: "map", podLabels: "map" } as const;
const REPLICATED = {
    replicas: "scalar",
    podDisruptionBudget: { enabled: "flag", minAvailable: "scalar", maxUnavailable: "scalar" },
    revisionHistoryLimit: "scalar",
    topologySpreadConstraints: "list",
} as const;
const POD = {
    image: IMAGE,
    ...IDENTITY,
    ...PLACING,
    ...POD_MARKS,
    ...REPLICATED,
    ...PROBES,
    resources: "map",
    extraEnvVars: "list",
} as const;
const { revisionHistoryLimit: _history, ...STATEFUL_POD } = POD;
const {
    image: _image,
    livenessProbe: _live,
    readinessProbe: _ready,
    resources: _own,
    extraEnvVars: _env,
    ...PODS
} = POD;
const CONTAINER = { image: IMAGE, ...PROBES, resources: "map", extraEnvVars: "list" } as const;
export const PARTS = {
    nginx: POD,
    portal: { ...POD, serviceAnnotations: "map", initContainers: "list" },
    core: {
        ...POD,
        startupProbe: { ...PROBE, enabled: "flag" },
        serviceAnnotations: "map",
        initContainers: "list",
        configureUserSettings: "text",
        quotaUpdateProvider: "text",
        secret: "text",
        existingSecret: "text",
        secretName: "text",
        tokenKey: "text",
        tokenCert: "text",
        xsrfKey: "text",
        existingXsrfSecret: "text",
        existingXsrfSecretKey: "text",
        artifactPullAsyncFlushDuration: "scalar",
        gcTimeWindowHours: "scalar",
        gdpr: { deleteUser: "flag", auditLogsCompliant: "flag" },
    },
    jobservice: {
        ...POD,
        initContainers: "list",
        maxJobWorkers: "scalar",
        jobLoggers: "list",
        loggerSweeperDuration: "scalar",
        notification: { webhook_job_max_retry: "scalar", webhook_job_http_client_timeout: "scalar" },
        reaper: { max_update_hours: "scalar", max_dangling_hours: "scalar" },
        secret: "text",
        existingSecret: "text",
        existingSecretKey: "text",
        registryHttpClientTimeout: "scalar",
    },
    registry: {
        ...PODS,
        registry: CONTAINER,
        controller: CONTAINER,
        initContainers: "list",
        secret: "text",
        existingSecret: "text",
        existingSecretKey: "text",
        relativeurls: "flag",
        credentials: { username: "text", password: "text", existingSecret: "text", htpasswdString: "text" },
        middleware: { enabled: "flag", type: "text", cloudFront: "map" },
        upload_purging: { enabled: "flag", age: "text", interval: "text", dryrun: "flag" },
    },
    trivy: {
        ...STATEFUL_POD,
        enabled: "flag",
        initContainers: "list",
        debugMode: "flag",
        vulnType: "text",
        severity: "text",
        ignoreUnfixed: "flag",
        insecure: "flag",
        gitHubToken: "text",
        skipUpdate: "flag",
        skipJavaDBUpdate: "flag",
        dbRepository: "list",
        javaDBRepository: "list",
        offlineScan: "flag",
        securityCheck: "text",
        timeout: "text",
    },
    exporter: { ...POD, cacheDuration: "scalar", cacheCleanInterval: "scalar" },
} as const;

const REDIS_INDEXES = {
    jobserviceDatabaseIndex: "scalar",
    registryDatabaseIndex: "scalar",
    trivyAdapterIndex: "scalar",
    harborDatabaseIndex: "scalar",
    cacheLayerDatabaseIndex: "scalar",
} as const;
/** A server of the chart's own, for who tries it out. */
const OWN_SERVER = {
    image: IMAGE,
    ...IDENTITY,
    ...PLACING,
    ...PROBES,
    resources: "map",
    extraEnvVars: "list",
} as const;

export const SERVERS = {
    database: {
        type: "text",
        internal: {
            ...OWN_SERVER,
            extrInitContainers: "list",
            password: "text",
            shmSizeLimit: "scalar",
            initContainer: { migrator: "map", permissions: "map" },
        },
        external: {
            host: "text",
            port: "scalar",
            username: "text",
            password: "text",
            coreDatabase: "text",
            existingSecret: "text",
            sslmode: "text",
        },
        maxIdleConns: "scalar",
        maxOpenConns: "scalar",
        ...POD_MARKS,
    },
    redis: {
        type: "text",
        internal: { ...OWN_SERVER, ...REDIS_INDEXES, initContainers: "list" },
        external: {
            addr: "text",
            sentinelMasterSet: "text",
            tlsOptions: { enable: "flag" },
            coreDatabaseIndex: "scalar",
            ...REDIS_INDEXES,
            username: "text",
            password: "text",
            existingSecret: "text",
        },
        ...POD_MARKS,
    },
} as const;
