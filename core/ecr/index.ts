/** What ECR's names, limits and documents are, without asking it: pure, so that components may check before anything is built. */
export { EcrError, ecrError } from "./error";
export {
    type EcrRegistry,
    ecrRegistryOf,
    repositoryNameAt,
    repositoryNameProblem,
    type WantedRepository,
    wantedRepositories,
} from "./repositories";
