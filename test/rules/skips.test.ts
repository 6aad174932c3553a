import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECKOUT } from "./sources";

/** Below the checkout, so that its imports resolve, but not below test/: what a killed run leaves is nobody's test. */
let folder: string;

const GROUPS = `
import { expect, it } from "vitest";
import { describeWith } from "../../../test/support/require-program";

describeWith(["no-such-program"], "a group that needs what is not there", () => {
    it("would fail", () => expect(1).toBe(2));
});
describeWith(["no-such-program"], "an optional group", () => {
    it("would fail too", () => expect(1).toBe(2));
}, { optionalInCi: true });
describeWith(["sh"], "a group that has what it needs", (found) => {
    it("gets the program's path", () => expect(found.sh).toMatch(/\\/sh$/));
});
`;

const FLAKY = `
import { expect, it } from "vitest";
let tries = 0;
it("fails once", { retry: 1 }, () => { tries += 1; expect(tries).toBe(2); });
it("fails always", { retry: 1 }, () => expect(1).toBe(2));
it("passes", () => {});
`;

beforeAll(() => {
    mkdirSync(join(CHECKOUT, ".transship", "tests"), { recursive: true });
    folder = mkdtempSync(join(CHECKOUT, ".transship", "tests", "inner-"));
    writeFileSync(join(folder, "vitest.config.mts"), `export default { test: { include: ["**/*.test.ts"] } };`);
    writeFileSync(join(folder, "groups.test.ts"), GROUPS);
    writeFileSync(join(folder, "flaky.test.ts"), FLAKY);
});
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
});

function runInner(file: string, ci: string): { status: number | null; text: string } {
    const vitest = join(CHECKOUT, "node_modules", "vitest", "vitest.mjs");
    const { VITEST: _own, ...env } = process.env;
    const own = ["skipped-reporter.mts", "flaky-reporter.mts"].map((name) => join(CHECKOUT, "test/support", name));
    const reporters = [...own, "default"].map((reporter) => `--reporter=${reporter}`);
    const args = ["run", "--root", folder, ...reporters, file];
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...args], {
        cwd: CHECKOUT,
        encoding: "utf8",
        env: { ...env, CI: ci, NO_COLOR: "1" },
    });
    return { status, text: stdout + stderr };
}

describe("A group whose program is not there", () => {
    it("is skipped here, and the end of the run names it and what to do", () => {
        const { status, text } = runInner("groups", "");
        expect(status, text).toBe(0);
        expect(text).toContain("2 groups of tests did not run here:");
        expect(text).toContain(
            "a group that needs what is not there [skipped: no-such-program was not found: install it",
        );
        expect(text).toMatch(/1 passed \| 2 skipped/);
    });

    it("fails with CI=true, unless it is declared optional", () => {
        const { status, text } = runInner("groups", "true");
        expect(status).toBe(1);
        expect(text).toContain("With CI=true every real part is required, but no-such-program was not found");
        expect(text).toMatch(/1 failed \| 1 passed \| 1 skipped/);
        expect(text).toContain("1 group of tests did not run here:");
    });
});

describe("A test that passes when it is repeated only", () => {
    it("is named at the end of the run, with what it said first; one that fails again has failed", () => {
        const { status, text } = runInner("flaky", "");
        expect(status, text).toBe(1);
        expect(text).toMatch(
            /1 test passed when repeated only:\n {2}\S*flaky\.test\.ts › fails once: expected 1 to be 2/,
        );
        expect(text).not.toMatch(/› fails always: /);
        expect(text).toMatch(/1 failed \| 2 passed/);
    });
});
