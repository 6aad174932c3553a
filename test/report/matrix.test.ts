import { describe, expect, it } from "vitest";
import { renderMatrix, VERDICT_ORDER, VERDICTS } from "../../core/report";
import { copy, EVERY_VERDICT, present } from "./judged";

describe("the digest matrix", () => {
    it("has a row for each tag and a column for each registry, the source first", () => {
        const judged = [
            copy({ role: "source" }),
            copy(),
            copy({ registry: "ecr" }),
            copy({ image: "nginx", role: "source" }),
            copy({ image: "nginx", registry: "ecr" }),
        ];
        expect(renderMatrix(judged)).toBe(
            [
                "image    source              ghcr            ecr",
                "vault:1  ✓ aaaaaaaaaaaa hub  ✓ aaaaaaaaaaaa  ✓ aaaaaaaaaaaa",
                "nginx:1  ✓ aaaaaaaaaaaa hub  -               ✓ aaaaaaaaaaaa",
            ].join("\n"),
        );
    });

    it("puts drift first, what could not be asked next, and leaves the rest in its order", () => {
        const judged = [
            copy({ image: "good" }),
            copy({ image: "asked", verdict: "unknown", state: { status: "unknown", code: "TIMEOUT", message: "m" } }),
            copy({ image: "also-good" }),
            copy({ image: "gone", verdict: "missing", state: { status: "missing" } }),
            copy({ image: "moved", verdict: "different", state: present("b") }),
        ];
        const rows = renderMatrix(judged).split("\n").slice(1);
        expect(rows).toEqual([
            "moved:1      ✗ bbbbbbbbbbbb",
            "gone:1       ∅ missing",
            "asked:1      ? TIMEOUT",
            "good:1       ✓ aaaaaaaaaaaa",
            "also-good:1  ✓ aaaaaaaaaaaa",
        ]);
    });

    it("marks what is waived by a word, after drift that counts and before what could not be asked", () => {
        const waived = { until: "2026-12-01T18:00:00.000Z", reason: "hotfix" };
        const judged = [
            copy({ image: "asked", verdict: "unknown", state: { status: "unknown", code: "TIMEOUT", message: "m" } }),
            copy({ image: "known", verdict: "different", state: present("b"), waived }),
            copy({ image: "lost", verdict: "missing", state: { status: "missing" }, waived }),
            copy({ image: "new", verdict: "pending", state: { status: "missing" } }),
        ];
        expect(renderMatrix(judged).split("\n").slice(1)).toEqual([
            "new:1    + not carried yet",
            "known:1  ✗ bbbbbbbbbbbb waived",
            "lost:1   ∅ missing waived",
            "asked:1  ? TIMEOUT",
        ]);
    });

    it("shows a renamed tag under its own, in the same row", () => {
        const judged = [
            copy({ role: "source" }),
            copy(),
            copy({ reference: "stable", verdict: "different", state: present("b") }),
        ];
        expect(renderMatrix(judged).split("\n").slice(1)).toEqual([
            "vault:1  ✓ aaaaaaaaaaaa hub  ✓ aaaaaaaaaaaa",
            "                             ✗ bbbbbbbbbbbb as stable",
        ]);
    });

    it("has a source column after a cut-over only where a source is still asked", () => {
        expect(renderMatrix([copy()]).split("\n")[0]).toBe("image    ghcr");
    });

    it("keeps apart the source and the target at one registry", () => {
        const judged = [
            copy({ role: "source", registry: "hub" }),
            copy({ registry: "hub", verdict: "different", state: present("b") }),
        ];
        expect(renderMatrix(judged).split("\n")).toEqual([
            "image    source              hub",
            "vault:1  ✓ aaaaaaaaaaaa hub  ✗ bbbbbbbbbbbb",
        ]);
    });

    it("shortens digests where the terminal is narrow, then leaves them out", () => {
        const judged = [copy({ role: "source" }), copy(), copy({ registry: "ecr" })];
        const widest = (width: number) => widestLine(renderMatrix(judged, { width }));
        expect(widest(200)).toBe(59);
        expect(widest(50)).toBe(47);
        expect(widest(34)).toBe(26);
    });

    it("stands registries below each other where they have no room beside each other", () => {
        const judged = [
            copy({ image: "good", role: "source" }),
            copy({ image: "good", registry: "production" }),
            copy({ role: "source" }),
            copy({ registry: "production", verdict: "different", state: present("b") }),
            copy({ registry: "staging", verdict: "missing", state: { status: "missing" }, reference: "stable" }),
        ];
        expect(renderMatrix(judged, { width: 32 }).split("\n")).toEqual([
            "✗ vault:1",
            "    source hub  ✓ aaaaaaaaaaaa",
            "    production  ✗ bbbbbbbbbbbb",
            "    staging     ∅ missing as st…",
            "✓ good:1  aaaaaaaaaaaa",
        ]);
        expect(renderMatrix(judged, { width: 20 }).split("\n")).toEqual([
            "✗ vault:1",
            "    source hub  ✓",
            "    production  ✗",
            "    staging     ∅ m…",
            "✓ good:1  aaaaaaaa",
        ]);
    });

    it("has no line that is longer than the terminal is wide", () => {
        const image = "an-image-with-a-name-that-is-longer-than-a-narrow-terminal";
        const judged = EVERY_VERDICT.flatMap((one) =>
            ["ghcr", "harbor", "ecr", "nexus"].flatMap((registry) => [
                { ...one, registry },
                { ...one, registry, image },
            ]),
        );
        for (const width of [120, 80, 60, 40, 20]) {
            expect(widestLine(renderMatrix(judged, { width }))).toBeLessThanOrEqual(width);
        }
    });

    it("says the same with and without colour", () => {
        const plain = renderMatrix(EVERY_VERDICT);
        const coloured = renderMatrix(EVERY_VERDICT, { colors: true });
        const codes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
        expect(coloured).not.toBe(plain);
        expect(
            coloured
                .replace(codes, "")
                .split("\n")
                .map((line) => line.trimEnd()),
        ).toEqual(plain.split("\n"));
    });

    it("gives every verdict a sign of its own, one column wide", () => {
        const signs = VERDICT_ORDER.map((verdict) => VERDICTS[verdict].sign);
        expect(new Set(signs).size).toBe(VERDICT_ORDER.length);
        expect(signs.every((sign) => sign.length === 1)).toBe(true);
        for (const sign of signs) {
            expect(renderMatrix(EVERY_VERDICT)).toContain(`${sign} `);
        }
    });

    it("of more than a hundred tags has those that are not consistent, and says how many are", () => {
        const tags = (number: number) =>
            Array.from({ length: number * 3 }, (_, n) =>
                copy({ image: `image-${Math.floor(n / 3)}`, registry: `r${n % 3}` }),
            );
        const wrong = copy({ image: "image-7", verdict: "different", state: present("b") });
        expect(renderMatrix(tags(100)).split("\n")).toHaveLength(101);
        expect(renderMatrix(tags(1000))).toBe("1000 tags are consistent at every registry; --all lists them");
        expect(renderMatrix([...tags(1000), wrong]).split("\n")).toEqual([
            "image      r0              r1              r2              ghcr",
            "image-7:1  ✓ aaaaaaaaaaaa  ✓ aaaaaaaaaaaa  ✓ aaaaaaaaaaaa  ✗ bbbbbbbbbbbb",
            "999 more tags are consistent at every registry; --all lists them",
        ]);
        expect(renderMatrix(tags(1000), { all: true }).split("\n")).toHaveLength(1001);
    });

    it("is empty for no copies", () => {
        expect(renderMatrix([])).toBe("");
    });
});

function widestLine(text: string): number {
    return Math.max(...text.split("\n").map((line) => line.length));
}
