import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";

/** The parts of vitest's JSON report that are read here. */
export interface VitestReport {
    readonly success: boolean;
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly testResults: readonly {
        readonly name: string;
        readonly status: string;
        readonly message?: string;
        readonly assertionResults: readonly {
            readonly status: string;
            readonly fullName: string;
            readonly failureMessages: readonly string[];
        }[];
    }[];
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

/**
 * What failed, each with its file, its name and the first lines of its message: what is read first where a long output
 * was cut.
 */
export function failedTests(report: VitestReport): string[] {
    return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
        const file = relative(process.cwd(), name);
        if (status === "failed" && assertionResults.length === 0) {
            return [`${file}: ${firstLines(message ?? "")}`];
        }
        return assertionResults
            .filter((test) => test.status === "failed")
            .map((test) => `${file} › ${test.fullName}: ${firstLines(test.failureMessages.join("\n"))}`);
    });
}

function firstLines(message: string): string {
    return message.split("\n").slice(0, 12).join("\n    ");
}

/**
 * `node --import tsx scripts/test-count.ts REPORT [FAILURES]`: prints `PASSED FAILED` and writes what failed to a file;
 * a report that is not there is a failure.
 */
if (require.main === module) {
    let counted = { passed: 0, failed: 1 };
    try {
        const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as VitestReport;
        counted = countTests(report);
        if (process.argv[3] !== undefined) {
            writeFileSync(
                process.argv[3],
                failedTests(report)
                    .map((line) => `${line}\n`)
                    .join(""),
            );
        }
    } catch (error) {
        process.stderr.write(`The tests left no report: ${error instanceof Error ? error.message : error}\n`);
    }
    process.stdout.write(`${counted.passed} ${counted.failed}\n`);
}
