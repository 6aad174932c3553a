import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LatencyHistogram, mergeLatencies, RegistryClient } from "../../core/registry";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";

function histogram(values: readonly number[]): LatencyHistogram {
    const one = new LatencyHistogram();
    for (const value of values) {
        one.note(value);
    }
    return one;
}

/** By the nearest rank, from all values. */
function exactly(values: readonly number[], share: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

const times = fc.array(fc.double({ min: 0.101, max: 90_000, noNaN: true }), { minLength: 1, maxLength: 300 });

describe("A histogram of latencies", () => {
    it("tells quantiles at most 13 % off, and the largest value exactly", () => {
        fc.assert(
            fc.property(times, fc.constantFrom(0.5, 0.9, 0.95, 1), (values, share) => {
                const one = histogram(values);
                const truth = exactly(values, share);
                expect(Math.abs(one.quantile(share) - truth)).toBeLessThanOrEqual(truth * 0.1251);
                expect(one.max).toBe(Math.max(...values));
                expect(one.count).toBe(values.length);
            }),
        );
    });

    it("counts exactly what is up to one of its bounds, which Prometheus' buckets are among", () => {
        fc.assert(
            fc.property(times, fc.constantFrom(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 25_000), (values, bound) => {
                expect(histogram(values).upTo(bound)).toBe(values.filter((value) => value <= bound).length);
            }),
        );
        expect(histogram([1, 1.0001, 2.5]).upTo(1)).toBe(1);
        expect(histogram([1, 1.0001, 2.5]).upTo(2.5)).toBe(3);
    });

    it("has room for what is below its first bound and above its last", () => {
        const one = histogram([0, 0.05, 200_000]);
        expect([one.upTo(0.1), one.upTo(90_000), one.count, one.max]).toEqual([2, 2, 3, 200_000]);
        expect(one.quantile(1)).toBe(200_000);
        expect(one.sum).toBeCloseTo(200_000.05);
    });

    it("says nothing but zeros of nothing", () => {
        const none = mergeLatencies([]);
        expect([none.count, none.sum, none.max, none.quantile(0.5), none.upTo(100)]).toEqual([0, 0, 0, 0, 0]);
    });

    it("is the same whether it is counted in one or merged of two", () => {
        const [one, two] = [
            [1, 5, 70],
            [0.3, 5, 900],
        ];
        const merged = mergeLatencies([histogram(one as number[]), histogram(two as number[])]);
        const whole = histogram([...(one as number[]), ...(two as number[])]);
        const tell = (latency: typeof merged) => [
            latency.count,
            latency.sum,
            latency.max,
            latency.quantile(0.5),
            latency.upTo(5),
        ];
        expect(tell(merged)).toEqual(tell(whole));
    });
});

describe("A client's latency", () => {
    const settings = { name: "r", kind: "other", insecure: true } as const;

    it("is that of the registry's answers to HEAD and GET, by method, from the request to the head", async () => {
        const image = singleImage();
        const SLOW = 60;
        let isSlow = false;
        const registry = await embedded({
            intercept: async () => {
                await pause(isSlow ? SLOW : 0);
                return false;
            },
        });
        await pushTree(registry.host, "acme/app", image, { tag: "1" });
        const client = new RegistryClient({ ...settings, host: registry.host }, { env: {} });
        try {
            await client.headManifest("acme/app", "1");
            await client.getManifest("acme/app", "1");
            isSlow = true;
            await client.headManifest("acme/app", "1");
            const { HEAD, GET, ...others } = client.stats.latency;
            expect([HEAD?.count, GET?.count, others]).toEqual([2, 1, {}]);
            expect(HEAD?.max).toBeGreaterThanOrEqual(SLOW - 2);
            expect(GET?.max).toBeLessThan(HEAD?.max ?? 0);
        } finally {
            await client.close();
        }
    });

    it("counts the 401 that asks for a token, and not the token service", async () => {
        const users = { me: "secret" };
        const registry = await embedded({ auth: { kind: "bearer", users } });
        const password = { username: "me", password: "secret" };
        const me = { from: "config", key: "me" } as const;
        const client = new RegistryClient(
            { ...settings, host: registry.host, credentials: { pull: me, push: me } },
            { env: {}, credentials: { me: password } },
        );
        try {
            await expect(client.headManifest("acme/app", "1")).rejects.toThrow();
            expect([client.stats.tokens, client.stats.latency.HEAD?.count, client.stats.latency.GET]).toEqual([
                1,
                2,
                undefined,
            ]);
        } finally {
            await client.close();
        }
    });

    it("does not count what writes, nor a request that nobody answered", async () => {
        const registry = await embedded();
        const client = new RegistryClient({ ...settings, host: registry.host }, { env: {}, retry: { attempts: 1 } });
        try {
            await client
                .putManifest("acme/app", "1", new TextEncoder().encode("{}"), "application/json")
                .catch(() => {});
            await registry.close();
            await expect(client.headManifest("acme/app", "1")).rejects.toThrow();
            expect(client.stats.requests).toBeGreaterThan(1);
            expect(Object.keys(client.stats.latency)).not.toContain("PUT");
            expect(client.stats.latency.HEAD).toBeUndefined();
        } finally {
            await client.close();
        }
    });
});
