import { TransshipError } from "../errors";

/** A mistake in what is asked of Harbor, found before Harbor is: one sentence that says what to change. */
export class HarborPlanError extends TransshipError {}

export function planError(message: string): HarborPlanError {
    return new HarborPlanError("HARBOR_ARGUMENT", message);
}
