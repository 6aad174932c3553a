export { type FailedRun, type Merged, mergeRuns, type NamedRun } from "./merge-runs";
export { type ReadRuns, readRuns } from "./read-runs";
