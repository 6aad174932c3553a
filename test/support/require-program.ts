import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { describe, it } from "vitest";
import { type Engine, locateEngine } from "../../scripts/engine";
import { ENGINE, readToolsModule, toolsBin } from "../../scripts/tools/cache";
import { findProgram } from "../../scripts/tools/find-program";
import { environmentBin } from "../../scripts/tools/python-environment";
import { SKIP_MARK } from "./skip-mark";

/** Absolute paths of the programs that a group asked for, by name. */
export type Programs<Name extends string = string> = Readonly<Record<Name, string>>;

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
export function describeWithEngine(title: string, fn: (engine: Engine) => void): void {
    const engine = findEngine();
    if (engine) {
        describe(title, () => fn(engine));
        return;
    }
    reportAbsence(title, "the Pulumi CLI was not found: `npm start` gets it", {});
}

function locate(name: string): string | undefined {
    const tools = readToolsModule(CHECKOUT);
    const caches = [toolsBin(tools), ...tools.environments.map((environment) => environmentBin(environment))];
    // Debian puts servers where an ordinary user's PATH does not look.
    const path = [process.env.PATH ?? "", ...caches, ...pluginFolders(name), "/usr/sbin", "/sbin"].join(delimiter);
    return name === ENGINE ? findEngine()?.command : findProgram(name, path);
}

const PLUGIN = "pulumi-resource-";

/** Where the engine keeps the provider's plugin of the version that the project's own package of it names. */
function pluginFolders(name: string): string[] {
    if (!name.startsWith(PLUGIN)) {
        return [];
    }
    const provider = name.slice(PLUGIN.length);
    const { version } = require(`@pulumi/${provider}/package.json`) as { version: string };
    const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
    return [join(home, "plugins", `resource-${provider}-v${version}`)];
}

let engine: Engine | false | undefined;

/** By the same rules as `npm start`, once for each test file: asking a CLI for its version takes a while. */
function findEngine(): Engine | undefined {
    if (engine === undefined) {
        const found = locateEngine();
        engine = found.how !== "acquire" && { ...found.cli, root: dirname(dirname(found.cli.command)), how: found.how };
    }
    return engine || undefined;
}

function adviceFor(absent: readonly string[]): string {
    const { tools, pythonTools, environments } = readToolsModule(CHECKOUT);
    const ours = [
        ...[...tools, ...pythonTools].map((tool) => tool.name),
        ...environments.flatMap((one) => one.programs),
    ];
    const built = absent.filter((name) => ours.includes(name));
    if (built.length > 0) {
        return `\`.ci/tools/install ${built.join(" ")}\` builds ${built.length > 1 ? "them" : "it"}`;
    }
    const plugin = absent.find((name) => name.startsWith(PLUGIN))?.slice(PLUGIN.length);
    if (plugin !== undefined) {
        return `\`pulumi plugin install resource ${plugin}\` in the version of @pulumi/${plugin}`;
    }
    return absent.includes("pulumi-language-nodejs")
        ? "install Pulumi's own distribution, https://www.pulumi.com/docs/install/"
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
