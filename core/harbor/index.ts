export { HarborClient, type Robot } from "./client";
export type { HarborAccess } from "./connection";
export { HarborError } from "./errors";
export { findRobot } from "./find-robot";
export { Harbor } from "./harbor";
export type { ImmutableTagRule, ImmutableTagRuleWish } from "./immutable-tag-rules";
export type { Label, LabelWish } from "./labels";
export type { ProjectMember, ProjectMemberWish } from "./members";
export type { PreheatInstance, PreheatPolicy } from "./preheat";
export type { NewProject, Project, ProjectMetadata, ProjectWish } from "./projects";
export type { Quota } from "./quotas";
export type { NewRegistryEndpoint, RegistryEndpoint, RegistryEndpointWish, RegistryPing } from "./registries";
export type { ReplicationExecution, ReplicationTask } from "./replication-executions";
export type { ReplicationPolicy, ReplicationPolicyWish } from "./replication-policies";
export {
    type HarborRetentionRule,
    lineOfRule,
    type RetentionKeep,
    type RetentionRule,
    scopeOf,
    toHarborRule,
} from "./retention-rule";
export type { RetentionPolicy, RetentionPolicyWish } from "./retentions";
export { newRobotSecret } from "./robot-secret";
export type { NewRobotAccount, RobotAccount, RobotGrants, RobotPermission, RobotWish } from "./robots";
export type { Schedule, ScheduledJob, ScheduleWish } from "./schedules";
export {
    EVERY,
    type Pattern,
    repositoriesOf,
    repositorySelector,
    type Selector,
    tagSelector,
    tagsOf,
} from "./selectors";
export type { WebhookPolicy, WebhookPolicyWish } from "./webhooks";
