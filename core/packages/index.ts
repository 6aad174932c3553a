export { type Cleaned, cleanPackages, DEFAULT_AT_MOST, stillRestorable } from "./clean";
export { lookAtPackages, type PackageTools } from "./look";
export { findLackingRight } from "./permission";
export { namedPlace, packagePlaces } from "./places";
export { GHCR, withGitHubToken } from "./registry-access";
export { replan } from "./replan";
export { describeVersion, reportOf, reportsFor } from "./report";
export { type Restored, type RestoreTask, restoreVersions } from "./restore";
export type {
    PackageDeletion,
    PackageExpectation,
    PackageLook,
    PackagePlace,
    PackageProblem,
    PackageReport,
    PackageWish,
    RetentionReport,
} from "./types";
