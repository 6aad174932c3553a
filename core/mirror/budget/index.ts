export { describeLeft, describeWindow, isDeferral } from "./deferral";
export { pullPlanner } from "./planner";
export { PullBudget } from "./pull-budget";
export { type AccountPlan, type AccountState, type PlannedTask, type PullPlan, planPulls } from "./pull-plan";
export { type PullStatus, pullAccounts, pullStatus } from "./pull-status";
export { carryInRounds, type PullPlanner, planWithoutLimits } from "./rounds";
