export { ACTIONS, type ActionName, type PinnedAction } from "./actions";
export { checkWorkflow } from "./check-workflow";
export { cronProblem } from "./cron";
export { WorkflowError } from "./error";
export { expression } from "./expression";
export { type FileState, sealed, stateOf } from "./generated-file";
export { type Installation, type InstallMethod, installation } from "./installation";
export type {
    ActionStep,
    Concurrency,
    Env,
    Grant,
    Job,
    Matrix,
    PermissionScope,
    Permissions,
    RunStep,
    Step,
    Triggers,
    Workflow,
} from "./model";
export type { Common } from "./parts";
export { type Described, type ProofParameters, proofWorkflow } from "./proof";
export { type RegistryAccess, registryAccess } from "./registry-access";
export { renderWorkflow } from "./render";
