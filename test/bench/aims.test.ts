import { describe, expect, it } from "vitest";
import type { Contender } from "../../bench/contenders/contender";
import type { Standing } from "../../bench/race";
import { judgeAims, standingsTable } from "../../bench/report/standings";

function standing(title: string, ms: number, requests: number, more: Partial<Contender> = {}, images = 100): Standing {
    const contender = { title, version: "1", settings: "", ...more } as Contender;
    return {
        contender,
        wallMs: { median: ms, fastest: ms - 10, slowest: ms + 10 },
        cpuMs: ms * 2,
        peakBytes: 50 * 1024 * 1024,
        requests: requests === 0 ? {} : { "HEAD manifest": requests },
        images,
    };
}

const AIM = { peer: "crane digest", share: 0.8 };
const ours = (ms: number, requests = 200) => standing("transship check", ms, requests, { ours: true });
const peer = (ms: number, requests = 400) => standing("crane digest", ms, requests);

describe("The sentences on the aims", () => {
    it.each([
        [
            ours(500),
            peer(1000),
            "Requests: **0.50×** those of the most sparing peer (crane digest)",
            "aim, 0.8 of its time, is met",
        ],
        [
            ours(500, 200),
            peer(1000, 200),
            "**as many as** crane digest. The aim, fewer than any of them, is met but for that tie. Nobody can ask less",
            "is met",
        ],
        [
            ours(500, 300),
            peer(1000, 250),
            "**1.20×** those of crane digest. The aim, fewer than any of them, is missed",
            "is met",
        ],
        [
            ours(1500),
            peer(1000),
            "0.50×",
            "**1.50×** crane digest's. The aim, 0.8 of its time, is **missed** by 700 ms: our processor time is 3,000 ms, theirs 2,000 ms.",
        ],
    ])("tell case %#", (mine, theirs, requests, time) => {
        const text = judgeAims([mine, theirs], 200, AIM);
        expect(text).toContain(requests);
        expect(text).toContain(time);
    });

    it("tell of Node's own start where the time is missed", () => {
        const text = judgeAims([ours(1500), peer(1000), standing("node -e 0", 40, 0)], 200, AIM);
        expect(text).toContain("Of our time 40 ms is Node's own start");
    });

    it("name what is faster and no check, and do not measure the aim by it", () => {
        const text = judgeAims([ours(800), peer(1000), standing("regsync once", 300, 200, { writes: true })], 200, AIM);
        expect(text).toContain("**0.80×** crane digest's (2.67× regsync once). The aim, 0.8 of its time, is met");
        expect(text).toContain(
            "regsync once, which is no check (it copies what differs) but asks the same, is faster: 300 ms",
        );
    });

    it("say that the peer of the aim was not there", () => {
        const text = judgeAims([ours(500), peer(1000)], 200, { peer: "regsync check", share: 0.2 });
        expect(text).toContain("regsync check was not on this machine");
    });

    it("say that nothing was there to compare with", () => {
        expect(judgeAims([ours(500)], 200, AIM)).toContain("nothing can be compared");
    });
});

describe("The table of standings", () => {
    it("begins with the fastest and marks what is extrapolated", () => {
        const lines = standingsTable([ours(900), standing("skopeo", 5000, 400, {}, 50), peer(700)], 100).split("\n");
        expect(lines.map((line) => line.split("|")[1]?.trim())).toEqual([
            "tool",
            expect.stringMatching(/^-+$/),
            "crane digest",
            "**transship check**",
            "skopeo *",
            undefined,
            undefined,
        ]);
        expect(lines.at(-1)).toContain("skopeo: extrapolated from rounds of 50 images (× 2.0)");
    });
});
