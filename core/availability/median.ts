/** The middle one, or the mean of the two; `undefined` of none. Of milliseconds a tenth is kept. */
export function median(values: readonly number[]): number | undefined {
    if (values.length === 0) {
        return undefined;
    }
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const upper = sorted[middle] as number;
    const value = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
    return Math.round(value * 10) / 10;
}
