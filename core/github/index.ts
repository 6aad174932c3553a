export { GitHubClient, type GitHubClientOptions } from "./client";
export { type GitHubContext, readContext } from "./context";
export { DRIFT_LABEL, type DriftIssueOptions, type DriftIssueResult, keepDriftIssue } from "./drift-issue";
export type { DriftDocument } from "./drift-list";
export { GitHubError } from "./errors";
