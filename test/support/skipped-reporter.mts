import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

import { SKIP_MARK } from "./skip-mark.js";

/**
 * Prints, below vitest's own summary, one line for each group of tests that did not run since a program is absent:
 * vitest itself only counts them, and a run that tested little must not look like one that tested all.
 */
export default class SkippedReporter implements Reporter {
    onTestRunEnd(modules: readonly TestModule[]): void {
        const lines = modules.flatMap((module) =>
            [...module.children.allSuites()].filter(isMarked).map((suite) => `  ${suite.fullName}`),
        );
        const cases = modules.flatMap((module) =>
            [...module.children.allTests()]
                .filter((test) => isMarked(test) && !isMarked(test.parent))
                .map((test) => `  ${test.fullName}`),
        );
        const all = [...lines, ...cases];
        if (all.length > 0) {
            console.warn(
                `\n${all.length === 1 ? "1 group" : `${all.length} groups`} of tests did not run here:\n${all.join("\n")}\n`,
            );
        }
    }
}

function isMarked(node: TestSuite | TestModule | TestCase): boolean {
    return "name" in node && node.name.includes(SKIP_MARK);
}
