export { KEPT_RESULTS, LEAST_RATIO, mergeHistories, rankRegions, summarizeHistory } from "./history";
export { type ProbeOptions, probeRegistries } from "./probe";
export { REGION, readResults } from "./read-results";
export type { AvailabilityHistory, AvailabilitySummary, ProbeResult, RegionRanking } from "./types";
