/** What GitHub's names and limits are, without asking it: pure, so that components may check before anything is built. */
export { type Owner, packageSettingsUrl } from "./package-page";
export { parseRepositoryName, type RepositoryName } from "./repository-name";
export { MAX_SECRET_BYTES, MAX_SECRETS, sameSecretNames, secretNameProblem, secretValueProblem } from "./secret-name";
