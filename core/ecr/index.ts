/** What ECR's names, limits and documents are, without asking it: pure, so that components may check before anything is built. */
export { EcrError, ecrError } from "./error";
export {
    POLICY_CHARACTERS,
    type PolicyCondition,
    type PolicyDocument,
    type PolicyStatement,
} from "./policy-document";
export type { Principal, ServicePrincipal } from "./principals";
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
