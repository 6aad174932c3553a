import { delimiter, join } from "node:path";
import { describe, it } from "vitest";
import { ENGINE, engineRoot, readToolsModule, toolsBin } from "../../scripts/tools/cache";
import { findProgram, isExecutable } from "../../scripts/tools/find-program";
import { SKIP_MARK } from "./skip-mark";

/** Absolute paths of the programs that a group asked for, by name. */
export type Programs<Name extends string = string> = Readonly<Record<Name, string>>;

/** Where the Pulumi CLI is, for the Automation API (`PulumiCommand.get({ root })`). */
export interface FoundEngine {
    /** The folder whose `bin/` holds the CLI. */
    readonly root: string;
    readonly command: string;
}

export interface DescribeOptions {
    /** Skip, visibly, also where CI=true: only for what no package registry offers. Documented in docs/testing.md. */
    readonly optionalInCi?: boolean;
}

const CHECKOUT = join(__dirname, "..", "..");

/**
 * A group of tests that needs programs which the machine may lack, looked for on PATH and in the cache that
 * `.ci/tools/install` fills. Where one is absent the group is skipped with a line that says so; with CI=true the group
 * fails instead, since there every real part is required.
 */
export function describeWith<Name extends string>(
    programs: readonly Name[],
    title: string,
    fn: (found: Programs<Name>) => void,
    options: DescribeOptions = {},
): void {
    const found = programs.map((name) => [name, locate(name)] as const);
    const absent = found.flatMap(([name, path]) => (path === undefined ? [name] : []));
    if (absent.length === 0) {
        describe(title, () => fn(Object.fromEntries(found) as Programs<Name>));
        return;
    }
    reportAbsence(
        title,
        `${absent.join(", ")} ${absent.length > 1 ? "were" : "was"} not found: ${adviceFor(absent)}`,
        options,
    );
}

/** The same for tests that run the real Pulumi engine; it is never built or downloaded from within a test. */
export function describeWithEngine(title: string, fn: (engine: FoundEngine) => void): void {
    const engine = locateEngine();
    if (engine) {
        describe(title, () => fn(engine));
        return;
    }
    reportAbsence(title, "the Pulumi CLI was not found: `npm start` gets it", {});
}

function locate(name: string): string | undefined {
    const cache = toolsBin(readToolsModule(CHECKOUT));
    // Debian puts servers where an ordinary user's PATH does not look.
    const path = [process.env.PATH ?? "", cache, "/usr/sbin", "/sbin"].join(delimiter);
    return name === ENGINE ? locateEngine()?.command : findProgram(name, path);
}

function locateEngine(): FoundEngine | undefined {
    const pinned = readToolsModule(CHECKOUT).tools.find((tool) => tool.name === ENGINE);
    const roots = [
        ...(pinned ? [engineRoot(pinned.version)] : []),
        ...[findProgram(ENGINE)].flatMap((path) =>
            path && /\/bin\/pulumi$/.test(path) ? [join(path, "..", "..")] : [],
        ),
    ];
    return roots
        .map((root) => ({ root, command: join(root, "bin", ENGINE) }))
        .find(({ command }) => isExecutable(command));
}

function adviceFor(absent: readonly string[]): string {
    const ours = readToolsModule(CHECKOUT).tools.map((tool) => tool.name);
    const built = absent.filter((name) => ours.includes(name));
    return built.length > 0
        ? `\`.ci/tools/install ${built.join(" ")}\` builds ${built.length > 1 ? "them" : "it"}`
        : "install it with the system's packages";
}

function reportAbsence(title: string, reason: string, options: DescribeOptions): void {
    if (process.env.CI === "true" && !options.optionalInCi) {
        describe(title, () => {
            it("has the programs it needs", () => {
                throw new Error(`With CI=true every real part is required, but ${reason}.`);
            });
        });
        return;
    }
    describe.skip(`${title}${SKIP_MARK}${reason}]`, () => {
        it("needs the programs above", () => {});
    });
}
