import { describe, expect, it } from "vitest";
import { outcomeOf, renderExceptions, renderSummary, summarize } from "../../core/report";
import { copy, digest, EVERY_VERDICT, present } from "./judged";

describe("the lines of what is not consistent", () => {
    it("are worst first, with whole digests and a reason", () => {
        expect(renderExceptions(EVERY_VERDICT)).toEqual([
            `✗ vault:2@ghcr: have ${digest("b")} want ${digest("a")} (the source has another digest)`,
            `! vault:3@ghcr: have ${digest("b")} want ${digest("a")} (it is not the locked digest)`,
            `∅ vault:4@ghcr: have nothing want ${digest("a")} (the copy is gone)`,
            `< vault:10@ghcr: have ${digest("e")} want ${digest("a")} (the source had it before)`,
            `≈ vault:11@ghcr: have ${digest("f")} want ${digest("a")} (its manifest was written anew)`,
            `+ vault:5@ghcr: have nothing want ${digest("a")} (it was never carried yet)`,
            "… vault:7@ghcr: waiting (dev has not proven it yet)",
            `↑ vault:8@hub: have ${digest("c")} want ${digest("a")} (the source has moved on)`,
            "? vault:6@ghcr: unknown: ghcr.io refused the credentials",
        ]);
    });

    it("name the option where a stranger's digest is left alone, and the tag's other name", () => {
        const foreign = copy({
            verdict: "different",
            state: present("b"),
            action: "refuse",
            reason: "never ours",
            reference: "stable",
        });
        expect(renderExceptions([foreign])).toEqual([
            `✗ vault:1 as stable@ghcr: have ${digest("b")} want ${digest("a")} (never ours; left alone unless onForeignDigest is "overwrite")`,
        ]);
    });

    it("have what is waived after all that counts, with its end and its reason", () => {
        const waived = (until: string) => ({ waived: { until, reason: "hotfix" } });
        const known = copy({
            image: "a",
            verdict: "different",
            state: present("b"),
            ...waived("2026-12-01T18:00:00.000Z"),
        });
        const foreign = { ...known, image: "b", action: "refuse" as const, ...waived("2026-12-02T00:00:00.000Z") };
        const counted = copy({ image: "c", verdict: "missing", state: { status: "missing" } });
        const line = (image: string) =>
            `${image}:1@ghcr: have ${digest("b")} want ${digest("a")} (it is the same digest)`;
        expect(renderExceptions([known, foreign, counted])).toEqual([
            expect.stringContaining("∅ c:1@ghcr"),
            `✗ ${line("a")}; waived until 2026-12-01 18:00 UTC: hotfix`,
            `✗ ${line("b")}; waived until the end of 2026-12-01 UTC: hotfix`,
        ]);
    });

    it("tell a registry that is down once, not once for each of its copies", () => {
        const down = (image: string, registry: string) =>
            copy({
                image,
                registry,
                verdict: "unknown",
                state: { status: "unknown", code: "CONNECTION_REFUSED", message: "nobody listens" },
                reason: "nobody listens",
            });
        const lines = renderExceptions([down("a", "ghcr"), down("b", "ghcr"), down("c", "ghcr"), down("a", "ecr")]);
        expect(lines).toEqual([
            "? a:1@ghcr (and 2 more copies there): unknown: nobody listens",
            "? a:1@ecr: unknown: nobody listens",
        ]);
    });

    it("are none where a subset was asked for and is proven; one that lacks something is told", () => {
        const subset = { platforms: ["linux/amd64"], subset: { digest: digest("b"), platforms: ["linux/amd64"] } };
        expect(renderExceptions([copy({ verdict: "subset", state: present("b"), ...subset })])).toEqual([]);
        const sparse = copy({
            verdict: "subset",
            missing: ["linux/s390x"],
            reason: "the same index, without linux/s390x",
        });
        const claimed = copy({ verdict: "subset", state: present("b"), claimed: true, reason: "it says so itself" });
        const redone = copy({ verdict: "pending", ...subset, reason: "it has other platforms than are wanted now" });
        const planned = copy({
            verdict: "pending",
            state: { status: "missing" },
            platforms: ["linux/amd64"],
            reason: "r",
        });
        expect(renderExceptions([planned])).toEqual([
            `+ vault:1@ghcr: have nothing want linux/amd64 of ${digest("a")} (r)`,
        ]);
        expect(renderExceptions([sparse, claimed, redone])).toEqual([
            `+ vault:1@ghcr: have ${digest("a")} want ${digest("b")} (it has other platforms than are wanted now)`,
            `⊂ vault:1@ghcr: a subset, ${digest("a")} (the same index, without linux/s390x)`,
            `⊂ vault:1@ghcr: a subset, ${digest("b")} (it says so itself)`,
        ]);
    });

    it("are none where all is consistent", () => {
        expect(renderExceptions([copy(), copy({ role: "source" })])).toEqual([]);
    });
});

describe("the verdict on the whole", () => {
    it.each([
        ["consistent", ["consistent", "moved-upstream", "waiting", "subset"]],
        ["unknown", ["consistent", "unknown"]],
        ["drift", ["unknown", "different"]],
        ["drift", ["unknown", "missing"]],
        ["drift", ["locked-mismatch"]],
        ["drift", ["pending"]],
        ["consistent", []],
    ] as const)("is %s for %j", (outcome, verdicts) => {
        expect(outcomeOf(verdicts.map((verdict) => copy({ verdict })))).toBe(outcome);
    });

    it("counts images, tags and copies, every verdict named", () => {
        expect(summarize(EVERY_VERDICT)).toEqual({
            images: 1,
            tags: 11,
            copies: 12,
            waived: 0,
            verdicts: {
                different: 1,
                "locked-mismatch": 1,
                missing: 1,
                stale: 1,
                "same-content": 1,
                pending: 1,
                unknown: 1,
                waiting: 1,
                "moved-upstream": 1,
                subset: 1,
                consistent: 2,
            },
        });
    });

    it("is one line with a sign", () => {
        expect(renderSummary([copy(), copy({ verdict: "different" })])).toBe(
            "✗ 1 image, 1 tag, 2 copies: 1 different, 1 consistent",
        );
        expect(renderSummary([copy()])).toBe("✓ 1 image, 1 tag, 1 copy: 1 consistent");
        const waived = { until: "2026-12-01T18:00:00.000Z", reason: "hotfix" };
        expect(renderSummary([copy(), copy({ verdict: "different", waived })])).toBe(
            "✓ 1 image, 1 tag, 2 copies: 1 different, 1 consistent (1 waived)",
        );
        expect(renderSummary([copy({ verdict: "unknown" })])).toBe("? 1 image, 1 tag, 1 copy: 1 unknown");
        expect(renderSummary([copy({ verdict: "subset" })])).toBe(
            "✓ 1 image, 1 tag, 1 copy: 1 subset (same image, fewer platforms)",
        );
        expect(renderSummary([], { colors: true })).toContain("0 images, 0 tags, 0 copies");
    });
});
