import { inspect } from "node:util";
import { RunError } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { describeError, TransshipError } from "../../core/errors";

describe("An error of ours", () => {
    const cause = new Error("the cause");
    const error = new TransshipError("CATALOG_INVALID", "One sentence.", { cause });

    it("has a code, its cause, and a message that is the sentence", () => {
        expect(error).toMatchObject({ code: "CATALOG_INVALID", message: "One sentence.", cause });
        expect(describeError(error)).toBe("One sentence.");
        expect(error.stack).toContain("transship-error.test.ts");
    });

    it("is one that Pulumi prints by its message alone", () => {
        expect(RunError.isInstance(error)).toBe(true);
        expect(RunError.isInstance(new Error("another"))).toBe(false);
    });

    it("shows no stack where it is inspected, and adds nothing to what is written of it", () => {
        error.stack = "TransshipError: One sentence.\n    at Stack.x (/x/node_modules/@pulumi/resource.ts:1598:22)";
        expect(inspect(error, { colors: true })).toBe("TransshipError [CATALOG_INVALID]: One sentence.");
        expect(JSON.parse(JSON.stringify(error))).toEqual({ name: "TransshipError", code: "CATALOG_INVALID" });
    });
});
