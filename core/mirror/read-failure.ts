/** A failure on the source's side of a copy: another source may do better. Internal; callers see its cause. */
export class ReadFailure extends Error {
    override readonly name = "ReadFailure";

    constructor(cause: unknown) {
        super("the source could not be read", { cause });
    }
}
