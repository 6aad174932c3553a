import { describe, expect, it } from "vitest";
import { type RepeatOptions, repeat } from "../../../cli/exporter/repeat";

/** Works for the given times, in a clock that only sleeping and working move; gives back when each began. */
async function starts(works: readonly number[], over: Partial<RepeatOptions> = {}) {
    const stop = new AbortController();
    let time = 1000;
    let isWorking = false;
    const begun: number[] = [];
    const late: number[] = [];
    await repeat(
        async () => {
            expect(isWorking).toBe(false);
            isWorking = true;
            begun.push(time - 1000);
            await Promise.resolve();
            time += works[begun.length - 1] ?? 0;
            isWorking = false;
            if (begun.length === works.length) {
                stop.abort();
            }
        },
        {
            interval: 100,
            signal: stop.signal,
            now: () => time,
            sleep: async (ms) => {
                time += ms;
            },
            random: () => 0.5,
            onLate: (took) => late.push(took),
            ...over,
        },
    );
    return { begun, late };
}

describe("Work that is repeated", () => {
    it("begins at once, and then once in each interval, however long it takes", async () => {
        expect((await starts([0, 30, 90, 0])).begun).toEqual([0, 100, 200, 300]);
    });

    it("never overlaps, rests a tenth of the interval, and says that it is late", async () => {
        expect(await starts([250, 100, 10, 0])).toEqual({ begun: [0, 260, 370, 470], late: [250] });
    });

    it("begins up to a tenth of the interval earlier or later, so that many do not ask at one moment", async () => {
        expect((await starts([0, 0], { random: () => 0 })).begun).toEqual([0, 90]);
        const latest = (await starts([0, 0], { random: () => 0.999 })).begun[1] ?? 0;
        expect(latest).toBeGreaterThan(109);
        expect(latest).toBeLessThan(110);
    });

    it("does nothing where it was stopped before", async () => {
        const { begun } = await starts([0], { signal: AbortSignal.abort() });
        expect(begun).toEqual([]);
    });
});
