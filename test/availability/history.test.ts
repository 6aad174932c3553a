import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeHistories, type ProbeResult, rankRegions, readResults, summarizeHistory } from "../../core/availability";

const MINUTE = 60_000;
const START = Date.parse("2026-11-01T00:00:00Z");

function result(over: Partial<ProbeResult> = {}): ProbeResult {
    return {
        registry: "ghcr",
        host: "ghcr.io",
        region: "eu",
        at: new Date(START).toISOString(),
        asked: 3,
        answered: 3,
        available: true,
        pulls: 0,
        ...over,
    };
}

const results = fc.array(
    fc
        .record({
            registry: fc.constantFrom("ghcr", "hub"),
            host: fc.constantFrom("a.example", "b.example"),
            region: fc.constantFrom("eu", "us"),
            minute: fc.integer({ min: 0, max: 12 }),
            answered: fc.integer({ min: 0, max: 3 }),
        })
        .map(({ minute, ...rest }) => result({ ...rest, at: new Date(START + minute * MINUTE).toISOString() })),
    { maxLength: 40 },
);
const keeps = fc.integer({ min: 1, max: 6 });
const ofOne = ({ registry, host, region }: ProbeResult) => `${registry} ${host} ${region}`;

describe("A history of availability", () => {
    it("is the same in whatever order and grouping probes are merged, and merging again changes nothing", () => {
        fc.assert(
            fc.property(results, results, results, keeps, (a, b, c, keep) => {
                const merge = (...parts: (readonly ProbeResult[])[]) =>
                    mergeHistories(
                        parts.map((results) => ({ results })),
                        keep,
                    ).results;
                const all = merge(a, b, c);
                expect(merge(c, a, b)).toEqual(all);
                expect(merge(merge(a, b), c)).toEqual(all);
                expect(merge(a, merge(b, c))).toEqual(all);
                expect(merge(all, all, a)).toEqual(all);
                expect(JSON.stringify(merge([...all].reverse()))).toBe(JSON.stringify(all));
            }),
        );
    });

    it("keeps the newest of each registry in each region, and no more than it may", () => {
        fc.assert(
            fc.property(results, keeps, (all, keep) => {
                const kept = mergeHistories([{ results: all }], keep).results;
                for (const place of new Set(all.map(ofOne))) {
                    const own = kept.filter((one) => ofOne(one) === place);
                    const times = own.map(({ at }) => at);
                    const left = all.filter((one) => ofOne(one) === place && !own.some((other) => equal(one, other)));
                    expect(own.length).toBeLessThanOrEqual(keep);
                    expect(own.length).toBeGreaterThan(0);
                    expect(left.every(({ at }) => at <= (times[0] ?? ""))).toBe(true);
                    expect([...times].sort()).toEqual(times);
                }
            }),
        );
    });

    it("sums up samples, and takes the median of what was measured", () => {
        const [one] = summarizeHistory({
            results: [
                result({ headMs: 10, firstByteMs: 20, downloadMs: 100, bytes: 1000 }),
                result({ at: "2026-11-02T00:00:00Z", headMs: 30, firstByteMs: 40, downloadMs: 50, bytes: 1000 }),
                result({ at: "2026-11-03T00:00:00Z", answered: 1, available: false, reason: "it is down" }),
            ],
        });
        expect(one).toEqual({
            registry: "ghcr",
            host: "ghcr.io",
            region: "eu",
            results: 3,
            asked: 9,
            answered: 7,
            ratio: 7 / 9,
            headMs: 20,
            firstByteMs: 30,
            bytesPerSecond: 15_000,
            at: "2026-11-03T00:00:00Z",
            available: false,
            reason: "it is down",
        });
    });

    it.each([
        ["the fastest of those that are available", ["hub", "ghcr"], {}],
        ["never one that fails too often, however fast", ["ghcr"], { answered: 2 }],
        ["last one whose speed nobody knows", ["ghcr", "hub"], { bytes: undefined, downloadMs: undefined }],
    ])("ranks %s", (_what, best, hub) => {
        const fast = result({ registry: "hub", host: "docker.io", downloadMs: 10, bytes: 1000, ...hub });
        const slow = result({ downloadMs: 100, bytes: 1000 });
        expect(rankRegions(summarizeHistory({ results: [slow, fast] }))).toEqual([{ region: "eu", best }]);
    });
});

describe("What comes from a runner", () => {
    it("is read as it was written, without what is no result", () => {
        const results = [result({ reason: "down" })];
        expect(readResults(JSON.stringify({ schemaVersion: 1, command: "probe", results, more: 1 }))).toEqual(results);
    });

    it.each([
        ["no JSON", "{", "it is not JSON"],
        ["something else", "null", "it holds no results of probes"],
        ["a newer form", { schemaVersion: 2, results: [] }, "schemaVersion is not what a probe writes"],
        ["a region that is no label", { results: [result({ region: "a|b" })] }, "results.0.region"],
        ["no time", { results: [result({ at: "yesterday" })] }, "results.0.at"],
        ["more answers than questions", { results: [result({ answered: 4 })] }, "results.0"],
        ["a negative time", { results: [result({ headMs: -1 })] }, "results.0.headMs"],
    ])("is refused where it is %s", (_what, document, sentence) => {
        const text = typeof document === "string" ? document : JSON.stringify({ schemaVersion: 1, ...document });
        expect(readResults(text)).toContain(sentence);
    });

    it("reaches no terminal with control characters", () => {
        const sign = String.fromCharCode(27);
        const [read] = readResults(
            JSON.stringify({ schemaVersion: 1, results: [result({ reason: `${sign}[2Jx\ny` })] }),
        ) as ProbeResult[];
        expect(read?.reason).toBe(" [2Jx y");
    });
});

function equal(a: ProbeResult, b: ProbeResult): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}
