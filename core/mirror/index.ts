export {
    type AccountPlan,
    type AccountState,
    describeLeft,
    describeWindow,
    isDeferral,
    type PlannedTask,
    type PullPlan,
    type PullPlanner,
    type PullStatus,
    planPulls,
    pullPlanner,
    pullStatus,
} from "./budget";
export { type Carried, type CarryOptions, type CarryResult, carry } from "./carry";
export { type CircumstanceOptions, carriedAmong, circumstancesOf } from "./circumstances";
export { type ComparerOptions, ContentComparer } from "./content-comparer";
export { type CarriedTag, describeSubset } from "./describe-subset";
export { isDrift } from "./drift";
export { eachLimited } from "./each-limited";
export { foreignLayerLines } from "./foreign-layers";
export type { RegistryFreight } from "./freight";
export { groupBy } from "./group-by";
export {
    type Inspection,
    type InspectionWishes,
    type InspectOptions,
    inspect,
    inspectContents,
    tooFewCopies,
    visibilityAdvice,
} from "./inspect";
export { groupByTag, isWell, judge } from "./judge";
export { judgeAndCompare, type LookOptions, look } from "./look";
export type { MadeSubset } from "./make-subset";
export { ManifestCache } from "./manifest-cache";
export { type ObserveOptions, observe, observeCopy, type Registries } from "./observe";
export { once } from "./once";
export { findOrigins } from "./origins";
export { type CarryTask, type Place, plan } from "./plan";
export { describePlatforms } from "./platforms";
export { type PrimedTag, type PrimeTask, primeFailure, primeTag } from "./prime";
export {
    type Failure,
    type Notice,
    type ReconcileOptions,
    type Reconciliation,
    reconcile,
    sameHostIn,
    standingFailures,
} from "./reconcile";
export { type CarryReferrersOptions, carryReferrers, type ReferrersResult } from "./referrers/carry-referrers";
export type { CarryWarning } from "./referrers/warning";
export { rollbackTag } from "./rollback-tag";
export { findMissingChildren, nameChild } from "./sparse";
export {
    chooseTags,
    type ListTags,
    listAll,
    listingsOf,
    type SelectionFailure,
    type SelectionOptions,
    type TagSelection,
} from "./tag-selection";
export type {
    Action,
    Circumstances,
    Comparison,
    CopyState,
    Finding,
    JudgedCopy,
    KnownSubset,
    Lacking,
    Observation,
    ObservedCopy,
    Origin,
    PastDigest,
    Verdict,
    Waived,
} from "./types";
export {
    type EndedWaiver,
    endedWaivers,
    isCounted,
    isLeftAlone,
    waiveCopies,
    waiveFindings,
    waiversAt,
} from "./waivers";
