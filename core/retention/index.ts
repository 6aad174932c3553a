export { type CarriedOut, type CarryOutOptions, carryOut, type Deleted } from "./carry-out";
export { type PlanOrQuestions, planRetention } from "./plan-retention";
export { protectionOf } from "./protection";
export { type ReadOptions, type ReadPlan, readAndPlan } from "./read-contents";
export { readRules, type WrittenRules } from "./read-rules";
export { ownTags } from "./relations";
export {
    type Contents,
    type KeepCause,
    type KeepRules,
    type KeptVersion,
    type Knowledge,
    NO_PROTECTION,
    type Protection,
    type RetentionInput,
    type RetentionPlan,
    type RetentionRules,
    type Unread,
    type Version,
} from "./types";
