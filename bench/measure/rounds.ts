/** The middle value; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    const upper = sorted[Math.floor(middle)] ?? Number.NaN;
    return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/**
 * Runs everything once for each round, in an order that changes from round to round: what the machine does besides,
 * and what the one before left warm, meets all of them.
 *
 * @returns the results of each, in the order of the rounds
 */
export async function interleave<Subject, Result>(
    subjects: readonly Subject[],
    rounds: number,
    run: (subject: Subject, round: number) => Promise<Result>,
): Promise<Map<Subject, Result[]>> {
    const results = new Map(subjects.map((subject): [Subject, Result[]] => [subject, []]));
    for (let round = 0; round < rounds; round++) {
        for (let place = 0; place < subjects.length; place++) {
            const subject = subjects[(round + place) % subjects.length] as Subject;
            results.get(subject)?.push(await run(subject, round));
        }
    }
    return results;
}
