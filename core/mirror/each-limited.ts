/** Maps with at most `limit` calls under way; results in the order of the items. */
export async function eachLimited<T, R>(
    items: readonly T[],
    limit: number,
    work: (item: T) => Promise<R>,
): Promise<R[]> {
    const results: R[] = new Array(items.length);
    const entries = items.entries();
    const worker = async (): Promise<void> => {
        for (const [index, item] of entries) {
            results[index] = await work(item);
        }
    };
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
    return results;
}
