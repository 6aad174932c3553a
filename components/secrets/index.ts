export type { RegistryCredential } from "./catalog-values";
export { CiSecrets, type CiSecretsArgs } from "./ci-secrets";
export type {
    AwsRoleCredential,
    CiCredential,
    DockerHubTokenCredential,
    GcpIdentityCredential,
    HarborRobotCredential,
    LoginCredential,
    SecretCredential,
    SecretsApp,
    VariableCredential,
} from "./credentials";
export { DockerHubToken, type DockerHubTokenArgs, type DockerHubTokenResource } from "./docker-hub-token";
export { HarborRobotSecret, type HarborRobotSecretArgs } from "./harbor-robot-secret";
export type { OrganizationAccess } from "./organization-access";
export type { RepositoryNames } from "./repository-names";
export type { RotationArgs } from "./rotation-args";
