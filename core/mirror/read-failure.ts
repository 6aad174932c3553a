/** A failure on the source's side of a copy: another source may do better. Internal; callers see its cause. */
export class ReadFailure extends Error {
    override readonly name = "ReadFailure";

    constructor(cause: unknown) {
        super("the source could not be read", { cause });
    }
}

/** The same bytes; what goes wrong with them is a ReadFailure. */
export function failingAsRead(body: AsyncIterableIterator<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    const failing: AsyncIterableIterator<Uint8Array> = {
        next: () =>
            body.next().catch((error: unknown) => {
                throw new ReadFailure(error);
            }),
        return: async () => (await body.return?.()) ?? { done: true, value: undefined },
        [Symbol.asyncIterator]: () => failing,
    };
    return failing;
}
