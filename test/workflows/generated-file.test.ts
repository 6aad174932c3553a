import { describe, expect, it } from "vitest";
import { sealed, stateOf } from "../../core/workflows";

const FILE = sealed(["What it is.", "  npx transship"], "name: A\njobs: {}\n");

describe("A generated file", () => {
    it("says what it is, and how it was", () => {
        expect(FILE).toMatch(
            /^# What it is\.\n#\n# {3}npx transship\n#\n# sha256 of the lines below: [0-9a-f]{64}\n\nname: A\njobs: \{\}\n$/,
        );
    });

    it("has no line in its comment that is longer than a reader's window", () => {
        const long = sealed(["word ".repeat(100).trim()], "");
        expect(Math.max(...long.split("\n").map((line) => line.length))).toBeLessThanOrEqual(112);
    });

    it.each([
        ["untouched", FILE],
        ["untouched", FILE.replace(/\n/g, "\r\n")],
        ["untouched", FILE.replace("What it is.", "What we say it is.")],
        ["edited", FILE.replace("name: A", "name: B")],
        ["edited", `${FILE}# more\n`],
        ["edited", FILE.replace(/[0-9a-f]{64}/, "0".repeat(64))],
        ["foreign", "name: A\n"],
        ["foreign", ""],
        ["foreign", FILE.replace("sha256 of", "md5 of")],
    ])("is %s", (state, text) => {
        expect(stateOf(text)).toBe(state);
    });
});
