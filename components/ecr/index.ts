export type {
    Encryption,
    KeyEncryption,
    LifecycleRule,
    Mutability,
    PublicCatalogData,
    PublicRepositoryPrincipals,
} from "../../core/ecr";
export { EcrPublicRepositories } from "./ecr-public-repositories";
export type { EcrPublicRepositoriesArgs, PublicRepositorySettingsArgs } from "./ecr-public-repositories-args";
export { EcrRepositories } from "./ecr-repositories";
export type {
    EcrRepositoriesArgs,
    MadeRepository,
    RepositorySettingsArgs,
    Scanning,
} from "./ecr-repositories-args";
export type { ExistingArgs } from "./existing";
export type { EcrPlace } from "./registry-place";
