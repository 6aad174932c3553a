export type { Subject } from "./check-pull";
export { type DiagnoseOptions, diagnose } from "./diagnose";
export type { DoctorEnvironment } from "./patient";
export {
    type Check,
    type CheckName,
    type CheckStatus,
    type Diagnosis,
    type DoctorOutcome,
    outcomeOfChecks,
} from "./types";
