export type { HarborObjectArgs } from "./harbor-args";
export { HarborImmutableTags, type HarborImmutableTagsArgs } from "./harbor-immutable-tags";
export { HarborLabel, type HarborLabelArgs } from "./harbor-label";
export { type HarborGroup, HarborMember, type HarborMemberArgs, type HarborRole } from "./harbor-member";
export { HarborMirror, type HarborMirrorLeft, type HarborMirrorRule } from "./harbor-mirror";
export type {
    HarborMirrorArgs,
    HarborMirrorCacheArgs,
    HarborMirrorGarbageArgs,
    HarborMirrorProjectArgs,
    HarborMirrorReplicationArgs,
    HarborMirrorRetentionArgs,
    HarborMirrorRobotArgs,
    HarborMirrorSourceArgs,
} from "./harbor-mirror-args";
export type { HarborPattern } from "./harbor-pattern";
export { HarborPreheat, type HarborPreheatArgs } from "./harbor-preheat";
export {
    HarborProject,
    type HarborProjectArgs,
    type HarborProxyCacheArgs,
    type HarborSeverity,
} from "./harbor-project";
export { HarborQuota, type HarborQuotaArgs } from "./harbor-quota";
export {
    HarborRegistryEndpoint,
    type HarborRegistryEndpointArgs,
    type HarborRegistryType,
} from "./harbor-registry-endpoint";
export { HarborRelease } from "./harbor-release";
export type {
    HarborBackupArgs,
    HarborDatabaseArgs,
    HarborOidcArgs,
    HarborRedisArgs,
    HarborReleaseArgs,
    HarborStorageArgs,
    HarborTlsArgs,
} from "./harbor-release-args";
export {
    HarborReplication,
    type HarborReplicationArgs,
    type HarborReplicationChoice,
    type HarborReplicationFilters,
    type HarborReplicationTrigger,
} from "./harbor-replication";
export {
    HarborRetention,
    type HarborRetentionArgs,
    type HarborRetentionKeep,
    type HarborRetentionRule,
} from "./harbor-retention";
export {
    type HarborAccess,
    type HarborRight,
    HarborRobot,
    type HarborRobotArgs,
    type HarborRobotScope,
} from "./harbor-robot";
export { HarborSchedule, type HarborScheduleArgs } from "./harbor-schedule";
export { HarborWebhook, type HarborWebhookArgs, type HarborWebhookEvent } from "./harbor-webhook";
