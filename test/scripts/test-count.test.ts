import { describe, expect, it } from "vitest";
import { countTests, failedTests, type VitestReport } from "../../scripts/test-count";

const passing = { status: "passed", fullName: "Tags move last", failureMessages: [] };
const file = (status: string, tests = 1) => ({
    name: "test/oci/digest.test.ts",
    status,
    assertionResults: Array.from({ length: tests }, () => passing),
});
const report = (success: boolean, passed: number, failed: number, ...testResults: VitestReport["testResults"]) => ({
    success,
    numPassedTests: passed,
    numFailedTests: failed,
    testResults,
});

describe("The count that CI ends with", () => {
    it.each([
        ["is the runner's own", report(true, 12, 0, file("passed", 12)), { passed: 12, failed: 0 }],
        ["has the failed ones", report(false, 10, 2, file("failed", 12)), { passed: 10, failed: 2 }],
        [
            "has a file that could not be loaded",
            report(false, 3, 0, file("passed", 3), file("failed", 0)),
            { passed: 3, failed: 1 },
        ],
        ["has an error outside of all tests", report(false, 3, 0, file("passed", 3)), { passed: 3, failed: 1 }],
    ])("%s", (_title, given, counted) => {
        expect(countTests(given)).toEqual(counted);
    });
});

describe("What failed", () => {
    it("is named with its file, its title and how its message begins", () => {
        const failing = {
            status: "failed",
            fullName: "Tags move last",
            failureMessages: [`expected 1 to be 2\n${"at a line of it\n".repeat(40)}`],
        };
        const [line, ...others] = failedTests(
            report(false, 1, 1, { ...file("failed", 1), assertionResults: [passing, failing] }),
        );
        expect(others).toEqual([]);
        expect(line).toMatch(/^test\/oci\/digest\.test\.ts › Tags move last: expected 1 to be 2\n/);
        expect(line?.split("\n")).toHaveLength(12);
    });

    it("has a file that could not be loaded, and why", () => {
        const broken = { ...file("failed", 0), message: "Cannot find module 'x'" };
        expect(failedTests(report(false, 0, 0, broken))).toEqual(["test/oci/digest.test.ts: Cannot find module 'x'"]);
    });

    it("is nothing where everything passed", () => {
        expect(failedTests(report(true, 12, 0, file("passed", 12)))).toEqual([]);
    });
});
