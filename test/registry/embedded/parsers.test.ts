import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseContentRange, parseRange } from "../../../core/registry/embedded/byte-range";
import { parseRoute, splitTarget } from "../../../core/registry/embedded/routes";
import { parseScopes, Tokens } from "../../../core/registry/embedded/tokens";

describe("what the embedded registry reads from strangers", () => {
    it("reads any Range as something inside the content, or as none", () => {
        const header = fc.oneof(
            fc.string(),
            fc.tuple(fc.nat(), fc.nat()).map(([first, last]) => `bytes=${first}-${last}`),
            fc.nat().map((count) => `bytes=-${count}`),
        );
        fc.assert(
            fc.property(header, fc.nat(10_000), (text, size) => {
                const range = parseRange(text, size);
                if (typeof range === "object") {
                    expect(range.first).toBeGreaterThanOrEqual(0);
                    expect(range.last).toBeGreaterThanOrEqual(range.first);
                    expect(range.last).toBeLessThan(size);
                }
            }),
        );
    });

    it("reads a Content-Range with or without its unit, and nothing that runs backwards", () => {
        for (const text of ["5-9", "bytes 5-9/*", "bytes 5-9/100", "bytes=5-9", " 5-9 "]) {
            expect([text, parseContentRange(text)]).toEqual([text, { first: 5, last: 9 }]);
        }
        for (const text of ["9-5", "5-", "-5", "", "a-b", "5-9-10", "0-99999999999999999999"]) {
            expect([text, parseContentRange(text)]).toEqual([text, undefined]);
        }
        fc.assert(fc.property(fc.string(), (text) => void parseContentRange(text)));
    });

    it("finds in any target a route whose parts are parts of the path", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                const split = splitTarget(`/v2/${text}`);
                if (split !== undefined) {
                    const { repository, reference } = parseRoute(split.path);
                    expect(split.path).toContain(repository);
                    expect(split.path).toContain(reference);
                }
            }),
        );
    });

    it("reads scopes one by one and by space, names with a port too, and passes over the rest", () => {
        const scopes = parseScopes([
            "repository:a/b:pull,push repository:host:5000/c:pull",
            "repository:a/b:delete",
            "x",
        ]);
        expect([...scopes]).toEqual([
            ["repository:a/b", ["pull", "push", "delete"]],
            ["repository:host:5000/c", ["pull"]],
        ]);
        fc.assert(fc.property(fc.array(fc.string()), (texts) => void parseScopes(texts)));
    });

    it("reads no token but its own", () => {
        const tokens = new Tokens(() => 0);
        const token = tokens.issue({ user: "u", grants: {}, expires: 1 });
        expect(tokens.read(token)?.user).toBe("u");
        expect(new Tokens(() => 0).read(token)).toBeUndefined();
        fc.assert(fc.property(fc.string(), (text) => void expect(tokens.read(text)).toBeUndefined()));
    });
});
