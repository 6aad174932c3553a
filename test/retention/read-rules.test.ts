import { describe, expect, it } from "vitest";
import { readRules } from "../../core/retention";

describe("Rules of retention", () => {
    it("have defaults that delete as little as there is to delete", () => {
        expect(readRules({})).toEqual({ clean: "untagged", orphans: "keep" });
    });

    it("are read as a person writes them", () => {
        const keep = { newest: 5, tags: ["latest", { semver: ">=1", newest: 3 }], youngerThan: "30d" };
        expect(readRules({ clean: "all", keep })).toEqual({
            clean: "all",
            orphans: "keep",
            keep: { ...keep, youngerThan: 30 * 86_400_000 },
        });
    });

    it.each([
        [{ clean: "everything" }, 'clean must be "untagged" or "all", not "everything".'],
        [{ keeps: {} }, 'retention has no rule "keeps": it knows clean, keep, orphans.'],
        [{ keep: { newest: 0 } }, "keep.newest must be a whole number from 1 on, not 0."],
        [{ keep: { youngerThan: "a week" } }, 'keep.youngerThan must be a time such as "12h" or "30d", not "a week".'],
        [{ keep: { tags: ["v1.*"] } }, 'keep.tags: "v1.*" is no tag; for a pattern write { glob: "v1.*" }.'],
        [{ keep: { tags: [{ semver: "new" }] } }, /keep\.tags: a pattern of \{ semver: "new" \} is no range/],
        [{ keep: { tags: [{ regex: "(" }] } }, /keep\.tags: a pattern of .* is no regular expression/],
        [{ keep: { digests: ["sha256:12"] } }, 'keep.digests: "sha256:12" is no digest: write sha256: and 64 digits.'],
        [[], "retention must be an object of clean, keep, orphans."],
    ])("that are none are refused: %j", (written, message) => {
        expect(() => readRules(written as never)).toThrow(message);
    });
});
