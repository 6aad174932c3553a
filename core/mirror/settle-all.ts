/** Waits for all, also after a failure, so that nothing is still being written when the error is told. */
export async function settleAll(work: readonly Promise<unknown>[]): Promise<void> {
    const results = await Promise.allSettled(work);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) {
        throw failed.reason;
    }
}
