import { chartError } from "./error";
import type { HarborChartValues } from "./keys";
import type { ChartGcs, ChartS3, ChartStorage, ChartVolume } from "./wish";

type Persistence = NonNullable<HarborChartValues["persistence"]>;
type ImageStorage = NonNullable<Persistence["imageChartStorage"]>;

/** Where images are kept. Claims of the registry's volume outlive the release: the chart's `resourcePolicy` is `keep`. */
export function persistenceValues(storage: ChartStorage, secret: string | undefined): Persistence {
    const kinds = Object.keys(storage);
    if (kinds.length !== 1) {
        throw chartError(`"storage" has ${kinds.join(" and ") || "nothing"}: give one of s3, azure, gcs and volume.`);
    }
    if ("volume" in storage) {
        const { claim } = volumeValues(storage.volume);
        return { enabled: true, imageChartStorage: { type: "filesystem" }, persistentVolumeClaim: { registry: claim } };
    }
    return { enabled: true, imageChartStorage: objectStorage(storage, secret) };
}

function objectStorage(
    storage: Exclude<ChartStorage, { readonly volume: ChartVolume }>,
    secret: string | undefined,
): ImageStorage {
    const existing = secret === undefined ? {} : { existingSecret: secret };
    if ("s3" in storage) {
        const { endpoint, redirect = endpoint === undefined } = storage.s3;
        return { type: "s3", disableredirect: !redirect, s3: { ...s3Values(storage.s3), ...existing } };
    }
    if ("azure" in storage) {
        const { accountName, container, realm } = storage.azure;
        const azure = { accountname: accountName, container, ...(realm === undefined ? {} : { realm }), ...existing };
        return { type: "azure", azure };
    }
    return { type: "gcs", gcs: { ...gcsValues(storage.gcs, secret), ...existing } };
}

function s3Values(s3: ChartS3): ImageStorage["s3"] {
    const { bucket, encrypt, endpoint, kmsKey, prefix, region, storageClass } = s3;
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
        throw chartError(`"storage.s3.bucket" is ${JSON.stringify(bucket)}, which is no name of a bucket.`);
    }
    if (endpoint !== undefined && !/^https?:\/\/[^/?#@]+\/?$/.test(endpoint)) {
        throw chartError(
            `"storage.s3.endpoint" is ${JSON.stringify(endpoint)}: give an address without a path, such as https://minio.example.com:9000.`,
        );
    }
    if (kmsKey !== undefined && encrypt !== true) {
        throw chartError('"storage.s3.kmsKey" counts with "storage.s3.encrypt": true only.');
    }
    return {
        bucket,
        region,
        ...(endpoint === undefined ? {} : { regionendpoint: endpoint, secure: endpoint.startsWith("https:") }),
        ...(prefix === undefined ? {} : { rootdirectory: `/${prefix.replace(/^\/+|\/+$/g, "")}` }),
        ...(encrypt === undefined ? {} : { encrypt }),
        ...(kmsKey === undefined ? {} : { keyid: kmsKey }),
        ...(storageClass === undefined ? {} : { storageclass: storageClass }),
    };
}

function gcsValues(
    { bucket, prefix, workloadIdentity = false }: ChartGcs,
    secret: string | undefined,
): ImageStorage["gcs"] {
    if (!workloadIdentity && secret === undefined) {
        throw chartError('"storage.gcs" needs a key, an existing Secret, or workloadIdentity: true.');
    }
    return {
        bucket,
        useWorkloadIdentity: workloadIdentity,
        ...(prefix === undefined ? {} : { rootdirectory: `/${prefix}` }),
    };
}

function volumeValues({ accessMode = "ReadWriteOnce", existingClaim, size, storageClass }: ChartVolume) {
    if (!/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|Pi|[kMGTP])?$/.test(size)) {
        throw chartError(`"storage.volume.size" is ${JSON.stringify(size)}: give a quantity, such as 500Gi.`);
    }
    const claim = {
        size,
        accessMode,
        ...(storageClass === undefined ? {} : { storageClass }),
        ...(existingClaim === undefined ? {} : { existingClaim }),
    };
    return { claim };
}
