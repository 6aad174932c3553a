import { TransshipError } from "../errors";

/** A workflow that is not written, since it would do what none may, or what a parameter of it is no value for. Code `INVALID_ARGUMENT`. */
export class WorkflowError extends TransshipError {
    override readonly name: string = "WorkflowError";

    constructor(message: string) {
        super("INVALID_ARGUMENT", message);
    }
}
