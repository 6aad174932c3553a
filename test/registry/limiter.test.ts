import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Limiter } from "../../core/registry/http/limiter";

function limiter(ceiling = 32, start?: number) {
    const clock = { time: 1000 };
    return { clock, limiter: new Limiter({ ceiling, start, now: () => clock.time }) };
}

/** Takes places until one has to wait; gives back how many were had at once. */
function fill(one: Limiter): number {
    let taken = 0;
    while (one.acquire() === undefined) {
        taken += 1;
    }
    return taken;
}

/** With work for all: in each round everything under way ends with that latency. Gives back the limit after each. */
function rounds(one: Limiter, latencies: readonly number[]): number[] {
    for (let waiting = 0; waiting < 500; waiting += 1) {
        void one.acquire();
    }
    const limits = [one.limit];
    for (const latency of latencies) {
        for (let left = one.active; left > 0; left -= 1) {
            one.release("ok", 0, latency);
        }
        limits.push(one.limit);
    }
    return limits;
}

describe("the limit of requests to one host", () => {
    it("starts modest", () => {
        expect(fill(limiter().limiter)).toBe(8);
        expect(fill(limiter(3).limiter)).toBe(3);
    });

    it("doubles with each round while latency holds, up to its ceiling", () => {
        const { limiter: one } = limiter(32);
        expect(rounds(one, [5, 5, 5])).toEqual([8, 16, 32, 32]);
    });

    it("does not grow while nobody waits", () => {
        const { limiter: one } = limiter();
        for (let index = 0; index < 100; index += 1) {
            expect(one.acquire()).toBeUndefined();
            one.release("ok", 0, 5);
        }
        expect(one.limit).toBe(8);
    });

    it("stops doubling when latency rises, and grows by one a round from then on", () => {
        const { limiter: one } = limiter(64);
        expect(rounds(one, [50, 500, 50, 50, 50])).toEqual([8, 16, 16, 17, 18, 19]);
    });

    it("measures each kind of request by its own best: uploads that start slowly are no load", () => {
        const { limiter: one } = limiter(32);
        for (let waiting = 0; waiting < 500; waiting += 1) {
            void one.acquire();
        }
        for (let answers = 0; answers < 30; answers += 1) {
            one.release("ok", 0, answers % 2 === 0 ? 20 : 150, answers % 2 === 0 ? "HEAD blob" : "POST upload");
        }
        expect(one.limit).toBe(32);
        one.release("overload", 2000);
        expect(one.limit).toBe(16);
    });

    it("takes the small differences of a fast registry for no load", () => {
        const { limiter: one } = limiter(32);
        expect(rounds(one, [1, 30, 39])).toEqual([8, 16, 32, 32]);
    });

    it("halves on overload, once for all requests that were under way", () => {
        const { limiter: one, clock } = limiter(32, 32);
        fill(one);
        clock.time = 2000;
        for (let index = 0; index < 10; index += 1) {
            one.release("overload", 1500);
        }
        expect(one.limit).toBe(16);
        clock.time = 3000;
        one.release("overload", 2500);
        expect(one.limit).toBe(8);
    });

    it("never falls below one", () => {
        const { limiter: one, clock } = limiter(4, 4);
        for (let index = 0; index < 20; index += 1) {
            one.acquire();
            clock.time += 10;
            one.release("overload", clock.time);
        }
        expect(one.limit).toBe(1);
    });

    it("lets a lower ceiling count at once", () => {
        const { limiter: one } = limiter(32, 32);
        one.lowerCeiling(2);
        expect(fill(one)).toBe(2);
    });

    it("serves in order, and never more than the limit at a time", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.integer({ min: 1, max: 6 }),
                fc.array(fc.constantFrom("ok" as const, "overload" as const, "neutral" as const), {
                    minLength: 1,
                    maxLength: 60,
                }),
                async (ceiling, outcomes) => {
                    const { limiter: one, clock } = limiter(ceiling);
                    const served: number[] = [];
                    await Promise.all(
                        outcomes.map(async (outcome, index) => {
                            await one.acquire();
                            expect(one.active).toBeLessThanOrEqual(ceiling);
                            served.push(index);
                            await new Promise((resolve) => setImmediate(resolve));
                            clock.time += 1;
                            one.release(outcome, clock.time, 1);
                        }),
                    );
                    expect(served).toEqual([...served].sort((a, b) => a - b));
                    expect(served).toHaveLength(outcomes.length);
                    expect(one.active).toBe(0);
                },
            ),
            { numRuns: 50 },
        );
    });
});
