import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cache-folder";
import { findProgram, isExecutable } from "./find-program";
import { installPython } from "./python";

/** Python programs with what they need, of one pinned list: a folder `.ci/tools/NAME` with a requirements.txt. */
export interface PythonEnvironment {
    /** The folder's name. */
    readonly name: string;
    /** Path of its requirements.txt. */
    readonly requirements: string;
    /** Commands that are used of it: its line `# programs: …`. */
    readonly programs: readonly string[];
    /** Changes with the list, so that what is cached is never older than it says. */
    readonly key: string;
}

export function readPythonEnvironments(tools: string): PythonEnvironment[] {
    return readdirSync(tools)
        .sort()
        .map((name) => ({ name, requirements: join(tools, name, "requirements.txt") }))
        .filter(({ requirements }) => existsSync(requirements))
        .map(({ name, requirements }) => {
            const text = readFileSync(requirements, "utf8");
            return {
                name,
                requirements,
                programs: /^# programs: (.+)$/m.exec(text)?.[1]?.split(/\s+/) ?? [],
                key: createHash("sha256").update(text).digest("hex").slice(0, 16),
            };
        });
}

/** Where an environment is kept, beside the folders of the tools. */
function environmentFolder({ name, key }: PythonEnvironment, env: NodeJS.ProcessEnv): string {
    return join(cacheFolder(env), `${name}-${key}`);
}

/** The folder of an environment's commands. */
export function environmentBin(environment: PythonEnvironment, env: NodeJS.ProcessEnv = process.env): string {
    return join(environmentFolder(environment, env), "bin");
}

/**
 * Fetches an environment with pip, unless it is there: about a minute. It appears in one step, with a command for each of
 * its programs that knows where their packages are.
 *
 * @returns whether something was fetched.
 */
export async function fetchPythonEnvironment(
    environment: PythonEnvironment,
    log: (line: string) => void,
    env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
    const folder = environmentFolder(environment, env);
    if (environment.programs.every((name) => isExecutable(join(folder, "bin", name)))) {
        return false;
    }
    const python = findProgram("python3", env.PATH);
    if (python === undefined) {
        throw new Error(`${environment.programs.join(", ")} come from PyPI: install python3 with pip.`);
    }
    const part = `${folder}.${process.pid}.part`;
    log(`fetching ${environment.programs.join(", ")} and what they need`);
    try {
        await mkdir(join(part, "bin"), { recursive: true });
        await installPython(python, join(part, "lib"), ["--requirement", environment.requirements]);
        for (const name of environment.programs) {
            const command = join(part, "bin", name);
            await writeFile(command, wrapper(python, join(folder, "lib"), name));
            await chmod(command, 0o755);
        }
        await mkdir(dirname(folder), { recursive: true });
        await rm(folder, { recursive: true, force: true });
        await rename(part, folder);
    } finally {
        await rm(part, { recursive: true, force: true });
    }
    return true;
}

function wrapper(python: string, library: string, name: string): string {
    const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    return `#!/bin/sh\nPYTHONPATH=${quoted(library)} exec ${quoted(python)} ${quoted(join(library, "bin", name))} "$@"\n`;
}
