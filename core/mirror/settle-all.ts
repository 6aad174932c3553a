/** Waits for all, also after a failure, so that nothing is still being written when the error is told. */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
    const results = await Promise.allSettled(work);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) {
        throw failed.reason;
    }
    return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
