export { renderProbe, renderSummaries } from "./availability";
export { matters, renderDiagnosis, renderDoctorSummary } from "./diagnoses";
export {
    type CopyDocument,
    copyDocument,
    type FailureDocument,
    failureDocument,
    type JudgementDocument,
    judgementDocument,
    type LatencyDocument,
    type RegistryDocument,
    type TimelineDocument,
} from "./document";
export { describeCopy, nameOf, renderExceptions } from "./exceptions";
export { ALL_IMAGES, renderFindings } from "./findings";
export { failuresFromDocuments, judgedFromDocument } from "./from-document";
export { renderMatrix } from "./matrix";
export { count, type Paint, painter, type TextOptions } from "./paint";
export { type PullsDocument, renderAccountPlan, renderPullPlan, renderPullStatus } from "./pulls";
export type { RunDocument, ShardDocument, ShardsDocument } from "./run-document";
export {
    renderSelectionFailures,
    type SelectionDocument,
    type SelectionProblemDocument,
    selectionDocuments,
} from "./selection";
export type { ShownDocument } from "./shown-document";
export { type Outcome, outcomeOf, renderSummary, type Summary, summarize } from "./summary";
export { timelineDocuments } from "./timelines";
export { formatBytes, formatMilliseconds, formatRate } from "./units";
export { type Colour, lookOf, VERDICT_ORDER, VERDICTS, type VerdictLook } from "./verdicts";
export { describeEnded, describeInstant, describeWaived } from "./waived";
