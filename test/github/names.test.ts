import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    MAX_SECRET_BYTES,
    parseRepositoryName,
    sameSecretNames,
    secretNameProblem,
    secretValueProblem,
} from "../../core/github-names";

describe("The name of a secret", () => {
    it.each([
        ["", "is empty"],
        ["HUB-TOKEN", 'which has "-" in it: use letters, digits and underscores only, such as HUB_TOKEN'],
        ["hub token", 'which has " " in it: use letters, digits and underscores only, such as HUB_TOKEN'],
        ["TÖKEN", 'which has "Ö" in it'],
        ["2FA", "which begins with a digit"],
        ["GITHUB_TOKEN", "names that begin with GITHUB_ are its own"],
        ["github_pat", "names that begin with GITHUB_ are its own"],
        ["-", 'which has "-" in it: use letters, digits and underscores only'],
    ])("%j is refused with what to do", (name, told) => {
        expect(secretNameProblem(name)).toContain(told);
        expect(secretNameProblem(name)).not.toMatch(/such as $/);
    });

    it("is taken exactly where GitHub's rules take it", () => {
        const part = fc.constantFrom("GITHUB_", "github", "_", "A", "z", "9", "-", " ", "é", "HUB");
        fc.assert(
            fc.property(
                fc.array(part, { maxLength: 5 }).map((parts) => parts.join("")),
                (name) => {
                    const taken = /^(?!github_)[a-z_][a-z0-9_]*$/i.test(name);
                    expect(secretNameProblem(name) === undefined).toBe(taken);
                },
            ),
        );
    });

    it("whose suggestion is taken", () => {
        fc.assert(
            fc.property(fc.string({ maxLength: 20 }), (name) => {
                const better = /such as (\w+)$/.exec(secretNameProblem(name) ?? "")?.[1];
                expect(better === undefined || better === "GH_" || secretNameProblem(better) === undefined).toBe(true);
            }),
        );
    });

    it("is the same in every case", () => {
        expect(sameSecretNames(["HUB_TOKEN", "ECR", "hub_token", "Hub_Token"])).toEqual([
            ["HUB_TOKEN", "hub_token"],
            ["HUB_TOKEN", "Hub_Token"],
        ]);
        expect(sameSecretNames(["A", "B"])).toEqual([]);
    });
});

describe("The value of a secret", () => {
    it("has a limit in bytes, and is in no message", () => {
        expect(secretValueProblem("A", "ö".repeat(MAX_SECRET_BYTES / 2))).toBeUndefined();
        const told = secretValueProblem("A", `${"ö".repeat(MAX_SECRET_BYTES / 2)}x`);
        expect(told).toContain(`has ${MAX_SECRET_BYTES + 1} bytes, and GitHub stores ${MAX_SECRET_BYTES} at most`);
        expect(told).not.toContain("ö");
        expect(secretValueProblem("A", "")).toContain("empty value");
    });
});

describe("The name of a repository", () => {
    it.each(["kuzudb/explorer", "KuzuDB/Explorer", "a/b.c", "o-1/_x-", "octo_corp/x"])("%s is one", (name) => {
        expect(parseRepositoryName(name)).toEqual({ owner: name.split("/")[0], name: name.split("/")[1] });
    });

    it.each([
        ["explorer", "write owner/name"],
        ["a/b/c", "write owner/name"],
        ["a/..", "write owner/name"],
        ["a/b?x=1", "write owner/name"],
        ["https://github.com/kuzudb/explorer", "write kuzudb/explorer"],
        ["https://github.com/kuzudb/explorer.git", "write kuzudb/explorer"],
        ["git@github.com:kuzudb/explorer.git", "write kuzudb/explorer"],
    ])("%s is none", (text, told) => {
        expect(() => parseRepositoryName(text)).toThrow(
            expect.objectContaining({ code: "USAGE", message: expect.stringContaining(told) }),
        );
    });
});
