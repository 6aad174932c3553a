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
        const widest = (width: number) =>
            Math.max(
                ...renderMatrix(judged, { width })
                    .split("\n")
                    .map((line) => line.length),
            );
        expect(widest(200)).toBe(59);
        expect(widest(50)).toBe(47);
        expect(widest(30)).toBeLessThanOrEqual(30);
        expect(renderMatrix(judged, { width: 5 })).toContain("✓ hub");
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

    it("is empty for no copies, and lays out a thousand images at once", () => {
        expect(renderMatrix([])).toBe("");
        const many = Array.from({ length: 3000 }, (_, n) =>
            copy({ image: `image-${n % 1000}`, registry: `r${n % 3}` }),
        );
        expect(renderMatrix(many).split("\n")).toHaveLength(1001);
    });
});
