export type { RegistryCredential } from "./catalog-values";
export { CiSecrets, type CiSecretsArgs } from "./ci-secrets";
export type {
    AwsRoleCredential,
    CiCredential,
    GcpIdentityCredential,
    LoginCredential,
    SecretCredential,
    SecretsApp,
    VariableCredential,
} from "./credentials";
export type { OrganizationAccess } from "./organization-access";
export type { RepositoryNames } from "./repository-names";
