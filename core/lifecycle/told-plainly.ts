import { TransshipError } from "../errors";

/**
 * The engine's SDK prints `${error}: ${error.stack}` for what `diff`, `read` and `delete` throw. What a user can mend is
 * one sentence there; a fault of ours keeps its stack.
 */
export async function toldPlainly<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof TransshipError) {
            error.stack = error.message;
            error.toString = () => "transship";
        }
        throw error;
    }
}
