/**
 * The package's public names. Programs load `lazy.ts` in its place, which has the same names as getters, so that a
 * program pays only for what it uses.
 */
export {
    type BranchProtectionArgs,
    type CreatedRepositoryArgs,
    type DeliveryArgs,
    type DeliveryPullRequest,
    GhcrPublisher,
    type GhcrPublisherArgs,
    type ImageBuildArgs,
    MirrorRepository,
    type MirrorRepositoryArgs,
    type PublishOnArgs,
} from "./components/ghcr";
export {
    type CopyChoice,
    DigestGate,
    type DigestGateArgs,
    ImageFleet,
    type ImageFleetArgs,
    ImageReferences,
    type ImageReferencesArgs,
    type Matrix,
    type References,
} from "./components/images";
export {
    type AwsRoleCredential,
    type CiCredential,
    CiSecrets,
    type CiSecretsArgs,
    DockerHubToken,
    type DockerHubTokenArgs,
    type DockerHubTokenCredential,
    type DockerHubTokenResource,
    type GcpIdentityCredential,
    type HarborRobotCredential,
    HarborRobotSecret,
    type HarborRobotSecretArgs,
    type LoginCredential,
    type OrganizationAccess,
    type RegistryCredential,
    type RepositoryNames,
    type RotationArgs,
    type SecretCredential,
    type SecretsApp,
    type VariableCredential,
} from "./components/secrets";
export {
    type Catalog,
    CatalogError,
    type CatalogImage,
    type CatalogProblem,
    defineCatalog,
    type Lock,
    type LockEntry,
    loadCatalog,
    type OnForeignDigest,
    type Policy,
    type Purpose,
    type Registry,
    type RegistryKind,
    type TagSelector,
    type Upstream,
} from "./core/catalog";
export { TransshipError } from "./core/errors";
export {
    type CiPipelineParameters,
    type CiPlatform,
    type MirrorPipelineParameters,
    type ProofPipelineParameters,
    type PublishPipelineParameters,
    renderPipeline,
} from "./core/workflows";
