import { PARTS, SERVERS } from "./pod-keys";

/**
 * Which keys the chart's values have, and what each takes: `scalar` a text or a number, `map` keys of one's own. The chart
 * brings no schema; test/harbor-chart holds this to the values of the chart itself, key by key, both ways.
 * (goharbor/harbor-helm 1.19, values.yaml and what its templates read)
 */
export const CHART_VERSION = "1.19.1";

const CLAIM = {
    existingClaim: "text",
    storageClass: "text",
    subPath: "text",
    accessMode: "text",
    size: "text",
    annotations: "map",
} as const;
const OWN_TLS = { secretName: "text", crt: "text", key: "text" } as const;
const SCRAPED = { path: "text", port: "scalar" } as const;
const SERVICE = { name: "text", annotations: "map", labels: "map" } as const;
const HTTP_PORTS = { httpPort: "scalar", httpsPort: "scalar" } as const;

const EXPOSE = {
    type: "text",
    tls: { enabled: "flag", certSource: "text", auto: { commonName: "text" }, secret: { secretName: "text" } },
    ingress: {
        hosts: { core: "text" },
        controller: "text",
        kubeVersionOverride: "text",
        className: "text",
        annotations: "map",
        labels: "map",
    },
    route: { labels: "map", annotations: "map", parentRefs: "list", hosts: "list" },
    clusterIP: { ...SERVICE, staticClusterIP: "text", ports: HTTP_PORTS },
    nodePort: {
        ...SERVICE,
        ports: { http: { port: "scalar", nodePort: "scalar" }, https: { port: "scalar", nodePort: "scalar" } },
    },
    loadBalancer: { ...SERVICE, IP: "text", ports: HTTP_PORTS, sourceRanges: "list" },
} as const;

const STORAGE = {
    disableredirect: "flag",
    caBundleSecretName: "text",
    type: "text",
    filesystem: { rootdirectory: "text", maxthreads: "scalar" },
    azure: { accountname: "text", accountkey: "text", container: "text", realm: "text", existingSecret: "text" },
    gcs: {
        bucket: "text",
        encodedkey: "text",
        rootdirectory: "text",
        chunksize: "scalar",
        existingSecret: "text",
        useWorkloadIdentity: "flag",
    },
    s3: {
        existingSecret: "text",
        region: "text",
        bucket: "text",
        accesskey: "text",
        secretkey: "text",
        regionendpoint: "text",
        encrypt: "flag",
        keyid: "text",
        secure: "flag",
        skipverify: "flag",
        v4auth: "flag",
        chunksize: "scalar",
        rootdirectory: "text",
        storageclass: "text",
        multipartcopychunksize: "scalar",
        multipartcopymaxconcurrency: "scalar",
        multipartcopythresholdsize: "scalar",
    },
    swift: "map",
    oss: "map",
} as const;

const COMPONENT_TLS = ["core", "jobservice", "registry", "portal", "trivy"] as const;
type ComponentTls = (typeof COMPONENT_TLS)[number];

export const CHART_KEYS = {
    expose: EXPOSE,
    externalURL: "text",
    persistence: {
        enabled: "flag",
        resourcePolicy: "text",
        persistentVolumeClaim: {
            registry: CLAIM,
            jobservice: { jobLog: CLAIM },
            database: CLAIM,
            redis: CLAIM,
            trivy: CLAIM,
        },
        imageChartStorage: STORAGE,
    },
    existingSecretAdminPassword: "text",
    existingSecretAdminPasswordKey: "text",
    harborAdminPassword: "text",
    internalTLS: {
        enabled: "flag",
        strong_ssl_ciphers: "flag",
        certSource: "text",
        trustCa: "text",
        ...(Object.fromEntries(COMPONENT_TLS.map((name) => [name, OWN_TLS])) as Record<ComponentTls, typeof OWN_TLS>),
    },
    ipFamily: { ipv6: { enabled: "flag" }, ipv4: { enabled: "flag" }, policy: "text", families: "list" },
    imagePullPolicy: "text",
    imagePullSecrets: "list",
    updateStrategy: { type: "text" },
    logLevel: "text",
    caSecretName: "text",
    secretKey: "text",
    existingSecretSecretKey: "text",
    proxy: { httpProxy: "text", httpsProxy: "text", noProxy: "text", components: "list" },
    enableMigrateHelmHook: "flag",
    caBundleSecretName: "text",
    uaaSecretName: "text",
    nameOverride: "text",
    fullnameOverride: "text",
    metrics: {
        enabled: "flag",
        core: SCRAPED,
        registry: SCRAPED,
        jobservice: SCRAPED,
        exporter: SCRAPED,
        serviceMonitor: {
            enabled: "flag",
            additionalLabels: "map",
            interval: "text",
            metricRelabelings: "list",
            relabelings: "list",
        },
    },
    trace: {
        enabled: "flag",
        provider: "text",
        sample_rate: "scalar",
        namespace: "text",
        attributes: "map",
        jaeger: { endpoint: "text", username: "text", password: "text", agent_host: "text", agent_port: "scalar" },
        otel: { endpoint: "text", url_path: "text", compression: "flag", insecure: "flag", timeout: "scalar" },
    },
    cache: { enabled: "flag", expireHours: "scalar" },
    containerSecurityContext: "map",
    ...PARTS,
    ...SERVERS,
} as const;

type ValueOf<Shape> = Shape extends "text"
    ? string
    : Shape extends "flag"
      ? boolean
      : Shape extends "scalar"
        ? string | number
        : Shape extends "list"
          ? readonly unknown[]
          : Shape extends "map"
            ? Readonly<Record<string, unknown>>
            : { readonly [Key in keyof Shape]?: ValueOf<Shape[Key]> | null };

/** Values of the chart. `null` takes a default of the chart's away, as in Helm. */
export type HarborChartValues = ValueOf<typeof CHART_KEYS>;
