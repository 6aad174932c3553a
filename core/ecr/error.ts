import { TransshipError } from "../errors";

/** A mistake in what is asked of ECR, found before AWS is: one sentence that says what to change. */
export class EcrError extends TransshipError {}

export function ecrError(message: string): EcrError {
    return new EcrError("ECR_ARGUMENT", message);
}
