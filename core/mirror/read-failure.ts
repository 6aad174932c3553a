/** A failure on the source's side of a copy: another source may do better. Internal; callers see its cause. */
export class ReadFailure extends Error {
    override readonly name = "ReadFailure";

    constructor(cause: unknown) {
        super("the source could not be read", { cause });
    }
}

/** Looks through wrappers, since an upload wraps what its body threw. */
export function findReadFailure(error: unknown): ReadFailure | undefined {
    let current: unknown = error;
    for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
        if (current instanceof ReadFailure) {
            return current;
        }
        current = current.cause;
    }
    return undefined;
}
