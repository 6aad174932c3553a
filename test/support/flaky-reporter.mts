import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/**
 * Names, at the end of a run, each test that failed first and passed when it was repeated, as CI does it once: such a test
 * or what it looks at depends on time, and somebody is to mend it.
 */
export default class FlakyReporter implements Reporter {
    readonly #file: string | undefined;

    /** @param options.outputFile gets the same lines; it is there after runs with any only */
    constructor(options: { readonly outputFile?: string } = {}) {
        this.#file = options.outputFile;
    }

    onTestRunEnd(modules: readonly TestModule[]): void {
        const lines = modules.flatMap((module) =>
            [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky === true).map(lineOf),
        );
        if (this.#file !== undefined) {
            rmSync(this.#file, { force: true });
        }
        if (lines.length === 0) {
            return;
        }
        console.warn(`\n${lines.length === 1 ? "1 test" : `${lines.length} tests`} passed when repeated only:`);
        console.warn(lines.map((line) => `  ${line}\n`).join(""));
        if (this.#file !== undefined) {
            mkdirSync(dirname(this.#file), { recursive: true });
            writeFileSync(this.#file, lines.map((line) => `${line}\n`).join(""));
        }
    }
}

function lineOf(test: TestCase): string {
    const [error] = test.result().errors ?? [];
    const [why = ""] = (error?.message ?? "").split("\n");
    return `${relative(process.cwd(), test.module.moduleId)} › ${test.fullName}: ${why}`;
}
