import { describe, expect, it } from "vitest";
import { fitsPattern } from "../../core/replication/patterns";

// What github.com/bmatcuk/doublestar 1.3.4 says of the same, which Harbor 2.15 matches with (src/pkg/reg/util/pattern.go).
describe("A pattern of Harbor's filters", () => {
    it.each([
        ["", "library/nginx", true],
        ["**", "library/nginx", true],
        ["*", "library/nginx", false],
        ["library/*", "library/nginx", true],
        ["library/*", "library/a/b", false],
        ["library/**", "library/a/b", true],
        ["library/**", "library", false],
        ["**/nginx", "nginx", true],
        ["**/nginx", "a/b/nginx", true],
        ["a/**/b", "a/b", true],
        ["a/**/b", "a/x/y/b", true],
        ["a**", "a/b", false],
        ["acme/{app,web}", "acme/web", true],
        ["acme/{app,web}", "acme/tool", false],
        ["{acme/app,other/**}", "other/x/y", true],
        ["acme/{a,{b,c}}", "acme/c", true],
        ["acme/v?", "acme/v1", true],
        ["acme/v?", "acme/v12", false],
        ["v[1-3]", "v2", true],
        ["v[^1-3]", "v2", false],
        ["v[!a]", "vb", true],
        ["{b,b/c}", "b/c", true],
        ["{b,b/c}", "b", false],
        ["{a/b,a/b/c}", "a/b", true],
        ["{a,b}*/{c,[d-f]}", "bx/e", true],
        ["1.*", "1.18.3", true],
        ["1.18", "1x18", false],
        ["\\*", "*", true],
        ["\\*", "x", false],
        ["{a,b", "a", false],
        ["[a", "a", false],
        ["a\\", "a", false],
    ])("%s, and %s: %s", (pattern, text, fits) => {
        expect(fitsPattern(pattern, text)).toBe(fits);
    });

    it("with more ways through it than anybody writes fits nothing", () => {
        expect(fitsPattern("{a,a}".repeat(10), "a".repeat(10))).toBe(true);
        expect(fitsPattern("{a,a}".repeat(40), "a".repeat(40))).toBe(false);
    });
});
