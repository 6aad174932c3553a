import { describe, expect, it } from "vitest";
import { countTests, type VitestReport } from "../../scripts/test-count";

const file = (status: string, tests = 1) => ({ status, assertionResults: Array.from({ length: tests }, () => ({})) });
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
