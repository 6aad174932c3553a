import { spawn } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Tool, type ToolsModule, toolsBin } from "./cache";
import { findProgram, isExecutable } from "./find-program";

/**
 * Fetches one program of requirements.txt with pip, unless it is there, and keeps its executable only. It appears under
 * its name in one step.
 *
 * @returns whether something was fetched.
 */
export async function fetchPythonTool(
    module: ToolsModule,
    tool: Tool,
    log: (line: string) => void,
    env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
    const program = join(toolsBin(module, env), tool.name);
    if (isExecutable(program)) {
        return false;
    }
    const python = findProgram("python3", env.PATH);
    if (python === undefined) {
        throw new Error(`${tool.name} ${tool.version} comes from PyPI: install python3 with pip.`);
    }
    const part = `${program}.${process.pid}.part`;
    log(`fetching ${tool.name} ${tool.version}`);
    try {
        await mkdir(dirname(program), { recursive: true });
        await installPython(python, part, ["--no-deps", `${tool.name}==${tool.version}`]);
        await rename(join(part, "bin", tool.name), program);
    } finally {
        await rm(part, { recursive: true, force: true });
    }
    return true;
}

/** pip, into a folder of its own. @throws Error with the end of what pip said */
export function installPython(python: string, target: string, packages: readonly string[]): Promise<void> {
    return run(python, [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        target,
        ...packages,
    ]);
}

function run(program: string, args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
        let errors = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            errors = (errors + text).slice(-4000);
        });
        child.on("error", reject);
        child.on("close", (code) =>
            code === 0 ? resolve() : reject(new Error(`pip failed (exit code ${code}):\n${errors.trim()}`)),
        );
    });
}
