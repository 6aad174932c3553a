export type {
    EcrRight,
    Encryption,
    KeyEncryption,
    LifecycleRule,
    Mutability,
    PolicyCondition,
    PolicyStatement,
    Principal,
    PublicCatalogData,
    PublicRepositoryPrincipals,
    RepositoryPrincipals,
    ServicePrincipal,
} from "../../core/ecr";
export {
    type EcrCreationTemplateArgs,
    EcrCreationTemplates,
    type EcrCreationTemplatesArgs,
} from "./creation-templates";
export { EcrAccess } from "./ecr-access";
export type { EcrAccessArgs, EcrRoleArgs, TrustedRunsArgs } from "./ecr-access-args";
export {
    EcrAccountSettings,
    type EcrAccountSettingsArgs,
    type RegistryScanningArgs,
    type ScanningRuleArgs,
} from "./ecr-account-settings";
export { EcrPublicRepositories } from "./ecr-public-repositories";
export type { EcrPublicRepositoriesArgs, PublicRepositorySettingsArgs } from "./ecr-public-repositories-args";
export {
    EcrRegistryPolicy,
    type EcrRegistryPolicyArgs,
    type PullThroughGrantArgs,
    type ReplicationSourceArgs,
} from "./ecr-registry-policy";
export { EcrReplication } from "./ecr-replication";
export type {
    EcrBackfillArgs,
    EcrDestinationArgs,
    EcrReplicationArgs,
    EcrReplicationRuleArgs,
} from "./ecr-replication-args";
export { EcrRepositories } from "./ecr-repositories";
export type {
    EcrRepositoriesArgs,
    MadeRepository,
    RepositorySettingsArgs,
    Scanning,
} from "./ecr-repositories-args";
export type { ExistingArgs } from "./existing";
export { EcrPriming, type EcrPrimingArgs } from "./priming";
export { type ByTag, type EcrCachedUpstream, EcrPullThroughCache } from "./pull-through-cache";
export type { EcrPrimeArgs, EcrPullThroughCacheArgs, EcrUpstreamArgs } from "./pull-through-cache-args";
export type { EcrPlace } from "./registry-place";
export type { EcrTemplateArgs, EcrTemplateEncryption } from "./template-args";
export type { EcrUpstreamCredentials } from "./upstream-credentials";
