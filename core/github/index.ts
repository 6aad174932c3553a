export {
    MAX_SECRET_BYTES,
    MAX_SECRETS,
    type Owner,
    packageSettingsUrl,
    parseRepositoryName,
    type RepositoryName,
    sameSecretNames,
    secretNameProblem,
    secretValueProblem,
} from "../github-names";
export { type GitHubAccess, type GitHubRequest, nameOf, PUBLIC_API, pathOf, webOf } from "./access";
export { type Branch, branchOf, type Comparison, compareBranches, createBranch } from "./branches";
export { GitHubClient, type GitHubClientOptions } from "./client";
export { type GitHubContext, readContext } from "./context";
export { type DriftIssueOptions, keepDriftIssue, keepFailureIssue } from "./drift-issue";
export type { DriftDocument } from "./drift-list";
export { GitHubError } from "./errors";
export type { FailedRunDocument } from "./failure-text";
export { fileOf, type RepositoryFile } from "./files";
export { DRIFT_LABEL, type DriftIssueResult } from "./one-issue";
export { type Deletion, deletePackageVersion, type Restoration, restorePackageVersion } from "./package-deletion";
export {
    type ContainerPackage,
    type PackageVersion,
    packageOf,
    packagesOf,
    packageVersions,
} from "./packages";
export {
    openPullRequest,
    type PullRequest,
    type PullRequestFilter,
    type PullRequestText,
    pullRequestsOf,
} from "./pull-requests";
export { ownerOf, type Repository, repositoryOf } from "./repositories";
export { adviceFor, RIGHTS, type TokenKind } from "./rights";
export {
    describePlace,
    type SecretState,
    type SecretsApp,
    type SecretsPlace,
    secretsOf,
    type VariableState,
    variablesOf,
} from "./secrets";
export { type TokenDiagnosis, tokenOf } from "./token";
