import { describe, expect, it } from "vitest";
import type { CopyStanding } from "../../bench/copy/race";
import { aimSentence, aimsTable, copyTable, judgeCopy } from "../../bench/report/copy-standings";

const MIB = 1024 * 1024;

function standing(title: string, ms: number, more: Partial<CopyStanding> = {}): CopyStanding {
    return {
        copier: {
            title,
            version: "1",
            settings: "",
            ours: title === "ours",
            prepare: () => Promise.reject(new Error("It is not to be started.")),
        },
        wallMs: { median: ms, fastest: ms - 10, slowest: ms + 10 },
        cpuMs: ms / 2,
        serversCpuMs: ms,
        traffic: { requests: { "GET blob": 50 }, sourceBytes: 2 * MIB, targetBytes: 3 * MIB },
        images: 20,
        ...more,
    };
}

describe("The aim of a race of copies", () => {
    it("is judged by the fastest peer", () => {
        const judgement = judgeCopy([standing("ours", 400), standing("slow", 2000), standing("fast", 1000)], 0.5);
        expect(judgement).toMatchObject({ ratio: 0.4, met: true, fastest: { copier: { title: "fast" } } });
        expect(aimSentence(judgement, 2)).toBe("Wall time: **0.40×** the fastest peer's, fast. The aim, 0.5, is met.");
    });

    it("is told missed with what the processors did", () => {
        const text = aimSentence(judgeCopy([standing("ours", 800), standing("fast", 1000)], 0.5), 2);
        expect(text).toContain("**0.80×** the fastest peer's, fast. The aim, 0.5, is **missed**. That would be 500 ms");
        expect(text).toContain("its own processor time is 400 ms (fast: 500 ms)");
        expect(text).toContain("together they kept 2 cores busy for 75 % of the time");
        expect(text).not.toContain("whatever the client does");
    });

    it("is told to be out of reach where the registries alone take longer", () => {
        const text = aimSentence(judgeCopy([standing("ours", 800), standing("fast", 1000)], 0.3), 2);
        expect(text).toContain("the registries alone need 400 ms on all cores for these requests");
    });

    it("cannot be judged alone", () => {
        expect(aimSentence(judgeCopy([standing("ours", 800)], 0.3), 2)).toContain("nothing can be compared");
        expect(aimsTable([{ title: "A", judgement: undefined }])).toContain("no peer");
    });

    it("stands in one table with all others, with the ratios of requests and bytes", () => {
        const half = { requests: { "GET blob": 25 }, sourceBytes: MIB, targetBytes: 1.5 * MIB };
        const judgement = judgeCopy([standing("ours", 300, { traffic: half }), standing("fast", 1000)], 0.3);
        const cells = aimsTable([{ title: "A", judgement }])
            .split("\n")[2]
            ?.split("|")
            .map((cell) => cell.trim());
        expect(cells?.slice(1, -1)).toEqual([
            ...["A", "300 ms", "1,000 ms", "fast", "**0.30×**", "0.3", "0.50×", "0.50×", "met"],
        ]);
    });
});

describe("The table of a race of copies", () => {
    it("begins with the fastest and marks what is extrapolated", () => {
        const lines = copyTable([standing("ours", 900), standing("pool", 500, { images: 10 })], 20).split("\n");
        expect(lines.slice(2, 4).map((line) => line.split("|")[1]?.trim())).toEqual(["pool *", "**ours**"]);
        expect(lines.at(-1)).toContain("pool: extrapolated from rounds of 10 images (× 2.0)");
    });
});
