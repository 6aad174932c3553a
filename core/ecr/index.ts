/** What ECR's names, limits and documents are, without asking it: pure, so that components may check before anything is built. */
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
export type { Principal, ServicePrincipal } from "./principals";
export {
    checkPublicCatalogData,
    type PublicArchitecture,
    type PublicCatalogData,
    type PublicOperatingSystem,
} from "./public-catalog-data";
export { type PublicRepositoryPrincipals, publicRepositoryPolicy } from "./public-repository-policy";
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
