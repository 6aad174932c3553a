export { tooFewCopies } from "./critical";
export { type Inspection, type InspectionWishes, type InspectOptions, inspect, inspectContents } from "./inspect";
export { visibilityAdvice } from "./visibility-advice";
