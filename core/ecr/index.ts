/** What ECR's names, limits and documents are, without asking it: pure, so that components may check before anything is built. */
export { type AccessPolicy, accessPolicy, ECR_RIGHTS, type EcrRight } from "./access-policy";
export {
    type AccountSetting,
    basicScanType,
    blobMounting,
    MOST_PULL_TIME_EXCLUSIONS,
    pullTimeExclusion,
    registryPolicyScope,
} from "./account-settings";
export { type BackfillDestination, type BackfillRule, backfillCatalog, backfillName } from "./backfill";
export { CACHE_LIFECYCLE, UNTAGGED_LIFECYCLE } from "./cache-lifecycle";
export { type CachedImage, cachedImages, cachedReference, checkNoTargetBelow } from "./cached-images";
export {
    ANYWHERE,
    type CreationTemplate,
    type CreationTemplateWish,
    creationTemplate,
    needsTemplateRole,
    type TemplateFor,
} from "./creation-template";
export {
    type Encryption,
    type EncryptionConfiguration,
    encryptionConfiguration,
    encryptionProblem,
    type KeyEncryption,
} from "./encryption";
export { EcrError, ecrError } from "./error";
export { HELD_TAG_PATTERN, lifecyclePolicy } from "./lifecycle-policy";
export { type LifecycleRisk, lifecycleRisks } from "./lifecycle-risk";
export type {
    ArchiveRule,
    CustomRule,
    ExpireArchivedRule,
    ExpireRule,
    KeepNewestRule,
    KeepRule,
    LifecycleDocument,
    LifecycleDocumentRule,
    LifecycleRule,
    RuleImages,
} from "./lifecycle-rules";
export {
    POLICY_CHARACTERS,
    type PolicyCondition,
    type PolicyDocument,
    type PolicyStatement,
} from "./policy-document";
export { isBelow, ROOT } from "./prefixes";
export { type PrimingChoice, primingCatalog } from "./priming-catalog";
export type { Principal, ServicePrincipal } from "./principals";
export {
    checkPublicCatalogData,
    type PublicArchitecture,
    type PublicCatalogData,
    type PublicOperatingSystem,
} from "./public-catalog-data";
export { type PublicRepositoryPrincipals, publicRepositoryPolicy } from "./public-repository-policy";
export {
    cachedRepository,
    MAXIMUM_RULES,
    type PullThroughRule,
    type PullThroughWish,
    pullThroughRule,
    pullThroughRules,
} from "./pull-through-rule";
export { type PullThroughGrant, type RegistryGrants, type ReplicationSource, registryPolicy } from "./registry-policy";
export {
    type RegistryScanning,
    registryScanning,
    type ScanFrequency,
    type ScanningConfiguration,
} from "./registry-scanning";
export {
    checkReplication,
    destinationHost,
    isReplicated,
    overlappingPrefixes,
    REPLICATION_LIMITS,
    type ReplicationDestination,
    type ReplicationRule,
    type ReplicationRuleDefinition,
    replicationRules,
} from "./replication";
export {
    type EcrRegistry,
    ecrRegistryOf,
    repositoryNameAt,
    repositoryNameProblem,
    type WantedRepository,
    wantedRepositories,
} from "./repositories";
export {
    checkRepositoryPrincipals,
    type PolicyPlace,
    type RepositoryPrincipals,
    repositoryPolicy,
} from "./repository-policy";
export {
    type Mutability,
    type StuckTags,
    stuckTags,
    type TagMutability,
    type TagMutabilitySettings,
    tagMutability,
} from "./tag-mutability";
export { TEMPLATE_ROLE_TRUST, type TemplateRoleWish, templateRolePolicy } from "./template-role";
export {
    audienceOf,
    GITHUB_ISSUER,
    issuerName,
    type TrustOptions,
    type TrustPolicy,
    trustPolicy,
} from "./trust-policy";
export { type TrustedRuns, trustedSubjects } from "./trusted-subjects";
export {
    SECRET_PREFIX,
    secretArnProblem,
    type UpstreamLogin,
    upstreamSecret,
    upstreamSecretName,
    usernameProblem,
} from "./upstream-secret";
export {
    ecrAccount,
    UPSTREAM_NAMES,
    UPSTREAMS,
    type Upstream,
    type UpstreamName,
    upstreamHost,
} from "./upstreams";
