import { readFileSync } from "node:fs";

/** The parts of vitest's JSON report that are read here. */
export interface VitestReport {
    readonly success: boolean;
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/**
 * The runner's own count. A file that could not be loaded has no tests that fail, so it counts as one; and so does a
 * run that failed for another reason (an error outside of all tests).
 */
export function countTests(report: VitestReport): { readonly passed: number; readonly failed: number } {
    const broken = report.testResults.filter(
        ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
    ).length;
    const failed = report.numFailedTests + broken;
    return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

/** `node --import tsx scripts/test-count.ts REPORT`: prints `PASSED FAILED`; a report that is not there is a failure. */
if (require.main === module) {
    let counted = { passed: 0, failed: 1 };
    try {
        counted = countTests(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as VitestReport);
    } catch (error) {
        process.stderr.write(`The tests left no report: ${error instanceof Error ? error.message : error}\n`);
    }
    process.stdout.write(`${counted.passed} ${counted.failed}\n`);
}
