/**
 * Shares one piece of work between all who ask for it by its key, while it is under way and after it succeeded. A
 * failure is not remembered: another place may yet bring what this one could not.
 */
export function once<T>(shared: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
    const known = shared.get(key);
    if (known !== undefined) {
        return known;
    }
    const begun = work();
    shared.set(key, begun);
    begun.catch(() => shared.delete(key));
    return begun;
}
