export { type MirrorsOptions, renderMirrors } from "./mirrors";
export { type MirrorsPart, mirrorsPart, type Standing } from "./mirrors-document";
export { renderStepSummary } from "./step-summary";
export { markdownCode, markdownLink, markdownTable, markdownText } from "./text";
