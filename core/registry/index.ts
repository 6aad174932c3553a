export { apiDispatcher } from "./api-dispatcher";
export type { Blob, BlobRange, GetBlobOptions } from "./blobs";
export { RegistryClient } from "./client";
export { AwsTokens } from "./credentials/aws-tokens";
export type { Credential } from "./credentials/credential";
export { isNamedCredentials, type NamedCredentials } from "./credentials/named-credentials";
export type { EcrReplicationStatus } from "./ecr-replication";
export { isBlobGone, isGone, RegistryError, type RegistryErrorCode, type RegistryErrorDetails } from "./errors";
export { type Latency, LatencyHistogram, mergeLatencies } from "./http/latency-histogram";
export { giveBack, share } from "./http/lent-buffers";
export { Pacers } from "./http/pacer";
export type { PullAccount, PullReservation } from "./http/pull-account";
export { PullAccounts } from "./http/pull-meter";
export type { RateLimit } from "./http/rate-limit";
export type { RegistryStats } from "./http/stats";
export type { ManifestInfo, PutResult } from "./manifests";
export { RegistryPool } from "./pool";
export type { Quirks } from "./quirks";
export { redactText, redactUrl } from "./redact";
export { fallbackTag } from "./referrers-tag";
export type { BlobToRead, ReadBlobOptions } from "./resumed-read";
export {
    type ClientEnvironment,
    type CredentialSource,
    type RegistryKind,
    type RegistrySettings,
    type RetrySettings,
    sleep,
} from "./settings";
export { sharedByPools } from "./shared-by-pools";
export type { BlobToUpload } from "./upload-session";
export type { OpenSource } from "./upload-source";
export type { UploadOptions } from "./uploads";
