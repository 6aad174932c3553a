import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stuckTags, type TagMutabilitySettings, tagMutability } from "../../core/ecr";
import { fitsTagPattern } from "../../core/ecr/tag-pattern";

const filters = (...all: string[]) => all.map((filter) => ({ filter, filterType: "WILDCARD" }));

describe("The mutability of tags", () => {
    it.each<[string, TagMutabilitySettings, object]>([
        ["is MUTABLE where nothing is said, since a mirror's tags move", {}, { imageTagMutability: "MUTABLE" }],
        [
            "leaves signatures mutable under IMMUTABLE",
            { mutability: "IMMUTABLE" },
            {
                imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters: filters("sha256-*"),
            },
        ],
        [
            "is IMMUTABLE for all, where that is said",
            { mutability: "IMMUTABLE", signaturesMutable: false },
            { imageTagMutability: "IMMUTABLE" },
        ],
        [
            "has exceptions, each once, sorted",
            { mutability: "IMMUTABLE", mutableTags: ["latest", "edge-*", "sha256-*", "latest"] },
            {
                imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters: filters("edge-*", "latest", "sha256-*"),
            },
        ],
        [
            "has exceptions the other way round, without signatures",
            { mutability: "MUTABLE", immutableTags: ["v*"] },
            { imageTagMutability: "MUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters: filters("v*") },
        ],
        ["takes empty lists as none", { immutableTags: [], mutableTags: [] }, { imageTagMutability: "MUTABLE" }],
    ])("%s", (_title, settings, made) => {
        expect(tagMutability(settings)).toEqual(made);
    });

    const immutable = (mutableTags: string[]): TagMutabilitySettings => ({ mutability: "IMMUTABLE", mutableTags });
    it.each<[string, TagMutabilitySettings, RegExp]>([
        [
            "a word that is none",
            { mutability: "immutable" as never },
            /^"mutability" is "MUTABLE" or "IMMUTABLE", not "immutable"/,
        ],
        [
            "six patterns, that of signatures counted",
            immutable(["a", "b", "c", "d", "e"]),
            /^There are 6 patterns .*, sha256-\* \(signatures\) counted, but ECR takes 5: join some/,
        ],
        [
            "three wildcards",
            immutable(["*a*b*"]),
            /^"mutableTags" has "\*a\*b\*" with 3 "\*", but ECR takes 2 there\.$/,
        ],
        ["what no tag has", immutable(["a/b"]), /^"mutableTags" has "a\/b", which ECR does not take: 1 to 128 letters/],
        ["129 characters", immutable(["a".repeat(129)]), /which ECR does not take/],
        ["an empty pattern", { immutableTags: [""] }, /^"immutableTags" has "", which ECR does not take/],
        [
            "mutableTags where all are",
            { mutableTags: ["latest"] },
            /^"mutableTags" says nothing where all tags are MUTABLE: write "mutability: IMMUTABLE" beside it\.$/,
        ],
        [
            "immutableTags where all are",
            { mutability: "IMMUTABLE", immutableTags: ["v1"] },
            /^"immutableTags" says nothing where all tags are IMMUTABLE: "mutableTags" are its exceptions\.$/,
        ],
    ])("is refused with %s", (_title, settings, message) => {
        expect(() => tagMutability(settings)).toThrow(message);
    });

    it("takes four patterns beside that of signatures, and five without", () => {
        expect(tagMutability(immutable(["a", "b", "c", "d"])).imageTagMutabilityExclusionFilters).toHaveLength(5);
        const five = { ...immutable(["a", "b", "c", "d", "e"]), signaturesMutable: false };
        expect(tagMutability(five).imageTagMutabilityExclusionFilters).toHaveLength(5);
    });
});

describe("Tags that must move and may not", () => {
    const tags = ["latest", "alpine", "1", "1.18", "v2.0-alpine", "1.18.3", "20240901", "a1b2c3d", "latest"];
    it("are those without a digit for certain, and short versions likely", () => {
        expect(stuckTags(tagMutability({ mutability: "IMMUTABLE" }), tags)).toEqual({
            certain: ["latest", "alpine"],
            likely: ["1", "1.18", "v2.0-alpine"],
        });
    });

    it("are not those that are exceptions", () => {
        const made = tagMutability({ mutability: "IMMUTABLE", mutableTags: ["latest", "al*", "1", "*.*"] });
        expect(stuckTags(made, tags)).toEqual({ certain: [], likely: [] });
    });

    it("are none where all may move, and those of which it is said that they may not", () => {
        expect(stuckTags(tagMutability({}), tags)).toEqual({ certain: [], likely: [] });
        expect(stuckTags(tagMutability({ immutableTags: ["l*", "1.18"] }), tags)).toEqual({
            certain: ["latest"],
            likely: ["1.18"],
        });
    });
});

describe("A pattern of ECR's", () => {
    it("fits as the same regular expression does", () => {
        const text = fc.array(fc.constantFrom("a", "b", ".", "-"), { maxLength: 6 }).map((parts) => parts.join(""));
        const pattern = fc.array(fc.constantFrom("a", "b", ".", "*"), { minLength: 1, maxLength: 6 });
        fc.assert(
            fc.property(pattern, text, (parts, tag) => {
                const source = parts.map((part) => (part === "*" ? ".*" : part === "." ? "\\." : part)).join("");
                expect(fitsTagPattern(parts.join(""), tag)).toBe(new RegExp(`^${source}$`).test(tag));
            }),
            { numRuns: 1_000 },
        );
    });
});
